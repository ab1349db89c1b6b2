import { costsOf } from '../../../bench/costs.ts';
import { worldWithClusters } from '../../../bench/worlds.ts';
import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { runSize } from '../../../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { MOST_ENDED_STATUS_BYTES, MOST_EVENTS, MOST_STATUS_BYTES } from '../../support/runBounds.ts';
import { executedTwice } from '../faults/leftovers.ts';

/** The sweep is none of the run. That replays give the same is seen in smaller runs. */
const quiet = { settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' }, host: { replayTwice: false } };

const perCluster = { ...sampleRequest, dns: { layout: 'per-cluster' } };

let rig: Rig;

/** However much a run has to do: its history stays short, and nothing is written a second time. */
afterEach(async () => {
  const { historyEvents, customStatusBytes } = runSize(rig.journal);
  const hasFailed = rig.host.instances().some(({ runtimeStatus }) => runtimeStatus === 'Failed');
  const { writes } = executedTwice(rig);
  await rig.stop();
  expect(historyEvents).toBeLessThanOrEqual(MOST_EVENTS);
  expect(customStatusBytes).toBeLessThan(hasFailed ? MOST_ENDED_STATUS_BYTES : MOST_STATUS_BYTES);
  expect(writes).toEqual([]);
});

async function startWith(clusters: number, options: RigOptions = {}): Promise<void> {
  rig = await startRig({ ...quiet, world: (at) => worldWithClusters(at, clusters), ...options });
}

function clusterIds(): readonly string[] {
  return rig.sandbox.zilliz.control.snapshot().clusters.map(({ clusterId }) => clusterId);
}

function executionsOf({ id }: ConnectionBody): number {
  return costsOf(rig.journal.commits, id).executions;
}

describe('a zone for each of many clusters', () => {
  it('does not make the wait for a last cluster cost more than the same wait with few', async () => {
    const executions: number[] = [];
    for (const clusters of [3, 16]) {
      await startWith(clusters);
      const [last = ''] = clusterIds();
      rig.sandbox.zilliz.control.hidePrivateLinkAddress(last);
      const view = await rig.connect(perCluster);
      expect(view.result?.clusters.filter(({ state }) => state === 'connected')).toHaveLength(clusters - 1);
      executions.push(executionsOf(view));
      if (clusters === 3) await rig.stop();
    }

    const [few = 0, many = 0] = executions;
    // Zone, record and link of a further cluster are ten activities and as many episodes, and a look or two.
    expect(many - few).toBeLessThan(13 * 25);
  });

  it.each([
    ['recordSets.put', 'azure-unavailable'],
    ['virtualNetworkLinks.put', 'azure-unavailable'],
  ])('are given up when %s fails every time, with its code', async (call, code) => {
    await startWith(12);
    const fault = { kind: 'status', status: 503 } as const;
    rig.sandbox.faults.order({ call, fault, times: 'always' });

    const view = await rig.connect(perCluster);

    expect(view.status).toBe('failed');
    expect(view.problem?.type).toMatch(new RegExp(`${code}$`));
    expect(executionsOf(view)).toBeLessThan(1000);
  });
});

it('forty networks are linked in a few minutes, with a short history', async () => {
  const networks = Array.from({ length: 40 }, (_, index) =>
    sample.virtualNetworkId.replace(/[^/]+$/, `vnet-spoke-${index}`),
  );
  await startWith(2);
  for (const [index, id] of networks.entries()) {
    rig.sandbox.azure.control.addVirtualNetwork({
      id,
      addressPrefixes: [`10.${100 + index}.0.0/16`],
      subnets: [],
    });
  }
  const { virtualNetworkId } = sample;
  deployRoles(rig.sandbox.azure.control, { virtualNetworkId, linkedNetworkIds: networks });
  const linkedNetworks = [sample.virtualNetworkId, ...networks];

  const view = await rig.connect({ ...sampleRequest, dns: { linkedNetworks } });

  expect(view.status).toBe('connected');
  expect(Object.keys(rig.sandbox.azure.control.snapshot().dns.links)).toHaveLength(41);
  // The zone is made before, while Zilliz allocates.
  const endOf = (name: string): number =>
    Date.parse(view.phases.find(({ phase }) => phase === name)?.endedAt ?? '');
  expect(endOf('configure-dns') - endOf('await-allocation')).toBeLessThan(5 * 60_000);
});

it('Zilliz may be out of order for half an hour of a long wait, and the run goes on', async () => {
  await startWith(2);
  const { control } = rig.sandbox.zilliz;
  control.reviewEndpoints('ignore');
  const id = await rig.post({ ...sampleRequest, deadlineMinutes: 600 });
  await rig.until(id, ({ phases }) =>
    phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
  );
  const fault = { kind: 'status', status: 503 } as const;
  rig.sandbox.faults.order({ call: 'zilliz.listPrivateEndpoints', fault, times: 'always' });
  const half = rig.clock.now() + 30 * 60_000;
  await rig.host.runUntil(() => rig.clock.now() > half);
  rig.sandbox.faults.clear();
  control.acceptEndpoint(control.snapshot().endpoints[0]?.endpointId ?? '');

  expect((await rig.finish(id)).status).toBe('connected');
});
