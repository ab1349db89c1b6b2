import { startRig, sampleRequest } from '../sandbox/rig/rig.ts';
import type { Rig, RigOptions } from '../sandbox/rig/rig.ts';
import { sample } from '../sandbox/sampleWorld.ts';
import { runSize } from '../sandbox/rig/keptJournal.ts';
import { costsOf } from './costs.ts';
import { printTable } from './figures/figures.ts';
import type { Figures } from './figures/figures.ts';
import { hasEnded } from './timeToConnected.ts';
import { connectedWorld, withConnections, worldWithClusters } from './worlds.ts';

const HOUR_MS = 3_600_000;
const HOURS_OF_A_DAY = 24;
const EVENTS_AT_ONCE = 100;
/** A batch of events each second, as a pipeline that changes many clusters sends them. */
const BATCH_EVERY_MS = 1000;

const sizes = {
  clusters: [1, 100, 500, 2000],
  events: [100, 1000, 10_000],
  connections: [1, 10, 50],
};

/** Long rows, by themselves: what clusters, events and connections at rest cost, each at several sizes. */
export async function benchGrowth(figures: Figures): Promise<void> {
  await clusters(figures);
  await events(figures);
  await atRest(figures);
}

interface Cost {
  readonly executions: number;
  readonly transactions: number;
  readonly dnsReads: number;
  readonly otherReads: number;
}

/** What a rig has cost since its start. */
function costOf({ host, journal, sandbox }: Rig): Cost {
  const reads = sandbox.traffic.all().filter(({ service, write }) => service === 'azure' && !write);
  const dnsReads = reads.filter(({ request }) => /\/privateDns/i.test(request.url)).length;
  const transactions = host
    .instances()
    .reduce((sum, { instanceId }) => sum + costsOf(journal.commits, instanceId).transactions, 0);
  return {
    ...{ transactions, dnsReads, otherReads: reads.length - dnsReads },
    executions: host.statistics().executions,
  };
}

const texts = ({ executions, transactions, dnsReads, otherReads }: Cost): readonly string[] =>
  [executions, transactions, dnsReads, otherReads].map(String);

const header = ['executions', 'storage transactions', 'reads of private DNS', 'other reads'] as const;

async function inRig(options: RigOptions, work: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await startRig({
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    ...options,
    paced: true,
    host: { replayTwice: false },
  });
  try {
    await work(rig);
  } finally {
    await rig.stop();
  }
}

async function clusters(figures: Figures): Promise<void> {
  const rows: (readonly string[])[] = [];
  for (const count of sizes.clusters) {
    await inRig({ world: (at) => worldWithClusters(at, count) }, async (rig) => {
      const from = rig.clock.now();
      const id = await rig.post(sampleRequest);
      await rig.host.runUntil(() => hasEnded(rig.host, id));
      const { historyEvents } = runSize(rig.journal, id);
      const seconds = (rig.clock.now() - from) / 1000;
      const cost = costOf(rig);
      rows.push([`${count}`, seconds.toFixed(0), String(historyEvents), ...texts(cost)]);
      figures.set('growth', `executionsOf${count}Clusters`, cost.executions);
    });
  }
  printTable('Connect of many clusters', ['clusters', 's', 'events of an execution', ...header], rows);
}

async function events(figures: Figures): Promise<void> {
  const rows: (readonly string[])[] = [];
  const world = await connectedWorld('regional');
  for (const count of sizes.events) {
    await inRig({ world: () => world }, async (rig) => {
      const from = rig.clock.now();
      for (let sent = 0; sent < count; sent += EVENTS_AT_ONCE) {
        await deliver(rig, Math.min(EVENTS_AT_ONCE, count - sent), sent);
        const until = rig.clock.now() + BATCH_EVERY_MS;
        await rig.runUntil(() => rig.clock.now() >= until || rig.clock.nextAt() === undefined);
      }
      await rig.host.runUntil(() =>
        rig.host.instances().every(({ instanceId }) => hasEnded(rig.host, instanceId)),
      );
      const cost = costOf(rig);
      const seconds = (rig.clock.now() - from) / 1000;
      rows.push([`${count}`, seconds.toFixed(0), String(runSize(rig.journal).historyEvents), ...texts(cost)]);
      figures.set('growth', `executionsOf${count}Events`, cost.executions);
    });
  }
  printTable('Cluster events', ['events', 's', 'events of an execution', ...header], rows);
}

async function deliver({ host }: Rig, count: number, from: number): Promise<void> {
  const url = new URL(`${host.baseUrl}/runtime/webhooks/eventgrid?functionName=clusterEvents`);
  url.searchParams.set('code', host.keys.system);
  const { projectId, regionId, clusterIds } = sample;
  const body = Array.from({ length: count }, (_, index) => ({
    ...{ specversion: '1.0', id: `event-${from + index}`, source: '/bench', type: 'Zilliz.Cluster.Created' },
    ...{ time: new Date(0).toISOString(), data: { projectId, regionId, clusterId: clusterIds[0] } },
  }));
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'aeg-event-type': 'Notification', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The events got ${response.status}: ${await response.text()}`);
}

/** A day in which nothing changes, with the default schedule of the sweep. */
async function atRest(figures: Figures): Promise<void> {
  const rows: (readonly string[])[] = [];
  const world = await connectedWorld('regional');
  for (const count of sizes.connections) {
    await inRig({ world: () => withConnections(world, count), settings: {} }, async (rig) => {
      const until = rig.clock.now() + HOURS_OF_A_DAY * HOUR_MS;
      await rig.runUntil(() => rig.clock.now() >= until);
      const cost = costOf(rig);
      rows.push([`${count}`, ...texts(cost)]);
      figures.set('growth', `executionsOfADayOf${count}AtRest`, cost.executions);
    });
  }
  printTable('A day of connections at rest, a sweep every 15 minutes', ['connections', ...header], rows);
}
