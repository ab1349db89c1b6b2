import { performance } from 'node:perf_hooks';
import { sampleRequest, startRig } from '../sandbox/rig/rig.ts';
import type { Rig } from '../sandbox/rig/rig.ts';
import type { SampleWorld } from '../sandbox/sandbox.ts';
import { connectionFrom, connectionRequestSchema } from '../src/domain/connection/connection.ts';
import { printTable } from './figures/figures.ts';
import type { Figures } from './figures/figures.ts';
import { connectedWorld, newcomer, withConnections, withNewcomer, withZones } from './worlds.ts';

/** One route or run in one world. */
interface Cell {
  readonly what: string;
  readonly zones: number;
  readonly connections: number;
  /** Reads of private DNS until the end. */
  readonly dnsReads: number;
  /** Other reads of Azure. */
  readonly reads: number;
  /** Virtual seconds until the end; a client asks again after the time that the response names. */
  readonly seconds: number;
  /** Seconds of the wall clock that the slowest single request took. */
  readonly slowest: number;
  readonly outcome: string;
  /** Null if it ended as it should. */
  readonly fault: string | null;
}

const START = Date.UTC(2026, 5, 1, 8, 0, 0);
const HOUR_MS = 3_600_000;
/** Beyond this time a run or reading counts as one that never ends. */
const LONGEST_MS = 24 * HOUR_MS;
const ANSWER_SECONDS = 25;
const LOOK_EVERY_MS = 2000;
/** Azure's limit of zones in a subscription. */
const MOST_ZONES = 1000;
/** Between two cells, so that the budgets are full again. */
const REST_MS = 10 * 60_000;

/** The columns of the table. */
export interface ScaleSizes {
  readonly zones: readonly number[];
  readonly connections: readonly number[];
  /** Names of rows; undefined: all. */
  readonly rows?: readonly string[] | undefined;
}

/** Routes and runs in worlds of many zones and of many connections. */
async function measureScale({ zones, connections, rows }: ScaleSizes): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const perCluster = await connectedWorld('per-cluster');
  for (const count of zones) {
    const size = { zones: count, connections: 1 };
    // The newcomer's zone is the last that Azure allows in a subscription.
    const world = withZones(perCluster, Math.min(count, MOST_ZONES - 1));
    cells.push(...(await measureWorld(world, size, 'per-cluster', rows)));
  }
  const regional = await connectedWorld('regional');
  for (const count of connections) {
    const size = { zones: 1, connections: count };
    cells.push(...(await measureWorld(withConnections(regional, count), size, 'regional', rows)));
  }
  return cells;
}

type Size = Pick<Cell, 'zones' | 'connections'>;
type Ended = Pick<Cell, 'outcome' | 'fault'>;

async function measureWorld(
  world: SampleWorld,
  size: Size,
  layout: string,
  rows: readonly string[] | undefined,
): Promise<readonly Cell[]> {
  const rig = await startRig({
    world: () => withNewcomer(world, START),
    startAt: START,
    // Thousands of clusters need more calls than Zilliz allows at one moment.
    paced: true,
    // Sweeps come when the table asks for one.
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    host: { replayTwice: false },
  });
  const stopwatch = new Stopwatch(rig);
  const cells: Cell[] = [];
  const measure = async (what: string, work: () => Promise<Ended>): Promise<void> => {
    if (rows && !rows.includes(what)) return;
    rig.sandbox.traffic.clear();
    stopwatch.slowest = 0;
    const from = rig.clock.now();
    const ended = await work();
    const seconds = (rig.clock.now() - from) / 1000;
    const reads = rig.sandbox.traffic.all().filter(({ service, write }) => service === 'azure' && !write);
    const dnsReads = reads.filter(({ request }) => /\/privateDns/i.test(request.url)).length;
    const { slowest } = stopwatch;
    const late = slowest > ANSWER_SECONDS ? `a request took ${slowest.toFixed(0)} s` : null;
    const fault = ended.fault ?? late;
    const cell = { what, ...size, dnsReads, reads: reads.length - dnsReads, seconds, slowest };
    cells.push({ ...cell, ...ended, fault });
    process.stderr.write(`${JSON.stringify(cells.at(-1))}\n`);
    rig.clock.advanceTo(rig.clock.now() + REST_MS);
  };
  const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
  try {
    await measure('list', () => stopwatch.read('GET', '/api/connections?size=50'));
    await measure('GET', () => stopwatch.read('GET', `/api/connections/${id}`, 'connected'));
    await measure('plan', () => stopwatch.read('POST', `/api/connections/${id}/plan`));
    await measure('export', () => stopwatch.read('GET', `/api/connections/${id}/export`));
    await measure('sweep and sync', () => sweepOnce(rig));
    await measure('GET after it', () => stopwatch.read('GET', `/api/connections/${id}`, 'connected'));
    await measure('connect', async () => {
      const request = { ...sampleRequest, projectId: newcomer, dns: { layout } };
      const view = await rig.connect(request);
      return endedAs('connected', view.status, view.problem?.detail);
    });
    await measure('disconnect', async () => {
      const asked = await stopwatch.read('DELETE', `/api/connections/${id}`);
      if (asked.fault !== null) return asked;
      const view = await rig.finish(id);
      return endedAs('disconnected', view.status, view.problem?.detail);
    });
  } finally {
    await rig.stop();
  }
  return cells;
}

