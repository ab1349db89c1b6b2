import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect, footprint, nothing, writes, zoneId } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const { resourceGroupId: group, subscriptionId, virtualNetworkId } = sample;
const subscription = `/subscriptions/${subscriptionId}`;
const managementGroup = '/providers/Microsoft.Management/managementGroups/corp';
const zones = 'Microsoft.Network/privateDnsZones';
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

type Plan = Omit<PlanBody, 'problems'> & {
  readonly problems: readonly (PlanBody['problems'][number] & {
    readonly pointer: string;
    readonly remedy: string;
  })[];
  readonly guards: readonly {
    readonly guard: string;
    readonly scope: string;
    readonly resource: string;
    readonly result: string;
  }[];
};

async function plan(body: object = sampleRequest): Promise<Plan> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as Plan;
}

function resultsOf({ guards }: Plan, kind: string): readonly string[] {
  return [...new Set(guards.filter(({ guard }) => guard === kind).map(({ result }) => result))];
}

function lock(scope: string, level: 'ReadOnly' | 'CanNotDelete'): void {
  rig.sandbox.azure.control.lock({ scope, name: 'keep', level });
}

function deny(resourceType: string, scope: string = group, more: object = {}): void {
  rig.sandbox.azure.control.addPolicy({
    name: `no-${resourceType.split('/').at(-1) ?? ''}`,
    scope,
    resourceType,
    ...more,
  });
}

const codes = (found: readonly { readonly code: string }[]): readonly string[] =>
  [...new Set(found.map(({ code }) => code))].toSorted();

const hub = '0f0e0d0c-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const inHub = { dns: { zoneResourceGroupId: `/subscriptions/${hub}/resourceGroups/rg-dns` } };
type Control = Rig['sandbox']['azure']['control'];

describe('a subscription', () => {
  const own = { request: {}, pointer: '/subnetId', id: subscriptionId };
  const central = { request: inHub, pointer: '/dns/zoneResourceGroupId', id: hub };
  const refusals = (['Disabled', 'Warned', 'NotRegistered'] as const).flatMap((state) =>
    [own, central].map((where) => ({ name: `${where.id} is ${state}`, state, ...where })),
  );

  beforeEach(() => {
    const { control } = rig.sandbox.azure;
    control.addSubscription({ subscriptionId: hub, displayName: 'Hub' });
    control.addResourceGroup({ id: inHub.dns.zoneResourceGroupId });
    control.assignRole({ scope: `/subscriptions/${hub}`, actions: ['*'] });
  });

  it.each(inGate(refusals, `${subscriptionId} is Disabled`, `${hub} is NotRegistered`))(
    '$name: the plan says so with the command, and a run writes nothing',
    async ({ state, request, pointer, id }) => {
      spoil(rig.sandbox.azure.control, id, state);

      const { problems, guards } = await plan({ ...sampleRequest, ...request });
      const { status, problem } = await rig.connect({ ...sampleRequest, ...request });

      const code = state === 'NotRegistered' ? 'provider-not-registered' : 'subscription-disabled';
      const command =
        state === 'NotRegistered'
          ? `az provider register --namespace Microsoft.Network --subscription ${id} --wait`
          : `az rest --method get --url "/subscriptions/${id}?api-version=2022-12-01"`;
      expect(problems.map((one) => [one.code, one.pointer])).toEqual([[code, pointer]]);
      expect(problems[0]?.remedy).toContain(command);
      expect(guards).toContainEqual(
        expect.objectContaining({ scope: `/subscriptions/${id}`, result: 'denied' }),
      );
      expect(status).toBe('failed');
      expect(problem?.type.split('/').at(-1)).toBe(code);
      expect(writes(rig)).toEqual({});
    },
  );

  nightly('that is past due takes writes: a warning, and the run goes on', async () => {
    rig.sandbox.azure.control.setSubscriptionState(subscriptionId, 'PastDue');

    const { problems, warnings } = await plan();

    expect(problems).toEqual([]);
    expect(codes(warnings)).toContain('subscription-past-due');
    expect((await rig.connect()).status).toBe('connected');
  });

  it('that was disabled later is listed still, and what is in it can be deleted', async () => {
    const { id } = await rig.connect();
    rig.sandbox.azure.control.setSubscriptionState(subscriptionId, 'Disabled');

    const { body } = await rig.call('GET', '/api/connections');

    expect(body).toMatchObject({ connections: [{ id }] });
    expect((await disconnect(rig, id)).status).toBe('disconnected');
  });
});

