/** One figure that may be quoted: by its path in the JSON. */
interface Target {
  readonly key: string;
  readonly what: string;
  /** The bound that a version must keep, and the one that it aims at; null: none of its own. */
  readonly must: number;
  readonly aim: number | null;
  readonly digits: number;
}

/** What the app must keep and aims at. docs/reference/performance.md is made from this table and the last measurement. */
const targets: readonly Target[] = [
  {
    ...{ key: 'timeToConnected.medianRatioToBound', what: 'time to connected to the longest chain of waits' },
    ...{ must: 1.05, aim: 1.03, digits: 3 },
  },
  {
    ...{ key: 'timeToConnected.p95RatioToBound', what: 'the same, 95th percentile' },
    ...{ must: 1.12, aim: 1.08, digits: 3 },
  },
  {
    ...{ key: 'timeToConnected.ratioToSequential', what: 'time beyond that chain, to a script that polls' },
    ...{ must: 0.5, aim: 0.4, digits: 2 },
  },
  {
    ...{ key: 'perCluster.medianRatioToRegional', what: 'time with a zone for each cluster to regional' },
    ...{ must: 0.92, aim: 0.88, digits: 3 },
  },
  {
    ...{ key: 'executions.oneCluster', what: 'executions of a connect of one cluster' },
    ...{ must: 120, aim: 90, digits: 0 },
  },
  {
    ...{ key: 'executions.perFurtherCluster', what: 'executions for each further cluster' },
    ...{ must: 3, aim: 1, digits: 1 },
  },
  {
    ...{
      key: 'manyAtOnce.slowestRatioToAlone',
      what: 'slowest of 50 at once, with two sweeps, to one alone',
    },
    ...{ must: 1.25, aim: 1.1, digits: 2 },
  },
  {
    ...{ key: 'manyAtOnce.slowestRatioToWithoutSweep', what: 'the same, to 50 at once without a sweep' },
    ...{ must: 1.2, aim: null, digits: 2 },
  },
  {
    ...{ key: 'reads.privateDnsOneConnect', what: 'reads of private DNS of a connect' },
    ...{ must: 6, aim: 4, digits: 0 },
  },
  {
    ...{
      key: 'memory.fiftyConnectionsMb',
      what: 'MB of the worker with 50 connections at once, heap of 512 MB',
    },
    ...{ must: 200, aim: 160, digits: 0 },
  },
  {
    ...{ key: 'bundle.loadRatio', what: 'load of the bundle to the unbundled app' },
    ...{ must: 0.25, aim: 0.2, digits: 2 },
  },
  {
    ...{ key: 'history.maxEvents', what: 'events of one execution, up to ten clusters' },
    ...{ must: 200, aim: null, digits: 0 },
  },
  {
    ...{ key: 'history.maxEventsOf500', what: 'the same, 500 clusters' },
    ...{ must: 1000, aim: null, digits: 0 },
  },
  {
    ...{ key: 'scale.failingCells', what: 'failing cells of the table of scale' },
    ...{ must: 0, aim: 0, digits: 0 },
  },
];

/** Returns the rows of the table for the figures that were measured. */
export function targetRows(valueOf: (key: string) => number | undefined): readonly (readonly string[])[] {
  return targets.flatMap(({ key, what, must, aim, digits }) => {
    const value = valueOf(key);
    if (value === undefined) return [];
    const verdict = value > must ? 'FAILS' : aim !== null && value <= aim ? 'as aimed' : 'pass';
    return [[what, key, value.toFixed(digits), String(must), aim === null ? '' : String(aim), verdict]];
  });
}

export const targetHeader = ['figure', 'key', 'measured', 'must', 'aim', ''] as const;
