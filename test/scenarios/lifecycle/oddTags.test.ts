import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { recordName, recordNames, syncEnds } from '../sync/support.ts';
import { disconnect, footprint, nothing } from './support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
const [odd, plain] = sample.clusterIds;
const elsewhere = `/subscriptions/${sample.subscriptionId}/resourceGroups/rg-elsewhere`;
let rig: Rig;
let oddId: string;
let plainId: string;

interface Problem {
  readonly type: string;
  readonly cause: string;
  readonly remedy: string;
}

/** Two connections in one zone, each with a cluster. */
async function connectBoth(oddGroup: string): Promise<void> {
  rig = await startRig({ settings });
  const { control } = rig.sandbox.azure;
  const { virtualNetworkId } = sample;
  control.addResourceGroup({ id: elsewhere });
  deployRoles(control, { virtualNetworkId }, { virtualNetworkId, endpointResourceGroupId: elsewhere });
  const both = [
    { privateEndpoint: { name: 'pe-odd', resourceGroup: oddGroup }, clusters: [odd] },
    { privateEndpoint: { name: 'pe-plain' }, clusters: [plain] },
  ];
  const ids: string[] = [];
  for (const own of both) {
    const view = await rig.connect({ ...sampleRequest, ...own });
    expect(view.status).toBe('connected');
    ids.push(view.id);
  }
  [oddId = '', plainId = ''] = ids;
}

function oddEndpoint() {
  const found = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints).find(
    ({ name }) => name === 'pe-odd',
  );
  if (!found) throw new Error('There is no such private endpoint.');
  return found;
}

type Change = (spec: { readonly dns: object }) => object;

/** Writes another specification into the tags of the first connection, in the form that this version writes. */
function tamper(change: Change, more: Readonly<Record<string, string>> = {}): void {
  const { id, tags } = oddEndpoint();
  const kept = Object.fromEntries(Object.entries(tags).filter(([name]) => !name.startsWith('zpl-spec-')));
  const whole = Object.keys(tags)
    .filter((name) => /^zpl-spec-\d+$/.test(name))
    .toSorted()
    .map((name) => tags[name] ?? '')
    .join('');
  const { v, spec } = JSON.parse(whole) as { readonly v: number; readonly spec: { readonly dns: object } };
  const parts = JSON.stringify({ v, spec: change(spec) }).match(/[^]{1,256}/g) ?? [];
  rig.sandbox.azure.control.setTags(id, {
    ...kept,
    'zpl-spec-count': String(parts.length),
    ...Object.fromEntries(parts.map((part, index) => [`zpl-spec-${index}`, part])),
    ...more,
  });
}

const dns =
  (own: object): Change =>
  (spec) => ({ ...spec, dns: { ...spec.dns, ...own } });

const oddSpecs: readonly (readonly [string, Change])[] = [
  ['a zone group that is none', dns({ zoneResourceGroupId: 'x' })],
  ['no linked networks', dns({ linkedNetworks: [] })],
  ['a linked network that is none', dns({ linkedNetworks: ['x'] })],
  [
    'registration of machines in a zone for each cluster',
    dns({ layout: 'per-cluster', autoRegistration: true }),
  ],
  ['clusters that are none', (spec) => ({ ...spec, clusters: ['../projects'] })],
  ['a field of another kind', (spec) => ({ ...spec, exclusions: { length: 1e9 } })],
];

async function statusById(of: Pick<Rig, 'call'> = rig): Promise<Readonly<Record<string, string>>> {
  const { status, body } = await of.call('GET', '/api/connections');
  expect(status).toBe(200);
  const { connections } = body as {
    readonly connections: readonly { readonly id: string; readonly status: string }[];
  };
  return Object.fromEntries(connections.map((entry) => [entry.id, entry.status]));
}

/** A new cluster that the second connection shall have: the sweep gives it its record. */
async function sweepGivesARecord(): Promise<Readonly<Record<string, string | null>>> {
  const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
  const before = recordNames(rig);
  const put = await rig.call('PUT', `/api/connections/${plainId}/clusters/${clusterId}`);
  expect(put.status).toBe(202);
  await rig.host.runTimerTrigger('sweep');
  const { connections } = await syncEnds(rig);
  expect(recordNames(rig)).toEqual([...before, recordName(clusterId)].toSorted());
  return Object.fromEntries(connections.map(({ connectionId, hold }) => [connectionId, hold]));
}

afterEach(() => rig.stop());

describe.each(inGate(oddSpecs, 'a zone group that is none'))(
  'a user writes %s into the tags of one connection',
  (_, change) => {
    beforeEach(async () => {
      await connectBoth('rg-app');
      tamper(change);
    });

    it('that one is listed and shown as spec-unreadable, and nothing is written from its tags', async () => {
      const second = await rig.deployAnother();
      rig.clock.advanceTo(rig.clock.now() + 31_000);
      rig.sandbox.traffic.clear();

      expect(await statusById()).toEqual({ [oddId]: 'spec-unreadable', [plainId]: 'connected' });
      for (const deployment of [rig, second]) {
        const shown = await deployment.call('GET', `/api/connections/${oddId}`);
        expect(shown).toMatchObject({ status: 200, body: { id: oddId, status: 'spec-unreadable' } });
        const { problem } = shown.body as { readonly problem: Problem };
        expect(problem.type).toMatch(/spec-unreadable$/);
        expect(problem.remedy).toMatch(/POST the request again/);
      }
      for (const [method, path] of [
        ['POST', 'plan'],
        ['POST', 'reconcile'],
        ['PUT', `clusters/${odd}`],
        ['DELETE', `clusters/${odd}`],
      ] as const) {
        const { status, body } = await second.call(method, `/api/connections/${oddId}/${path}`);
        expect([status, (body as Problem).type]).toEqual([409, expect.stringMatching(/spec-unreadable$/)]);
        expect((body as Problem).remedy).toMatch(/POST the request again/);
      }
      expect(rig.sandbox.traffic.writes()).toEqual([]);
    });

    it('sweep and sync go on with the other, and DELETE of the other works', async () => {
      const holds = await sweepGivesARecord();

      expect(holds).toEqual({
        [oddId]: expect.stringContaining('specification cannot be read') as string,
        [plainId]: null,
      });
      const ended = await disconnect(rig, plainId);
      expect(ended.status).toBe('disconnected');
      expect(recordNames(rig)).toEqual([recordName(odd)]);
      expect(Object.keys(footprint(rig).endpoints)).toEqual([oddEndpoint().id.toLowerCase()]);
    });
  },
);

