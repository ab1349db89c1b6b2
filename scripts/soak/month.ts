import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { runSize } from '../../sandbox/rig/keptJournal.ts';
import type { Answer, ConnectionBody, Rig } from '../../sandbox/rig/rig.ts';
import { startRig } from '../../sandbox/rig/rig.ts';
import { beginning, dayOf, declaredRequest, endOfTroubles, livingClusters, pass } from './days.ts';

const DAY_MS = 24 * 3_600_000;
/** The last days are quiet: records of deleted clusters go a day after Zilliz says so. */
const QUIET_DAYS = 3;
const WEEK_DAYS = 7;
/** With 500 reads in five minutes a plan of a dozen zones is complete long before. */
const MOST_REPEATS = 10;

const settings = {
  SWEEP_SCHEDULE: '0 0 * * * *',
  CONNECTIONS: JSON.stringify([declaredRequest]),
};

interface Measured {
  readonly day: number;
  readonly clusters: number;
  readonly records: number;
  readonly instances: number;
  readonly historyEvents: number;
  readonly customStatusBytes: number;
  readonly runs: number;
  readonly errors: number;
  readonly heapMegabytes: number;
}

/** Lives through so many days, and returns what is not as it should be at the end. */
export async function month(days: number, print: (line: string) => void): Promise<readonly string[]> {
  const rig = await startRig({ settings });
  try {
    beginning(rig);
    const { id } = await rig.connect();
    const measured: Measured[] = [];
    print(tableLine(columns));
    for (let day = 1; day <= days; day++) {
      if (day <= days - QUIET_DAYS) await dayOf(rig, id, day);
      else endOfTroubles(rig);
      await until(rig, day);
      const seconds = Math.round(process.cpuUsage().user / 1_000_000);
      process.stderr.write(`day ${day}, ${seconds} s of CPU, ${rig.sandbox.traffic.all().length} calls\n`);
      if (day % WEEK_DAYS !== 0 && day !== days) continue;
      const row = await measure(rig, day);
      measured.push(row);
      print(tableLine(columns.map((column) => String(row[column]))));
    }
    return [...(await differences(rig)), ...growth(measured)];
  } finally {
    await rig.stop();
  }
}

const columns = [
  'day',
  'clusters',
  'records',
  'instances',
  'historyEvents',
  'customStatusBytes',
  'runs',
  'errors',
  'heapMegabytes',
] as const;

function tableLine(cells: readonly string[]): string {
  return cells.map((cell, index) => cell.padStart((columns[index]?.length ?? 0) + 2)).join('');
}

let begun = 0;

function until(rig: Rig, day: number): Promise<void> {
  begun ||= rig.clock.now();
  return rig.runUntil(() => rig.clock.now() >= begun + day * DAY_MS);
}

/** Counts what could grow, and lets go of what only tests keep. */
async function measure(rig: Rig, day: number): Promise<Measured> {
  const { dns } = rig.sandbox.azure.control.snapshot();
  const { historyEvents, customStatusBytes } = runSize(rig.journal);
  const row = {
    day,
    clusters: livingClusters(rig).length,
    records: Object.values(dns.recordSets).filter(({ type }) => type === 'A').length,
    instances: rig.host.instances().length,
    historyEvents,
    customStatusBytes,
    runs: rig.logged.filter(({ message }) => message.includes('"event":"run-ended"')).length,
    errors: rig.logged.filter(({ level }) => level === 'error' || level === 'critical').length,
  };
  rig.sandbox.traffic.clear();
  rig.forget();
  // The update of the app: a new host takes up the runs, and the hub's store is compacted.
  await rig.restartHost();
  collectGarbage();
  return { ...row, heapMegabytes: Math.round(process.memoryUsage().heapUsed / 1_000_000) };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
}

type PlanRow = Readonly<Record<'action' | 'resource' | 'id' | 'reason', string>>;

/** A reading of many zones takes more reads than one request may make: the same request goes on after `Retry-After`. */
async function answerOf(rig: Rig, method: string, path: string): Promise<Answer> {
  for (let left = MOST_REPEATS; ; left--) {
    const answer = await rig.call(method, path);
    const seconds = Number(answer.headers.get('retry-after') ?? 0);
    if (left === 0 || answer.status !== 503 || seconds === 0) return answer;
    await pass(rig, seconds * 1000);
  }
}

/** The rows that are not `keep`, or what came instead of a plan. */
function driftIn(id: string, plan: Answer): readonly string[] {
  const { rows } = plan.body as { readonly rows?: readonly PlanRow[] };
  if (!rows) return [`no plan of ${id}: ${shown(plan)}`];
  return rows
    .filter(({ action }) => action !== 'keep')
    .map(
      ({ action, resource, id: resourceId, reason }) =>
        `${id}: ${action} ${resource} ${resourceId}: ${reason}`,
    );
}

/** What came back, for a check that failed. */
function shown({ status, body }: Answer): string {
  return `${status} ${JSON.stringify(body).slice(0, 1000)}`;
}

/** What is not as requested: the status of each connection, its drift, and records of clusters that are gone. */
async function differences(rig: Rig): Promise<readonly string[]> {
  const found: string[] = [];
  const list = await answerOf(rig, 'GET', '/api/connections');
  const { connections = [] } = list.body as { readonly connections?: readonly { readonly id: string }[] };
  if (connections.length !== 2) found.push(`not two connections: ${shown(list)}`);
  for (const { id } of connections) {
    const get = await answerOf(rig, 'GET', `/api/connections/${id}`);
    if ((get.body as Partial<ConnectionBody>).status !== 'connected') {
      found.push(`${id} is not connected: ${shown(get)}`);
    }
    const plan = await answerOf(rig, 'POST', `/api/connections/${id}/plan`);
    if ((plan.body as { readonly changes?: unknown }).changes !== false) found.push(...driftIn(id, plan));
  }
  const names = new Set(livingClusters(rig).map(({ clusterId }) => clusterId));
  const { recordSets } = rig.sandbox.azure.control.snapshot().dns;
  for (const { id, metadata } of Object.values(recordSets)) {
    const clusterId = metadata?.['zpl-cluster'];
    if (clusterId !== undefined && !names.has(clusterId))
      found.push(`${id} is the record of a deleted cluster`);
  }
  return found;
}

/** The first week fills caches; from then on each measure may vary, and must not rise with time. */
function growth(measured: readonly Measured[]): readonly string[] {
  const [first, last] = [measured[0], measured.at(-1)];
  if (!first || !last || first === last) return [];
  const bounds: readonly (readonly [keyof Measured, number])[] = [
    ['instances', first.instances + 2],
    ['historyEvents', Math.max(200, first.historyEvents)],
    ['customStatusBytes', Math.max(8000, first.customStatusBytes * 1.5)],
    ['heapMegabytes', first.heapMegabytes + 40],
  ];
  return bounds
    .filter(([name, most]) => last[name] > most)
    .map(
      ([name, most]) =>
        `${name}: ${last[name]} on day ${last.day}, and at most ${Math.round(most)} are expected`,
    );
}
