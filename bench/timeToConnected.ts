import { realClock, realTimers, wholeSecondTimers } from '../sandbox/host/faults.ts';
import type { HostFaults } from '../sandbox/host/faults.ts';
import type { Host } from '../sandbox/host/host.ts';
import { runSize } from '../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import { boundSeconds, distributions, drawWaits, seeded, timingsOf } from './draws.ts';
import type { Waits } from './draws.ts';
import type { Figures } from './figures/figures.ts';
import { median, printTable, quantile } from './figures/figures.ts';
import { connectInSequence } from './sequential.ts';
import { costsOf } from './costs.ts';
import { worldWithClusters } from './worlds.ts';

interface Measured {
  readonly seconds: number;
  readonly executions: number;
  readonly transactions: number;
  readonly maxEvents: number;
  /** Reads of private DNS, of the 500 that Azure allows in five minutes. */
  readonly dnsReads: number;
}

/** Time to connected and what it costs, in virtual time, against the bound and against a script with fixed polling. */
export async function benchTimeToConnected(figures: Figures, runs: number): Promise<void> {
  const random = seeded(2);
  const draws = Array.from({ length: runs }, () => drawWaits(random));
  const costs: Measured[] = [];
  const scripts: number[] = [];
  for (const [index, waits] of draws.entries()) {
    costs.push(await connectOnce(waits, { clock: realClock(index) }));
    scripts.push(await connectInSequence(waits));
  }
  const ours = costs.map(({ seconds }) => seconds);
  const bounds = draws.map(boundSeconds);
  const ratios = (times: readonly number[]): number[] =>
    times.map((time, index) => time / (bounds[index] ?? Number.NaN));
  const overheads = (times: readonly number[]): number[] =>
    times.map((time, index) => time - (bounds[index] ?? Number.NaN));
  const rowOf = (name: string, times: readonly number[]) => row(name, times, ratios(times), overheads(times));
  printTable(
    `Time to connected, ${runs} runs in virtual time, timers and activities as on the real host (${Object.entries(
      distributions,
    )
      .map(([name, { text }]) => `${name} ${text}`)
      .join('; ')})`,
    ['', 'median s', 'p95 s', 'ratio to bound, median', 'p95', 'overhead s, median'],
    [
      rowOf('bound: the longest chain of waits', bounds),
      rowOf('this app', ours),
      rowOf('the steps in sequence, a look every 10 s', scripts),
    ],
  );
  figures.set('timeToConnected', 'medianSeconds', median(ours));
  figures.set('timeToConnected', 'medianRatioToBound', median(ratios(ours)));
  figures.set('timeToConnected', 'p95RatioToBound', quantile(ratios(ours), 0.95));
  figures.set('timeToConnected', 'ratioToSequential', median(overheads(ours)) / median(overheads(scripts)));
  await benchClocks(figures, draws.slice(0, FEW_DRAWS), ours);
  await benchPerCluster(figures, draws.slice(0, SOME_DRAWS), ours);
  await benchCosts(figures, draws, costs);
}

const FEW_DRAWS = 8;
const SOME_DRAWS = 60;

/** Where the time of the real host goes: the same draws with its clock taken apart. */
async function benchClocks(
  figures: Figures,
  draws: readonly Waits[],
  real: readonly number[],
): Promise<void> {
  const exact: number[] = [];
  const whole: number[] = [];
  const polled: number[] = [];
  for (const [index, waits] of draws.entries()) {
    exact.push((await connectOnce(waits)).seconds);
    whole.push((await connectOnce(waits, { clock: { timerDelay: wholeSecondTimers } })).seconds);
    polled.push((await connectOnce(waits, { clock: { timerDelay: realTimers(index) } })).seconds);
  }
  const queued = real.slice(0, draws.length);
  const before = draws.map(boundSeconds);
  const clocks = [
    ['the waits for others', before],
    ['+ pauses between the looks', exact],
    ['+ timers that lose up to a second', whole],
    ['+ timers in queues that are polled', polled],
    ['+ activities in queues, as recorded', queued],
  ] as const;
  printTable(
    `Where the time goes, ${draws.length} runs`,
    ['', 'mean s', 'more than the line before', 'than exact timers, of single runs'],
    clocks.map(([name, times], index) => [
      name,
      mean(times).toFixed(1),
      index === 0 ? '' : (mean(times) - mean(clocks[index - 1]?.[1] ?? [])).toFixed(1),
      index < 2 ? '' : spanOf(times.map((time, run) => time - (exact[run] ?? Number.NaN))),
    ]),
  );
  figures.set('clock', 'pausesSeconds', mean(exact) - mean(before));
  const ofRuns = queued.map((time, run) => time - (exact[run] ?? Number.NaN));
  figures.set('clock', 'leastOfOneRun', Math.min(...ofRuns));
  figures.set('clock', 'mostOfOneRun', Math.max(...ofRuns));
  figures.set('clock', 'activitiesSeconds', mean(queued) - mean(polled));
}

