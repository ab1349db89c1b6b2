import { changes, writes } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { ofEvent } from '../telemetry/lines.ts';
import { pass, syncStatus } from '../sync/support.ts';
import { assignmentsOf } from './roleLists.ts';
import { loseMarks, perCluster, rigWithRoles, setRoles } from './stories.ts';
import type { RolesRig } from './stories.ts';
import { hubRequest } from './world.ts';

const whole = assignmentsOf('connect');
const all = [...new Set(whole.flatMap(({ actions }) => actions))];
const without = (action: string) =>
  whole.map((role) => ({ ...role, actions: role.actions.filter((other) => other !== action) }));

/** What a first connect does not ask for, or can do without; the tests below say what is missing then. */
const notForConnecting = [
  // The permissions of the plan show `null`, and what is missing is found by the step that it concerns.
  'Microsoft.Authorization/permissions/read',
  // Only where a write of Azure's has failed and is followed to learn why, or an answer takes its time.
  'Microsoft.Network/locations/operationResults/read',
  'Microsoft.Network/locations/operations/read',
  'Microsoft.Network/privateDnsOperationStatuses/read',
  // Questions whose answer is a warning, or a fault found early.
  'Microsoft.Network/networkSecurityGroups/read',
  'Microsoft.Network/routeTables/read',
  'Microsoft.Network/virtualNetworks/usages/read',
  // Sync, adoption, leftovers of another layout, and lists over all subscriptions.
  'Microsoft.Network/privateDnsZones/A/delete',
  'Microsoft.Resources/tags/write',
  'Microsoft.Network/privateDnsZones/ALL/read',
  'Microsoft.Resources/subscriptions/read',
];

let rig: RolesRig;

afterEach(() => rig.stop());

describe('an identity that lacks one action', () => {
  it.each(all.filter((action) => !notForConnecting.includes(action)))(
    'is told by connect, by name: %s',
    async (action) => {
      rig = await rigWithRoles(without(action));

      const { status, problem } = await rig.connect(hubRequest);

      expect(status).toBe('failed');
      const writesDns = action.includes('/privateDnsZones/') && action.endsWith('/write');
      const code = writesDns ? 'zone-not-writable' : 'azure-permission-denied';
      expect(problem?.type.split(':').at(-1)).toBe(code);
      expect([problem?.detail, ...(problem?.errors ?? []).map(({ detail }) => detail)].join('\n')).toContain(
        action,
      );
      // What the plan can know stops the run before it begins.
      if (/\/(write|join\/action)$/.test(action)) expect(writes(rig)).toEqual({});
    },
  );

  it.each(notForConnecting)('connects all the same where nobody asks for it: %s', async (action) => {
    expect(all).toContain(action);
    rig = await rigWithRoles(without(action));

    expect((await rig.connect(hubRequest)).status).toBe('connected');
  });
});

describe('an identity that lacks what only later steps need', () => {
  beforeEach(async () => {
    rig = await rigWithRoles(whole);
    await rig.connect(hubRequest);
  });

  it('is told by the plan what it cannot take over', async () => {
    const action = 'Microsoft.Resources/tags/write';
    loseMarks(rig);
    setRoles(rig, without(action));

    const { body } = await rig.call('POST', '/api/connections/plan', hubRequest);

    const plan = body as PlanBody;
    expect(changes(plan)).toContain('adopt private endpoint');
    expect(plan.permissions).toContainEqual(expect.objectContaining({ action, granted: false }));
    expect((await rig.connect(hubRequest)).problem?.detail).toContain(action);
  });

  it('is told by the plan that it cannot count what a zone holds', async () => {
    const action = 'Microsoft.Network/privateDnsZones/ALL/read';
    setRoles(rig, without(action));

    const { body } = await rig.call('POST', '/api/connections/plan', perCluster);

    expect(JSON.stringify(body)).toContain(action);
  });

  it('is told by sync which record it cannot remove', async () => {
    const action = 'Microsoft.Network/privateDnsZones/A/delete';
    const [gone] = Object.values(rig.sandbox.zilliz.control.snapshot().clusters);
    rig.sandbox.zilliz.control.deleteCluster(gone?.clusterId ?? '');
    await pass(rig, 10);
    await sweep();
    await pass(rig, 25 * 60);
    setRoles(rig, without(action));

    await sweep();

    // The status is cut, since a project may have ten connections; the log has the whole text.
    expect(syncStatus(rig).connections[0]?.faults).toEqual([expect.stringContaining('the identity lacks')]);
    const told = ofEvent(rig.logged, 'step-failed').map(({ message }) => message);
    expect(told).toContainEqual(expect.stringContaining(action));
  });
});

async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  await pass(rig, 10);
}