function spoil(control: Control, id: string, state: 'Disabled' | 'Warned' | 'NotRegistered'): void {
  if (state === 'NotRegistered') control.setRegistration(id, 'Microsoft.Network', false);
  else control.setSubscriptionState(id, state);
}

describe('a ReadOnly lock', () => {
  const places = [
    ['at the subscription', subscription],
    ['at the resource group', group],
    ['at the zone', zoneId],
  ] as const;

  it.each(inGate(places, 'at the subscription'))(
    '%s is a problem of the plan that names it, and a run writes nothing',
    async (_, scope) => {
      rig.sandbox.azure.control.addZone({ id: zoneId });
      lock(scope, 'ReadOnly');
      const before = footprint(rig);

      const found = await plan();
      const { status, problem } = await rig.connect({ ...sampleRequest, onFailure: 'undo' });

      expect(codes(found.problems)).toEqual(['azure-locked']);
      expect(found.problems[0]?.detail).toContain(`the ReadOnly lock keep at ${scope}`);
      expect(resultsOf(found, 'lock')).toEqual(['denied']);
      expect(status).toBe('failed');
      expect(problem?.type).toMatch(/azure-locked$/);
      expect(writes(rig)).toEqual({});
      expect(footprint(rig)).toEqual(before);
    },
  );

  it('at the network is a warning, because Azure may allow to join it', async () => {
    lock(virtualNetworkId, 'ReadOnly');

    const { problems, warnings } = await plan();

    expect(problems).toEqual([]);
    expect(codes(warnings)).toContain('network-locked');
  });

  it('that comes during a run ends it, and an undo keeps registration and endpoint together', async () => {
    const id = await rig.post({ ...sampleRequest, onFailure: 'undo' });
    await rig.runUntil(() => footprint(rig).registrations.length > 0);
    lock(group, 'ReadOnly');

    const view = await rig.finish(id);
    const { status, problem } = view;

    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/azure-locked$/);
    expect(footprint(rig).registrations).toHaveLength(1);
    expect(JSON.stringify(view)).toContain('the ReadOnly lock keep');
  });
});

describe('a CanNotDelete lock', () => {
  const places = [
    ['at the subscription', subscription],
    ['at the resource group', group],
  ] as const;

  it.each(inGate(places, 'at the resource group'))(
    '%s stops no connect, but a disconnect before anything is removed',
    async (_, scope) => {
      lock(scope, 'CanNotDelete');

      const { problems, warnings } = await plan({ ...sampleRequest, onFailure: 'undo' });
      const { id, status } = await rig.connect();
      const before = footprint(rig);
      const ended = await disconnect(rig, id);

      expect(problems).toEqual([]);
      expect(warnings.find(({ code }) => code === 'removal-locked')?.detail).toContain('the undo');
      expect(status).toBe('connected');
      expect(ended.problem?.type).toMatch(/azure-locked$/);
      expect(ended.problem?.detail).toContain(`the CanNotDelete lock keep at ${scope}`);
      expect(footprint(rig)).toEqual(before);

      rig.sandbox.azure.control.unlock(scope, 'keep');
      expect((await disconnect(rig, id)).status).toBe('disconnected');
      expect(footprint(rig)).toEqual(nothing);
    },
  );

  it('at the private endpoint alone keeps everything, also its registration', async () => {
    const { id } = await rig.connect();
    const before = footprint(rig);
    lock(Object.keys(before.endpoints)[0] ?? '', 'CanNotDelete');

    expect((await disconnect(rig, id)).problem?.type).toMatch(/azure-locked$/);
    expect(footprint(rig)).toEqual(before);
  });
});

