import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { MOST_EVENTS } from '../../support/runBounds.ts';
import {
  SYNC_ID,
  clusterEvent,
  connected,
  deliver,
  pass,
  recordName,
  recordNames,
  recordsOf,
  syncEnds,
  syncStatus,
} from './support.ts';
import { nightly } from '../../support/inGate.ts';

const { projectId, regionId } = sample;
let rig: Rig;
/** The sweep is called by hand, so that nothing but the event in question wakes a run. */
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };

beforeEach(async () => {
  rig = await startRig({ settings });
  await connected(rig);
  rig.sandbox.traffic.clear();
});

afterEach(() => rig.stop());

describe('a new cluster', () => {
  it('gets its record by an event', async () => {
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);

    const answer = await deliver(rig, [clusterEvent(clusterId)]);
    const result = await syncEnds(rig);

    expect(answer.status).toBe(202);
    expect(recordNames(rig)).toEqual(
      [...sample.clusterIds, clusterId].map((id) => recordName(id)).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(result).toMatchObject({ listed: 3, writes: { record: 1 } });
    expect(rig.sandbox.traffic.writes().map(({ operation }) => operation)).toEqual(['recordSets.put']);
  });

  it('gets its record by the sweep when the event was lost', async () => {
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);

    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(recordNames(rig)).toContain(recordName(clusterId));
  });

  nightly(
    'is waited for as long as Zilliz takes to give it an address, hours if need be, in a bounded history',
    async () => {
      const { control } = rig.sandbox.zilliz;
      const clusterId = control.addCluster({ projectId, regionId });
      control.hidePrivateLinkAddress(clusterId);
      await deliver(rig, [clusterEvent(clusterId)]);
      let longest = 0;
      for (let hour = 0; hour < 30; hour++) {
        await pass(rig, 60);
        longest = Math.max(longest, rig.host.history(SYNC_ID).length);
        expect(syncStatus(rig)).toMatchObject({ state: 'waiting', reason: '1 clusters without an address' });
      }
      control.hidePrivateLinkAddress(clusterId, false);

      await syncEnds(rig);

      expect(recordNames(rig)).toContain(recordName(clusterId));
      expect(longest).toBeLessThanOrEqual(MOST_EVENTS);
    },
  );

  it('that is deleted while it is waited for ends the wait, and leaves nothing', async () => {
    const { control } = rig.sandbox.zilliz;
    const clusterId = control.addCluster({ projectId, regionId });
    control.hidePrivateLinkAddress(clusterId);
    await deliver(rig, [clusterEvent(clusterId)]);
    await pass(rig, 30);

    control.deleteCluster(clusterId);
    await syncEnds(rig);

    expect(recordsOf(rig)).toHaveLength(2);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it('that sleeps without an address is not waited for', async () => {
    const { control } = rig.sandbox.zilliz;
    const clusterId = control.addCluster({ projectId, regionId, status: 'STOPPED' });
    control.hidePrivateLinkAddress(clusterId);
    await deliver(rig, [clusterEvent(clusterId)]);

    const result = await syncEnds(rig);

    expect(result.connections).toMatchObject([{ waiting: 0, dormant: 1 }]);
    expect(result.rounds).toBe(1);
  });

  it('of the serverless kind gets none', async () => {
    const clusterId = rig.sandbox.zilliz.control.addCluster({
      projectId,
      regionId,
      deploymentOption: 'Serverless',
    });
    await deliver(rig, [clusterEvent(clusterId)]);
    await syncEnds(rig);

    expect(recordsOf(rig)).toHaveLength(2);
  });
});

describe('a hint', () => {
  it('during a round causes one further round, however many come', async () => {
    const { control } = rig.sandbox.zilliz;
    const clusterId = control.addCluster({ projectId, regionId });
    await pass(rig, 1);
    const event = clusterEvent(clusterId);
    await deliver(rig, [event]);
    await Promise.all(Array.from({ length: 40 }, () => deliver(rig, [event, event])));

    const result = await syncEnds(rig);

    expect(result.rounds).toBeLessThanOrEqual(3);
    expect(rig.sandbox.traffic.of('zilliz.listClusters')).toHaveLength(result.rounds);
    expect(result.writes).toEqual({ record: 1 });
  });

  it('about a project without a connection costs no call of Zilliz', async () => {
    await deliver(rig, [
      clusterEvent('in01-aaaaaaaaaaaaaaa', 'Created', { projectId: 'proj-other', regionId }),
    ]);
    await rig.host.whenIdle();
    await pass(rig, 1);

    const syncs = rig.host.instances().filter(({ name }) => name === 'sync');
    expect(syncs).toEqual([]);
    expect(rig.sandbox.traffic.all().filter(({ service }) => service === 'zilliz')).toEqual([]);
  });
});
