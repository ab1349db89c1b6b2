import { wholeSecondTimers } from '../../../sandbox/host/faults.ts';
import type { FaultOrder } from '../../../sandbox/kernel/faults.ts';
import { runSize } from '../../../sandbox/rig/keptJournal.ts';
import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { MOST_EVENTS, MOST_STATUS_BYTES } from '../../support/runBounds.ts';
import {
  SYNC_ID,
  clusterEvent,
  connected,
  deliver,
  pass,
  recordName,
  recordNames,
  syncEnds,
} from './support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const { projectId, regionId } = sample;
let rig: Rig;

afterEach(() => rig.stop());

const kinds: Readonly<Record<string, FaultOrder['fault']>> = {
  '429 with a wait': { kind: 'status', status: 429, headers: { 'retry-after': '20' }, body: {} },
  '500': { kind: 'status', status: 500, body: {} },
  '503': { kind: 'status', status: 503, body: {} },
  'a closed connection': { kind: 'reset' },
  'an answer that gets lost': { kind: 'answerLost' },
  garbage: { kind: 'garbage' },
  'half an answer': { kind: 'truncated' },
  'being done twice': { kind: 'duplicate' },
};

const reads = [
  'zilliz.listClusters',
  'resources.list',
  'privateEndpoints.get',
  'privateDnsZones.list',
  'recordSets.listAll',
] as const;

const cells = [
  ...Object.keys(kinds).map((kind) => cell('recordSets.put', kind)),
  ...reads.flatMap((call) => ['429 with a wait', '500', 'half an answer'].map((kind) => cell(call, kind))),
];

function cell(
  call: string,
  kind: string,
): { readonly name: string; readonly call: string; readonly kind: string } {
  return { name: `${call} meets ${kind}`, call, kind };
}

const gateCells = inGate(
  cells,
  'recordSets.put meets a closed connection',
  'recordSets.put meets 500',
  'zilliz.listClusters meets 500',
  'privateEndpoints.get meets 500',
);

describe('a new cluster gets its record, and the record is right, when', () => {
  it.each(gateCells)('$name', async ({ call, kind }) => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    await connected(rig);
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);
    const fault = kinds[kind];
    if (!fault) throw new Error(`There is no fault ${kind}.`);
    rig.sandbox.faults.order({ call, fault, times: 2 });

    await deliver(rig, [clusterEvent(clusterId)]);
    const result = await syncEnds(rig);

    expect(rig.sandbox.traffic.of(call).some((exchange) => exchange.fault !== undefined)).toBe(true);
    expect(recordNames(rig)).toEqual(
      [...sample.clusterIds, clusterId].map(recordName).toSorted((a, b) => a.localeCompare(b)),
    );
    expect(result.connections).toMatchObject([{ faults: [] }]);
  });
});

describe('a record that cannot be written', () => {
  it('is reported and does not hold up the others; the next sweep tries again', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    await connected(rig);
    const { control } = rig.sandbox.zilliz;
    const [first = '', second = ''] = [0, 1].map(() => control.addCluster({ projectId, regionId }));
    await pass(rig, 1);
    const body = { error: { code: 'RequestDisallowedByPolicy', message: 'not allowed by policy' } };
    rig.sandbox.faults.order({
      call: 'recordSets.put',
      path: first,
      fault: { kind: 'status', status: 403, body },
    });

    await deliver(rig, [clusterEvent(first)]);
    const result = await syncEnds(rig);
    const before = recordNames(rig);
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(result.connections).toMatchObject([{ faults: [expect.stringContaining(first) as string] }]);
    expect(before).not.toContain(recordName(first));
    expect(before).toContain(recordName(second));
    expect(recordNames(rig)).toContain(recordName(first));
  });
});

describe('hints at random moments of a run that waits', () => {
  nightly.each([1, 2, 3, 4])('are all heard, with timers that fire early (seed %i)', async (seed) => {
    rig = await startRig({
      settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
      host: { faults: { timerDelay: wholeSecondTimers } },
    });
    await connected(rig);
    const { control } = rig.sandbox.zilliz;
    const slow = control.addCluster({ projectId, regionId });
    control.hidePrivateLinkAddress(slow);
    await deliver(rig, [clusterEvent(slow)]);

    for (let hint = 0; hint < 12; hint++) {
      const clusterId = control.addCluster({ projectId, regionId });
      await pass(rig, 0.6);
      await deliver(rig, [clusterEvent(clusterId)]);
      // Somewhere between the rounds, the reads and the pauses of the run.
      await pass(rig, ((hint * 7 + seed * 13) % 23) / 10 + 0.6);
      expect(recordNames(rig)).toContain(recordName(clusterId));
    }

    expect(runSize(rig.journal, SYNC_ID).historyEvents).toBeLessThanOrEqual(MOST_EVENTS);
    expect(runSize(rig.journal, SYNC_ID).customStatusBytes).toBeLessThan(MOST_STATUS_BYTES);
  });
});

describe('a disconnect', () => {
  it('leaves nothing behind, though events keep sync awake meanwhile', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    const id = await connected(rig);
    const [cluster] = sample.clusterIds;

    const { status } = await rig.call('DELETE', `/api/connections/${id}`);
    for (let count = 0; count < 30; count++) {
      await deliver(rig, [clusterEvent(cluster)]);
      await pass(rig, 0.2);
    }
    const view = await rig.finish(id);

    expect(status).toBe(202);
    expect(view.status).toBe('disconnected');
    const { dns, network } = rig.sandbox.azure.control.snapshot();
    expect(recordNames(rig)).toEqual([]);
    expect([Object.keys(dns.zones), Object.keys(dns.links), Object.keys(network.privateEndpoints)]).toEqual([
      [],
      [],
      [],
    ]);
  });
});