/** When a look falls differs from run to run, so single runs differ more than their mean. */
function spanOf(differences: readonly number[]): string {
  return `${Math.min(...differences).toFixed(0)} to ${Math.max(...differences).toFixed(0)}`;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** With a zone for each cluster it is linked during the wait for Zilliz: the last minute of the other layout is gone. */
async function benchPerCluster(
  figures: Figures,
  draws: readonly Waits[],
  regional: readonly number[],
): Promise<void> {
  const times: number[] = [];
  for (const [index, waits] of draws.entries()) {
    const { seconds } = await connectOnce(waits, {
      clock: realClock(index),
      layout: 'per-cluster',
    });
    times.push(seconds);
  }
  const ratio = median(times.map((time, index) => time / (regional[index] ?? Number.NaN)));
  const before = regional.slice(0, draws.length);
  printTable(
    `Layouts, the same ${draws.length} draws`,
    ['', 'median s', 'ratio'],
    [
      ['regional', median(before).toFixed(0), '1'],
      ['per-cluster', median(times).toFixed(0), ratio.toFixed(3)],
    ],
  );
  figures.set('perCluster', 'medianRatioToRegional', ratio);
}

async function benchCosts(
  figures: Figures,
  draws: readonly Waits[],
  costs: readonly Measured[],
): Promise<void> {
  const many = 11;
  const further: number[] = [];
  for (const [index, waits] of draws.slice(0, 5).entries()) {
    const { executions } = await connectOnce(waits, {
      clusters: many,
      clock: realClock(index),
    });
    further.push((executions - (costs[index]?.executions ?? 0)) / (many - 1));
  }
  const of = (name: keyof Measured): number[] => costs.map((cost) => cost[name]);
  const line = (name: string, values: readonly number[], digits = 0): readonly string[] => [
    name,
    median(values).toFixed(digits),
    Math.max(...values).toFixed(digits),
  ];
  printTable(
    'What a run costs',
    ['', 'median', 'largest'],
    [
      line('executions, one cluster', of('executions')),
      line('executions per further cluster', further, 2),
      line('storage transactions, estimated from the commit rules', of('transactions')),
      line('history events of one execution', of('maxEvents')),
      line('reads of private DNS', of('dnsReads')),
    ],
  );
  figures.set('executions', 'oneCluster', median(of('executions')));
  figures.set('executions', 'perFurtherCluster', median(further));
  figures.set('reads', 'privateDnsOneConnect', median(of('dnsReads')));
  figures.set('storage', 'transactionsMedian', median(of('transactions')));
}

function row(
  name: string,
  times: readonly number[],
  ratios: readonly number[],
  overheads: readonly number[],
): readonly string[] {
  return [
    name,
    median(times).toFixed(0),
    quantile(times, 0.95).toFixed(0),
    median(ratios).toFixed(3),
    quantile(ratios, 0.95).toFixed(3),
    median(overheads).toFixed(1),
  ];
}

interface RunOptions {
  readonly clusters?: number;
  readonly layout?: 'regional' | 'per-cluster';
  /** Default: timers are exact, and activities take no time. */
  readonly clock?: Pick<HostFaults, 'timerDelay' | 'activityDelay'>;
}

async function connectOnce(waits: Waits, options: RunOptions = {}): Promise<Measured> {
  const { clusters = 1, layout = 'regional', clock = {} } = options;
  const rig = await startRig({
    world: (at) => worldWithClusters(at, clusters),
    timings: timingsOf(waits),
    host: { replayTwice: false, faults: clock },
  });
  try {
    const from = rig.clock.now();
    const id = await rig.post({ ...sampleRequest, dns: { layout } });
    await rig.host.runUntil(() => hasEnded(rig.host, id));
    const seconds = (rig.clock.now() - from) / 1000;
    const dnsReads = rig.sandbox.traffic
      .all()
      .filter(({ write, request }) => !write && /\/privateDns/i.test(request.url)).length;
    const instance = rig.host.instances().find(({ instanceId }) => instanceId === id);
    if (instance?.runtimeStatus !== 'Completed')
      throw new Error(`A run ended ${instance?.runtimeStatus ?? 'not'}: ${String(instance?.output)}`);
    return {
      ...{ seconds, dnsReads },
      ...costsOf(rig.journal.commits, id),
      maxEvents: runSize(rig.journal, id).historyEvents,
    };
  } finally {
    await rig.stop();
  }
}

export function hasEnded(host: Host, id: string): boolean {
  const instance = host.instances().find(({ instanceId }) => instanceId === id);
  return instance !== undefined && !['Pending', 'Running'].includes(instance.runtimeStatus);
}