function endedAs(expected: string, status: string, detail = ''): Ended {
  return { outcome: status, fault: status === expected ? null : `${status} ${detail}` };
}

async function sweepOnce(rig: Rig): Promise<Ended> {
  await rig.host.runTimerTrigger('sweep');
  const syncs = () => rig.host.instances().filter(({ name }) => name === 'sync');
  const areOver = () => syncs().every(({ runtimeStatus }) => !['Pending', 'Running'].includes(runtimeStatus));
  // To look at thousands of runs after each event would take longer than the runs. A look of its own time: else the
  // last one ends between two looks, and the clock goes on to the next sweep, a year later.
  for (let over = false; !over; over = areOver()) {
    let isDue = false;
    rig.clock.schedule(rig.clock.now() + LOOK_EVERY_MS, () => {
      isDue = true;
    });
    await rig.host.runUntil(() => isDue);
  }
  const failed = syncs().filter(({ runtimeStatus }) => runtimeStatus !== 'Completed');
  const fault = failed.length > 0 ? `${failed.length} syncs failed: ${String(failed[0]?.output)}` : null;
  return { outcome: `${syncs().length} synced`, fault };
}

/** What a list or view does not have yet. */
interface Incomplete {
  readonly status?: string;
  readonly incomplete?: readonly { readonly scope: string; readonly reason: string }[];
}

/** Calls the API as a client does that waits for the time that the response names. */
class Stopwatch {
  /** Seconds of the wall clock. */
  slowest = 0;
  readonly #rig: Rig;

  constructor(rig: Rig) {
    this.#rig = rig;
  }

  /** Asks until the answer is complete. Only the list and the view may be partial at first, and say what is missing. */
  async read(method: string, path: string, expected?: string): Promise<Ended> {
    const { clock } = this.#rig;
    const from = clock.now();
    let partial = 0;
    for (let asked = 1; clock.now() - from < LONGEST_MS; asked++) {
      const began = performance.now();
      const { status, headers, body } = await this.#rig.call(method, path);
      this.slowest = Math.max(this.slowest, (performance.now() - began) / 1000);
      const retryAfter = Number(headers.get('retry-after') ?? 5);
      const view = body as Incomplete & { readonly live?: Incomplete | null };
      const missing = [...(view.incomplete ?? []), ...(view.live?.incomplete ?? [])];
      if (status < 300 && missing.length === 0) {
        const isOther = expected !== undefined && view.status !== expected;
        return { outcome: answered(asked, partial), fault: isOther ? `status ${view.status}` : null };
      }
      if (status < 300) partial += 1;
      else if (status !== 503) return { outcome: String(status), fault: JSON.stringify(body) };
      // A view is kept for half a minute.
      clock.advanceTo(clock.now() + Math.max(status < 300 ? 31 : 1, retryAfter) * 1000);
    }
    return { outcome: 'endless', fault: 'no complete answer in a day' };
  }
}

function answered(asked: number, partial: number): string {
  if (asked === 1) return 'complete';
  return partial > 0 ? `partial, complete after ${asked}` : `complete after ${asked}`;
}

export async function benchScale(figures: Figures, sizes: ScaleSizes): Promise<void> {
  const cells = await measureScale(sizes);
  printTable(
    'Scale: reads of Azure, virtual time, completeness',
    ['', 'zones', 'connections', 'DNS reads', 'other reads', 'seconds', 'ended'],
    cells.map(({ what, zones, connections, dnsReads, reads, seconds, outcome, fault }) => [
      what,
      ...[zones, connections, dnsReads, reads, Math.round(seconds)].map(String),
      fault ?? outcome,
    ]),
  );
  figures.set('scale', 'mostZones', Math.max(0, ...sizes.zones));
  figures.set('scale', 'mostConnections', Math.max(0, ...sizes.connections));
  const sweep = cells.findLast(({ what, connections }) => what === 'sweep and sync' && connections > 1);
  if (sweep) {
    figures.set('scale', 'sweepSeconds', sweep.seconds);
    figures.set('scale', 'sweepReads', sweep.reads + sweep.dnsReads);
  }
  figures.set('scale', 'failingCells', cells.filter(({ fault }) => fault !== null).length);
}