describe('a policy', () => {
  const types = [
    ['zones', zones],
    ['links', `${zones}/virtualNetworkLinks`],
    ['A records', `${zones}/A`],
  ] as const;

  it.each(inGate(types, 'links'))(
    'that denies %s is a problem whose remedy names the ways around it',
    async (_, type) => {
      deny(type);

      const found = await plan();
      const { problem } = await rig.connect();

      expect(found.problems).toMatchObject([{ pointer: '/dns', code: 'dns-policy-denied' }]);
      expect(found.problems[0]?.remedy).toContain('`dns.zoneResourceGroupId`');
      expect(found.problems[0]?.remedy).toContain('`dns.manage: false`');
      expect(found.problems[0]?.detail).toContain('/policyAssignments/no-');
      expect(problem?.type).toMatch(/dns-policy-denied$/);
      expect(writes(rig)).toEqual({});
      expect((await plan({ ...sampleRequest, dns: { manage: false } })).problems).toEqual([]);
    },
  );

  it('that denies private endpoints is a problem at their group', async () => {
    deny('Microsoft.Network/privateEndpoints', subscription);

    const { problems } = await plan({ ...sampleRequest, dns: { layout: 'per-cluster' } });

    expect(problems).toMatchObject([
      { pointer: '/privateEndpoint/resourceGroup', code: 'azure-policy-denied' },
    ]);
  });

  it('that demands a tag is a problem of the tags, and the request that says it is served', async () => {
    for (const type of ['Microsoft.Network/privateEndpoints', zones, `${zones}/virtualNetworkLinks`])
      deny(type, subscription, { unlessTag: 'CostCenter' });

    const { problems } = await plan();
    const { status } = await rig.connect({ ...sampleRequest, tags: { costcenter: '4711' } });

    expect(problems.map(({ pointer, code }) => [pointer, code])).toEqual(
      Array.from({ length: 3 }, () => ['/tags', 'policy-demands-tag']),
    );
    expect(problems[0]?.detail).toContain("tags['CostCenter']");
    expect(status).toBe('connected');
  });

  nightly('that demands a tag, beside one that sets it, stops nothing', async () => {
    const type = 'Microsoft.Network/privateEndpoints';
    deny(type, subscription, { unlessTag: 'CostCenter' });
    deny(type, group, { setsTags: { CostCenter: '42' } });

    expect((await plan()).problems).toEqual([]);
    expect((await rig.connect()).status).toBe('connected');
  });

  it('that sets a tag of the request is a warning that names it, since it would stay drift', async () => {
    deny('Microsoft.Network/privateEndpoints', group, { setsTags: { CostCenter: '42' } });

    const { problems, warnings } = await plan({ ...sampleRequest, tags: { costcenter: '4711' } });

    expect(problems).toEqual([]);
    expect(codes(warnings)).toContain('tags-rewritten');
    expect(codes((await plan()).warnings)).not.toContain('tags-rewritten');
  });

  nightly('that adds more tags than a zone takes has a code of its own', async () => {
    const setsTags = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`t${index}`, 'x']));
    deny(zones, managementGroup, { setsTags });

    const { problem } = await rig.connect();

    expect(problem?.type).toMatch(/tags-refused$/);
  });

  it('of a management group does not show: nothing found from here, and the run has the same reason', async () => {
    deny(zones, managementGroup);

    const found = await plan();
    const { status, problem } = await rig.connect({ ...sampleRequest, onFailure: 'undo' });

    expect(found.problems).toEqual([]);
    expect(resultsOf(found, 'policy')).toEqual(['nothing-found-from-here']);
    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/dns-policy-denied$/);
    expect(footprint(rig)).toEqual(nothing);
  });
});

describe('what cannot be asked', () => {
  const obstacles = [
    [
      'without the rights',
      () =>
        rig.sandbox.azure.control.takeActions([
          'Microsoft.Authorization/locks/read',
          'Microsoft.PolicyInsights/checkPolicyRestrictions/read',
          'Microsoft.Resources/subscriptions/providers/read',
        ]),
      ['locks-not-read', 'policy-not-checked', 'subscription-not-checked'],
    ],
    [
      'where the provider is not registered',
      () => rig.sandbox.azure.control.setRegistration(subscriptionId, 'Microsoft.PolicyInsights', false),
      ['policy-not-checked'],
    ],
    [
      'while Azure limits the calls',
      () =>
        rig.sandbox.faults.order({
          ...{ call: 'policyRestrictions.check', times: 'always' },
          fault: { kind: 'status', status: 429, body: {} },
        }),
      ['policy-not-checked'],
    ],
  ] as const;

  it.each(inGate(obstacles, 'without the rights'))(
    '%s is a warning, and the run goes on',
    async (_, arrange, warned) => {
      arrange();

      const found = await plan();
      const { status, result } = await rig.connect();

      expect(found.problems).toEqual([]);
      expect(codes(found.warnings)).toEqual(expect.arrayContaining([...warned]));
      expect(resultsOf(found, 'policy')).toEqual(['could-not-ask']);
      expect(status).toBe('connected');
      expect(codes(result?.warnings ?? [])).toEqual(expect.arrayContaining([...warned]));
    },
  );
});

it('a run that finds nothing to do asks for no subscription, lock or policy', async () => {
  await rig.connect();
  rig.sandbox.traffic.clear();

  await rig.connect();

  const asked = rig.sandbox.traffic.all().map(({ operation }) => operation);
  expect(
    asked.filter((name) => /^(locks|policyRestrictions|providers|subscriptions\.get)/.test(name)),
  ).toEqual([]);
});
