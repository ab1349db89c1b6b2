import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { syncInstanceId } from '../../../src/domain/connection/names.ts';
import { clusterIdOf, connections, manyClustersWorld } from './manyClusters.ts';
import { SYNC_ID, connected, pass, recordsOf, syncEnds, syncRun } from './support.ts';
import { nightly } from '../../support/inGate.ts';

const [request] = connections;
const MANY_ID = syncInstanceId(request);
let rig: Rig;

afterEach(() => rig.stop());

describe('the sweep', () => {
  nightly(
    'with 500 clusters and nothing to do makes reads only',
    async () => {
      rig = await startRig({ world: manyClustersWorld, settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
      await connected(rig, request);
      for (let number = 0; number < 500; number++) {
        const { projectId, regionId } = request;
        rig.sandbox.zilliz.control.addCluster({ clusterId: clusterIdOf(number), projectId, regionId });
      }
      await pass(rig, 1);
      await rig.host.runTimerTrigger('sweep');
      await syncEnds(rig, MANY_ID);
      expect(recordsOf(rig)).toHaveLength(500);
      await pass(rig, 10);
      rig.sandbox.traffic.clear();

      await rig.host.runTimerTrigger('sweep');
      const result = await syncEnds(rig, MANY_ID);

      const calls = rig.sandbox.traffic.all();
      const names = [...new Set(calls.map(({ operation }) => operation))];
      const counted = names.map((name) => `${rig.sandbox.traffic.of(name).length} ${name}`);
      process.stdout.write(`${calls.length} reads for 500 clusters: ${counted.join(', ')}\n`);
      expect(rig.sandbox.traffic.writes()).toEqual([]);
      expect(result).toMatchObject({
        rounds: 1,
        listed: 500,
        writes: {},
        connections: [{ kept: 500, drift: { rows: 0 } }],
      });
      // Five full pages, and an empty one that shows that they were all.
      expect(rig.sandbox.traffic.of('zilliz.listClusters')).toHaveLength(6);
      expect(calls.length).toBeLessThan(60);
    },
    180_000,
  );

  it('comes by itself every fifteen minutes', async () => {
    rig = await startRig();
    await connected(rig);
    const rounds = (): number => rig.sandbox.traffic.of('zilliz.listClusters').length;
    await pass(rig, 16);
    const before = rounds();

    await pass(rig, 60);

    expect(rounds() - before).toBe(4);
  });

  it('wakes nothing where there is no connection', async () => {
    rig = await startRig();

    await pass(rig, 16);

    expect(rig.host.instances()).toEqual([]);
    expect(rig.sandbox.traffic.all().filter(({ service }) => service === 'zilliz')).toEqual([]);
  });

  nightly('leaves out projects that this deployment may not act for', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    await connected(rig);
    const other = await rig.deployAnother({ settings: { ALLOWED_PROJECTS: 'proj-another' } });

    await other.host.runTimerTrigger('sweep');

    expect(other.host.instances()).toEqual([]);
  });

  nightly(
    'forgets runs that ended more than 30 days ago; the connection is still known by its marks',
    async () => {
      rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 6 * * *' } });
      const id = await connected(rig);

      await pass(rig, 31 * 24 * 60);

      expect(rig.host.instances().map(({ instanceId }) => instanceId)).toEqual([SYNC_ID]);
      expect(syncRun(rig).runtimeStatus).toBe('Completed');
      expect(await rig.call('GET', `/api/connections/${id}`)).toMatchObject({ status: 200, body: { id } });
    },
  );
});