test('DELETE of the odd one leaves nothing of it, and leaves the other alone', async () => {
  await connectBoth('rg-app');
  tamper(dns({ linkedNetworks: [] }));

  expect((await disconnect(rig, oddId)).status).toBe('disconnected');

  expect(recordNames(rig)).toEqual([recordName(plain)]);
  expect(await statusById()).toEqual({ [plainId]: 'connected' });
  expect((await disconnect(rig, plainId)).status).toBe('disconnected');
  expect(footprint(rig)).toEqual(nothing);
});

nightly('the request posted again writes the specification anew', async () => {
  await connectBoth('rg-app');
  tamper(dns({ zoneResourceGroupId: 'x' }));

  await rig.connect({ ...sampleRequest, privateEndpoint: { name: 'pe-odd' }, clusters: [odd] });

  expect(await statusById()).toEqual({ [oddId]: 'connected', [plainId]: 'connected' });
});

nightly('DELETE finds the records of an odd one in a zone of another subscription, too', async () => {
  const hub = 'c0ffee00-0000-4000-8000-000000000001';
  const zoneResourceGroupId = `/subscriptions/${hub}/resourceGroups/rg-hub`;
  rig = await startRig({ settings });
  const { control } = rig.sandbox.azure;
  control.addSubscription({ subscriptionId: hub, displayName: 'Hub' });
  control.addResourceGroup({ id: zoneResourceGroupId });
  deployRoles(control, { virtualNetworkId: sample.virtualNetworkId, zoneResourceGroupId });
  const { id } = await rig.connect({
    ...{ ...sampleRequest, privateEndpoint: { name: 'pe-odd' } },
    dns: { zoneResourceGroupId },
  });
  tamper(dns({ zoneResourceGroupId: 'x' }));

  const { status, removal } = await disconnect(rig, id);

  expect(status).toBe('disconnected');
  expect(footprint(rig)).toEqual(nothing);
  expect(removal?.manualSteps.join()).toContain('did not say any more where');
});

describe('an odd one outside the scopes of a deployment', () => {
  beforeEach(async () => {
    await connectBoth('rg-elsewhere');
    tamper(dns({ zoneResourceGroupId: 'x', linkedNetworks: [] }), {
      'zpl-whitelisted-at': 'soon',
      ['__proto__']: 'x',
      constructor: 'y',
    });
  });

  it('is not listed, and nothing of the others fails by it', async () => {
    const bounded = await rig.deployAnother({
      settings: { ...settings, ALLOWED_SCOPES: sample.resourceGroupId },
    });

    // Its hub has no run of it, and no sync has read it yet.
    expect(await statusById(bounded)).toEqual({ [plainId]: 'unknown' });
    expect((await bounded.call('GET', `/api/connections/${oddId}`)).status).toBe(422);
    await bounded.host.runTimerTrigger('sweep');
    await rig.runUntil(() =>
      bounded.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Completed'),
    );
    expect(bounded.host.instances()).toMatchObject([
      {
        output: { connections: expect.arrayContaining([expect.objectContaining({ hold: null })]) as object },
      },
    ]);
    await bounded.call('DELETE', `/api/connections/${plainId}`);
    expect((await bounded.finish(plainId)).status).toBe('disconnected');
  });
});

test('what may not be read of one connection keeps sync from that one alone', async () => {
  await connectBoth('rg-elsewhere');
  rig.sandbox.azure.control.deny({
    scope: elsewhere,
    actions: ['Microsoft.Network/networkInterfaces/read'],
  });

  expect(await sweepGivesARecord()).toEqual({
    [oddId]: expect.stringContaining('DenyAssignmentAuthorizationFailed') as string,
    [plainId]: null,
  });
});

describe('metadata of records without a valid meaning', () => {
  const zoneId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;

  it.each([
    ['a connection that is none', { 'zpl-connection': '../../x' }],
    [
      'an endpoint of another subscription',
      { 'zpl-private-endpoint': 'c0ffee00-0000-4000-8000-00000000000f/rg/pe' },
    ],
    ['a cluster that is none', { 'zpl-cluster': '..' }],
  ])('%s: list, sweep and sync go on', async (_, change) => {
    await connectBoth('rg-app');
    const [some] = Object.values(rig.sandbox.azure.control.snapshot().dns.recordSets).filter(
      ({ name }) => name === recordName(plain),
    );
    rig.sandbox.azure.control.setRecord({
      ...{ zoneId, name: 'odd', addresses: ['10.20.1.77'], ttl: 600 },
      metadata: { ...some?.metadata, 'zpl-connection': 'az-eastus-ffffffffffff', ...change },
    });

    expect(await statusById()).toMatchObject({ [oddId]: 'connected', [plainId]: 'connected' });
    expect(Object.values(await sweepGivesARecord())).toEqual([null, null]);
  });
});
