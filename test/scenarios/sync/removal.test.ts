import type { FaultOrder } from '../../../sandbox/kernel/faults.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import {
  clusterEvent,
  connected,
  deliver,
  pass,
  recordName,
  recordNames,
  recordsOf,
  syncEnds,
} from './support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const [catalogue, search] = sample.clusterIds;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  await connected(rig);
  rig.sandbox.traffic.clear();
});

afterEach(() => rig.stop());

/** A sweep, and what it leads to. */
async function sweep(): Promise<Awaited<ReturnType<typeof syncEnds>>> {
  await rig.host.runTimerTrigger('sweep');
  return syncEnds(rig);
}

function goneSince(clusterId: string): string | undefined {
  return recordsOf(rig).find(({ name }) => name === recordName(clusterId))?.metadata['zpl-gone-since'];
}

describe('the record of a deleted cluster', () => {
  it.each([['deleted'], ['not-found']] as const)(
    'is marked at once and goes after a day, when Zilliz says %s',
    async (answer) => {
      rig.sandbox.zilliz.control.deleteCluster(catalogue, { answer });
      await pass(rig, 5);
      await deliver(rig, [clusterEvent(catalogue, 'Deleted')]);
      await syncEnds(rig);
      const marked = goneSince(catalogue);
      const since = rig.clock.now();
      await pass(rig, 23 * 60);
      await sweep();
      const before = recordNames(rig);
      await pass(rig, 61);

      const result = await sweep();

      expect(Math.abs(Date.parse(marked ?? '') - since)).toBeLessThan(60_000);
      expect(before).toContain(recordName(catalogue));
      expect(recordNames(rig)).toEqual([recordName(search)]);
      expect(result.connections).toMatchObject([{ kept: 1, removed: 1 }]);
    },
  );

  it('stays, unmarked, when the cluster comes back from the recycle bin within the day', async () => {
    const { control } = rig.sandbox.zilliz;
    control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    expect(goneSince(catalogue)).toBeDefined();
    control.restoreCluster(catalogue);
    await pass(rig, 10);
    await sweep();
    expect(goneSince(catalogue)).toBeUndefined();
    await pass(rig, 48 * 60);

    await sweep();

    expect(recordNames(rig)).toEqual([catalogue, search].map(recordName));
  });

  nightly('is marked anew when the cluster is deleted a second time: the delay begins again', async () => {
    const { control } = rig.sandbox.zilliz;
    control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    control.restoreCluster(catalogue);
    await pass(rig, 20 * 60);
    await sweep();
    control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    await pass(rig, 5 * 60);

    await sweep();

    expect(recordNames(rig)).toContain(recordName(catalogue));
  });

  nightly('goes at the next look when the delay is set to none', async () => {
    await rig.stop();
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *', RECORD_REMOVAL_DELAY_HOURS: '0' } });
    await connected(rig);
    rig.sandbox.zilliz.control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();

    await sweep();

    expect(recordNames(rig)).toEqual([recordName(search)]);
  });
});

