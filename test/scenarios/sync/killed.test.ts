import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { Killer } from '../kill/killer.ts';
import {
  clusterEvent,
  connected,
  deliver,
  pass,
  recordName,
  recordNames,
  syncEnds,
  SYNC_ID,
} from './support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const { projectId, regionId } = sample;
const [catalogue, search] = sample.clusterIds;
let rig: Rig;
/** Commits of the host until it is killed; counted down from the moment in which it is set. */
let left = Infinity;

beforeEach(async () => {
  left = Infinity;
  const afterCommit = (): void => {
    left -= 1;
    if (left === 0) void rig.host.stop();
  };
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' }, host: { faults: { afterCommit } } });
  await connected(rig);
});

afterEach(() => rig.stop());

async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  await syncEnds(rig);
}

describe('a host that is killed after any of the commits of a round', () => {
  it.each(
    inGate(
      Array.from({ length: 14 }, (_, index) => index + 1),
      ...['4'],
    ),
  )('loses nothing: new records are there, old ones gone, each written once (commit %i)', async (commit) => {
    const { control } = rig.sandbox.zilliz;
    control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    await pass(rig, 25 * 60);
    const added = [0, 1].map(() => control.addCluster({ projectId, regionId }));
    await pass(rig, 1);
    rig.sandbox.traffic.clear();
    left = commit;

    await deliver(
      rig,
      added.map((id) => clusterEvent(id)),
    ).catch(() => undefined);
    await rig.host.runUntil(() => left <= 0 || !isRunning());
    const killed = left <= 0;
    await rig.restartHost({});
    await pass(rig, 10);
    await sweep();

    expect(recordNames(rig)).toEqual(
      [search, ...added].map(recordName).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(rig.sandbox.traffic.of('recordSets.put')).toHaveLength(2);
    expect(killed || commit > 10).toBe(true);
  });
});

nightly(
  'removes the zone of a deleted cluster also if the host dies just after its record went',
  async () => {
    await rig.stop();
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    await connected(rig, { ...sampleRequest, dns: { layout: 'per-cluster' } });
    rig.sandbox.zilliz.control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    await pass(rig, 25 * 60);
    const killer = new Killer(rig, (write) => (/^recordSets.delete .*\/a\//.test(write) ? ['after'] : []));

    await rig.host.runTimerTrigger('sweep');
    await killer.finish(SYNC_ID);

    const { zones } = rig.sandbox.azure.control.snapshot().dns;
    expect(killer.kills).toHaveLength(1);
    expect(Object.values(zones).map(({ name }) => name.split('.')[0])).toEqual([recordName(search)]);
  },
);

function isRunning(): boolean {
  return rig.host
    .instances()
    .some(
      ({ instanceId, runtimeStatus }) =>
        instanceId.startsWith('sync-') && /Running|Pending/.test(runtimeStatus),
    );
}
