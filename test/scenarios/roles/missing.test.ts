import { changes, disconnect, writes } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { pass, syncStatus } from '../sync/support.ts';
import { assignmentsOf, keptForAzure } from './roleLists.ts';
import { failed, loseMarks, perCluster, rigWithRoles, whileTimePasses } from './stories.ts';
import type { RolesRig } from './stories.ts';
import { hubRequest } from './world.ts';
import { inGate } from '../../support/inGate.ts';

const whole = assignmentsOf('disconnect');
const all = [...new Set(whole.flatMap(({ actions }) => actions))];

/** Without these the plan has a problem, and connect ends before its first write. */
const neededToPlan = [
  'Microsoft.Network/locations/checkPrivateLinkServiceVisibility/action',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Network/privateDnsZones/A/read',
  'Microsoft.Network/privateDnsZones/A/write',
  'Microsoft.Network/privateDnsZones/TXT/write',
  'Microsoft.Network/privateDnsZones/read',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks/read',
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks/write',
  'Microsoft.Network/privateDnsZones/write',
  'Microsoft.Network/privateEndpoints/read',
  'Microsoft.Network/privateEndpoints/write',
  'Microsoft.Network/virtualNetworks/join/action',
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Resources/subscriptions/resourceGroups/read',
];

/** Without these the plan says what it could not look up, and the run goes on. */
const goodToKnow = [
  'Microsoft.Authorization/locks/read',
  'Microsoft.Authorization/permissions/read',
  'Microsoft.Network/networkSecurityGroups/read',
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/virtualNetworks/usages/read',
  'Microsoft.PolicyInsights/checkPolicyRestrictions/read',
  'Microsoft.Resources/subscriptions/providers/read',
  'Microsoft.Resources/subscriptions/read',
];

/** What else needs an action: each takes it away where it matters and returns what the app says then. */
const neededLater: Readonly<Record<string, (of: RolesRig, action: string) => Promise<string>>> = {
  'Microsoft.Network/locations/operationResults/read': (of, action) => {
    of.slowChecks = 1;
    return connectWithout(of, action);
  },
  'Microsoft.Network/locations/operations/read': (of, action) =>
    connectOver(of, action, 'privateEndpoints.put'),
  'Microsoft.Network/privateDnsOperationStatuses/read': (of, action) =>
    connectOver(of, action, 'privateDnsZones.put'),
  'Microsoft.Network/privateDnsZones/ALL/read': async (of, action) => {
    await of.connect(hubRequest);
    take(of, action);
    return textOf((await of.call('POST', '/api/connections/plan', perCluster)).body);
  },
  'Microsoft.Network/privateDnsZones/A/delete': async (of, action) => {
    await of.connect(hubRequest);
    return syncWithout(of, action);
  },
  'Microsoft.Network/privateDnsZones/TXT/delete': disconnectWithout,
  'Microsoft.Network/privateDnsZones/delete': disconnectWithout,
  'Microsoft.Network/privateDnsZones/virtualNetworkLinks/delete': disconnectWithout,
  'Microsoft.Network/privateEndpoints/delete': disconnectWithout,
  'Microsoft.Resources/tags/write': async (of, action) => {
    await of.connect(hubRequest);
    loseMarks(of);
    take(of, action);
    const { body } = await of.call('POST', '/api/connections/plan', hubRequest);
    expect(changes(body as PlanBody)).toContain('adopt private endpoint');
    return textOf((body as PlanBody).problems);
  },
};

let rig: RolesRig;

beforeEach(async () => {
  rig = await rigWithRoles(whole);
});

afterEach(() => rig.stop());

test('each action of the roles is missed below, or kept for a reason', () => {
  const missed = [...neededToPlan, ...goodToKnow, ...Object.keys(neededLater)];

  expect([...missed, ...keptForAzure.keys()].toSorted()).toEqual(all.toSorted());
});

describe('without an action in any role', () => {
  it.each(inGate(neededToPlan, 'Microsoft.Network/privateDnsZones/A/write'))(
    'plan and connect say so before anything is written: %s',
    async (action) => {
      take(rig, action);

      const { body } = await rig.call('POST', '/api/connections/plan', hubRequest);
      const { status, problem } = await rig.connect(hubRequest);

      expect(textOf((body as PlanBody).problems)).toContain(action);
      expect(status).toBe('failed');
      const writesDns = action.includes('/privateDnsZones/') && action.endsWith('/write');
      const code = writesDns ? 'zone-not-writable' : 'azure-permission-denied';
      expect(problem?.type.split('/').at(-1)).toBe(code);
      expect(textOf(problem)).toContain(action);
      expect(writes(rig)).toEqual({});
    },
  );

  it.each(inGate(goodToKnow, 'Microsoft.Authorization/permissions/read'))(
    'the plan warns of what it could not look up, and connect goes on: %s',
    async (action) => {
      take(rig, action);

      const { body } = await rig.call('POST', '/api/connections/plan', hubRequest);
      const { status, result } = await rig.connect(hubRequest);

      expect((body as PlanBody).problems).toEqual([]);
      expect(textOf((body as PlanBody).warnings)).toContain(action);
      expect(status).toBe('connected');
      expect(textOf(result?.warnings)).toContain(action);
    },
  );

  const later = Object.entries(neededLater);

  it.each(inGate(later, 'Microsoft.Resources/tags/write', 'Microsoft.Network/privateDnsZones/ALL/read'))(
    'what needs it says so: %s',
    async (action, without) => {
      expect(await without(rig, action)).toContain(action);
    },
  );
});

function take({ sandbox }: RolesRig, action: string): void {
  sandbox.azure.control.takeActions([action]);
}

function textOf(told: unknown): string {
  return JSON.stringify(told ?? null);
}

async function connectWithout(of: RolesRig, action: string): Promise<string> {
  take(of, action);
  const { status, problem } = await whileTimePasses(of, () => of.connect(hubRequest));
  expect(status).toBe('failed');
  expect(problem?.type).toMatch(/azure-permission-denied$/);
  return textOf(problem);
}

/** The write fails once, so that its operation is asked why. */
function connectOver(
  of: RolesRig,
  action: string,
  call: 'privateEndpoints.put' | 'privateDnsZones.put',
): Promise<string> {
  of.sandbox.azure.control.failNext(call, failed);
  return connectWithout(of, action);
}

async function disconnectWithout(of: RolesRig, action: string): Promise<string> {
  const { id } = await of.connect(hubRequest);
  take(of, action);
  const { status, problem } = await disconnect(of, id);
  expect(status).toBe('failed');
  return textOf(problem);
}

/** The status is cut, since a project may have ten connections; the log has the whole text. */
async function syncWithout(of: RolesRig, action: string): Promise<string> {
  const [gone] = Object.values(of.sandbox.zilliz.control.snapshot().clusters);
  of.sandbox.zilliz.control.deleteCluster(gone?.clusterId ?? '');
  await pass(of, 10);
  await sweep(of);
  await pass(of, 25 * 60);
  take(of, action);
  await sweep(of);
  const faults = syncStatus(of).connections[0]?.faults;
  expect(faults).toEqual([expect.stringContaining('the identity lacks')]);
  return textOf(faults);
}

async function sweep(of: RolesRig): Promise<void> {
  await of.host.runTimerTrigger('sweep');
  await pass(of, 10);
}