describe('an event that a cluster was deleted', () => {
  it('removes and marks nothing while Zilliz says otherwise', async () => {
    await deliver(rig, [clusterEvent(catalogue, 'Deleted')]);

    await syncEnds(rig);

    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

describe('no record is removed, nor marked, over days of sweeps,', () => {
  const trouble: Readonly<Record<string, () => void>> = {
    'with a key that sees only other clusters': () => {
      replaceKey({ scope: { clusterIds: ['in01-000000000000000'] } });
    },
    'with a key that sees only other projects': () => {
      const other = rig.sandbox.zilliz.control.addProject({ name: 'Other' });
      replaceKey({ scope: { projectIds: [other] } });
    },
    'with a key of another organisation': () => {
      replaceKey({ organisation: 'org-elsewhere' });
    },
    'with a key that Zilliz refuses': () => rig.sandbox.zilliz.control.revokeKey(sample.apiKey),
    'with an empty list': () => emptyList(0),
    'with a list whose pages stop half-way': () => emptyList(200),
    'with 401 for the list': () => failing('zilliz.listClusters', 401, 21119),
    'with 500 for the list': () => failing('zilliz.listClusters', 500, 1),
  };

  it.each(inGate(Object.keys(trouble), 'with a key of another organisation', 'with an empty list'))(
    '%s',
    async (name) => {
      trouble[name]?.();

      await threeDaysOfSweeps();

      expectNothingRemoved();
    },
  );

  const answers: readonly (readonly [string, FaultOrder['fault']])[] = [
    ['500', { kind: 'status', status: 500, body: {} }],
    ['401', { kind: 'status', status: 401, body: { code: 21119, message: 'The apikey is illegal' } }],
    ['96014', { kind: 'status', status: 200, body: { code: 96014, message: 'No permission' } }],
    ['96015', { kind: 'status', status: 200, body: { code: 96015, message: 'No permission' } }],
    ['96016', { kind: 'status', status: 200, body: { code: 96016, message: 'No permission' } }],
    ['an unknown code', { kind: 'status', status: 200, body: { code: 1, message: 'Trouble' } }],
    ['success without a cluster', { kind: 'status', status: 200, body: { code: 0 } }],
    ['garbage', { kind: 'garbage' }],
    ['half an answer', { kind: 'truncated' }],
    ['a closed connection', { kind: 'reset' }],
  ];

  it.each(inGate(answers, '96014', 'success without a cluster'))(
    'with clusters missing in the list, and %s when asked for each',
    async (_, fault) => {
      emptyList();
      rig.sandbox.faults.order({ call: 'zilliz.describeCluster', times: 'always', fault });

      await threeDaysOfSweeps();

      expect(rig.sandbox.traffic.of('zilliz.describeCluster').length).toBeGreaterThanOrEqual(6);
      expectNothingRemoved();
    },
  );

  it('with "not found" for each cluster, to a key that does not see the project', async () => {
    emptyList();
    const fault = { kind: 'status', status: 200, body: { code: 96018, message: 'Not found' } } as const;
    rig.sandbox.faults.order({ call: 'zilliz.describeCluster', times: 'always', fault });
    replaceKey({ organisation: 'org-elsewhere' });

    await threeDaysOfSweeps();

    expectNothingRemoved();
  });

  async function threeDaysOfSweeps(): Promise<void> {
    // What is kept of the key in memory is older than this.
    await pass(rig, 10);
    for (let day = 0; day < 3; day++) {
      await rig.host.runTimerTrigger('sweep');
      await pass(rig, 24 * 60);
    }
  }

  function expectNothingRemoved(): void {
    expect(recordNames(rig)).toEqual(expect.arrayContaining([catalogue, search].map(recordName)));
    expect([goneSince(catalogue), goneSince(search)]).toEqual([undefined, undefined]);
    expect(rig.sandbox.traffic.of('recordSets.delete')).toEqual([]);
  }
});

/** Zilliz lists nothing, while it speaks of so many clusters. */
function emptyList(count = 0): void {
  const clusters = { count, currentPage: 1, pageSize: 100, clusters: [] };
  const fault = { kind: 'status', status: 200, body: { code: 0, data: clusters } } as const;
  rig.sandbox.faults.order({ call: 'zilliz.listClusters', times: 'always', fault });
}

function failing(call: string, status: number, code: number): void {
  const fault = { kind: 'status', status, body: { code, message: 'simulated trouble' } } as const;
  rig.sandbox.faults.order({ call, times: 'always', fault });
}

/** Rotates the secret to a key with other rights. */
function replaceKey(key: Parameters<Rig['sandbox']['zilliz']['control']['addKey']>[0]): void {
  const { control } = rig.sandbox.zilliz;
  control.revokeKey(sample.apiKey);
  rig.sandbox.keyVault.control.setSecret('zilliz-api-key', control.addKey(key));
}
