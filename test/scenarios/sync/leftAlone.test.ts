import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { connected, pass, recordsOf, syncEnds } from './support.ts';

const { projectId, regionId } = sample;
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings });
  await connected(rig);
  rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
  await pass(rig, 1);
});

afterEach(() => rig.stop());

/** A sweep that finds a cluster without a record; returns the reason why it was left so. */
async function heldBecause(): Promise<string | null | undefined> {
  rig.sandbox.traffic.clear();
  await rig.host.runTimerTrigger('sweep');
  const { connections } = await syncEnds(rig);
  expect(rig.sandbox.traffic.writes()).toEqual([]);
  expect(recordsOf(rig)).toHaveLength(2);
  return connections[0]?.hold;
}

function endpoint() {
  const [found] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  if (!found) throw new Error('There is no private endpoint.');
  return found;
}

describe('sync leaves alone a connection', () => {
  it('that Zilliz has removed', async () => {
    rig.sandbox.azure.control.setConnection(endpoint().id, 'Disconnected');

    expect(await heldBecause()).toBe('Azure says Disconnected');
  });

  it('whose specification a user has truncated', async () => {
    rig.sandbox.azure.control.setTags(endpoint().id, { ...endpoint().tags, 'zpl-spec-0': '{"v":1' });

    expect(await heldBecause()).toContain('specification cannot be read');
  });

  it('that lies outside the scopes of this deployment', async () => {
    await rig.stop();
    rig = await startRig({ settings });
    await connected(rig);
    rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);
    const elsewhere = `/subscriptions/${sample.subscriptionId}/resourceGroups/rg-elsewhere`;
    const other = await rig.deployAnother({ settings: { ...settings, ALLOWED_SCOPES: elsewhere } });
    rig.sandbox.traffic.clear();

    await other.host.runTimerTrigger('sweep');
    await rig.runUntil(() =>
      other.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Completed'),
    );

    expect(other.host.instances()).toMatchObject([
      { output: { connections: [{ hold: expect.stringContaining('outside the scopes') as string }] } },
    ]);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});
