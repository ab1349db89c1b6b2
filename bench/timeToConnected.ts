import type { Host } from '../sandbox/host/host.ts';
import { runSize } from '../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import { boundSeconds, distributions, drawWaits, seeded, timingsOf } from './draws.ts';
import type { Waits } from './draws.ts';
import type { Figures } from './figures.ts';
import { median, printTable, quantile } from './figures.ts';
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
  const ours: number[] = [];
  const scripts: number[] = [];
  const costs: Measured[] = [];
  const bounds = draws.map(boundSeconds);
  for (const waits of draws) {
    const measured = await connectOnce(waits, 1);
    costs.push(measured);
    ours.push(measured.seconds);
    scripts.push(await connectInSequence(waits));
  }
  const ratios = (times: readonly number[]): number[] =>
    times.map((time, index) => time / (bounds[index] ?? Number.NaN));
  const overheads = (times: readonly number[]): number[] =>
    times.map((time, index) => time - (bounds[index] ?? Number.NaN));
  printTable(
    `Time to connected, ${runs} runs in virtual time (${Object.entries(distributions)
      .map(([name, { text }]) => `${name} ${text}`)
      .join('; ')})`,
    ['', 'median s', 'p95 s', 'ratio to bound, median', 'p95', 'overhead s, median'],
    [
      row(
        'bound: the longest chain of waits',
        bounds,
        bounds.map(() => 1),
        bounds.map(() => 0),
      ),
      row('this app', ours, ratios(ours), overheads(ours)),
      row('the steps in sequence, a look every 10 s', scripts, ratios(scripts), overheads(scripts)),
    ],
  );
  figures.set('timeToConnected', 'medianRatioToBound', median(ratios(ours)));
  figures.set('timeToConnected', 'p95RatioToBound', quantile(ratios(ours), 0.95));
  figures.set('timeToConnected', 'ratioToSequential', median(overheads(ours)) / median(overheads(scripts)));

  const many = 11;
  const further: number[] = [];
  for (const [index, waits] of draws.slice(0, 5).entries()) {
    const { executions } = await connectOnce(waits, many);
    further.push((executions - (costs[index]?.executions ?? 0)) / (many - 1));
  }
  const of = (name: keyof Measured): number[] => costs.map((cost) => cost[name]);
  printTable(
    'What a run costs',
    ['', 'median', 'largest'],
    [
      [
        'executions, one cluster',
        median(of('executions')).toFixed(0),
        Math.max(...of('executions')).toFixed(0),
      ],
      ['executions per further cluster', median(further).toFixed(2), Math.max(...further).toFixed(2)],
      [
        'storage transactions, estimated from the commit rules',
        median(of('transactions')).toFixed(0),
        Math.max(...of('transactions')).toFixed(0),
      ],
      [
        'history events of one execution',
        median(of('maxEvents')).toFixed(0),
        Math.max(...of('maxEvents')).toFixed(0),
      ],
      ['reads of private DNS', median(of('dnsReads')).toFixed(0), Math.max(...of('dnsReads')).toFixed(0)],
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

async function connectOnce(waits: Waits, clusters: number): Promise<Measured> {
  const rig = await startRig({
    world: (at) => worldWithClusters(at, clusters),
    timings: timingsOf(waits),
    host: { replayTwice: false },
  });
  try {
    const from = rig.clock.now();
    const id = await rig.post(sampleRequest);
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
