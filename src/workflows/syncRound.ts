import type { PlannedConnection } from '../activities/sync.ts';
import type { SettledRecord } from '../activities/settleRecords.ts';
import { ProvisioningError } from '../domain/failure.ts';
import type { ConnectionSummary } from '../domain/syncStatus.ts';
import type { Step } from '../durable/run.ts';
import { linkNetworks } from './links.ts';
import { Records } from './records.ts';
import type { RecordRun } from './records.ts';
import { soon } from './schedule.ts';
import type { SyncRun } from './syncRun.ts';

/** Records written in one round; the plan of a round stays small however much there is to do. */
const MOST_DUE = 500;
/** With a zone for each cluster a record takes a dozen steps: a few at a time, then the run may renew itself. */
const ZONES_AT_A_TIME = 3;
/** Zilliz takes ten calls a second from us: a batch is asked about within seconds. */
const ASKED_IN_A_STEP = 25;

interface Done {
  readonly written: number;
  readonly removed: number;
  readonly marked: number;
  readonly faults: readonly string[];
}

/** One round: one plan over all connections, then the writes that it calls for, each connection for itself. */
export function* round(run: SyncRun): Step<void> {
  run.beginRound();
  const { projectId, regionId } = run;
  const plan = yield* run.steps.planSync({
    projectId,
    regionId,
    now: run.now(),
    mostDue: MOST_DUE,
    drift: run.isDriftDue,
  });
  run.planned(plan);
  const summaries: ConnectionSummary[] = [];
  for (const planned of plan.connections) {
    const done = yield* apply(run, planned);
    const { kept, waiting, dormant, gone, faults } = planned.round;
    summaries.push({
      connectionId: planned.connection.id,
      hold: planned.hold,
      kept,
      written: done.written,
      removed: done.removed,
      waiting: waiting.length,
      dormant,
      gone: gone + done.marked,
      drift:
        planned.drift === null
          ? run.lastDrift(planned.connection.id)
          : { ...planned.drift, shown: [...planned.drift.shown] },
      faults: [...faults.map(({ clusterId, reason }) => `${clusterId}: ${reason}`), ...done.faults],
    });
  }
  const waiting = new Set(plan.connections.flatMap((planned) => planned.round.waiting));
  run.endRound(summaries, [...waiting]);
  // Without progress the rest would be no better off: the next sweep tries again.
  if (plan.more && summaries.some(({ written }) => written > 0)) run.renew({ resume: false });
}

/** What fails for one connection must not hold up the others; the next round tries again. */
function* apply(run: SyncRun, planned: PlannedConnection): Step<Done> {
  try {
    const written = yield* writeDue(run, planned);
    const settled = yield* settleAll(run, planned);
    return { ...settled, written: written.written, faults: [...written.faults, ...settled.faults] };
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return { written: 0, removed: 0, marked: 0, faults: [error.failure.message] };
  }
}

/** The same writing of zones, records and links as in connect. */
function* writeDue(
  run: SyncRun,
  { connection, address, round: { due, zonesInUse } }: PlannedConnection,
): Step<Pick<Done, 'written' | 'faults'>> {
  if (due.length === 0 || address === null) return { written: 0, faults: [] };
  const recordRun = recordRunOf(run, connection);
  const perCluster = connection.spec.dns.layout === 'per-cluster';
  const faults: string[] = [];
  let written = 0;
  const portion = perCluster ? ZONES_AT_A_TIME : due.length;
  for (let from = 0; from < due.length; from += portion) {
    const clusters = due.slice(from, from + portion);
    const records = new Records(recordRun, address, new Map());
    yield* records.write(clusters);
    const results = records.of(clusters);
    // The regional zone was linked by connect. Linking it again would hide names from a network without anybody asking.
    const linked = perCluster ? results : [];
    const newZones = linked.flatMap(({ state, zoneId }) =>
      state === 'connected' && zoneId !== null && !zonesInUse.includes(zoneId) ? zoneId : [],
    );
    yield* linkNetworks(recordRun, newZones, []);
    written += results.filter(({ state }) => state === 'connected').length;
    faults.push(
      ...results.flatMap(({ state, clusterId, reason }) =>
        state === 'failed' ? `${clusterId}: ${reason ?? 'failed'}` : [],
      ),
    );
    if (from + portion < due.length) run.renewIfLong();
  }
  return { written, faults };
}

function* settleAll(
  run: SyncRun,
  { connection, round: { settle } }: PlannedConnection,
): Step<Pick<Done, 'removed' | 'marked' | 'faults'>> {
  const batches = Array.from({ length: Math.ceil(settle.length / ASKED_IN_A_STEP) }, (_, index) =>
    settle.slice(index * ASKED_IN_A_STEP, (index + 1) * ASKED_IN_A_STEP),
  );
  const settled: SettledRecord[] = [];
  const faults: string[] = [];
  for (const records of batches) {
    const [outcome] = yield* run.steps.settleRecords.each([{ connection, records, now: run.now() }]);
    if (outcome?.ok) settled.push(...outcome.value.settled);
    else if (outcome) faults.push(outcome.failure.message);
  }
  const of = (action: SettledRecord['action']): readonly SettledRecord[] =>
    settled.filter((record) => record.action === action);
  run.wrote('record removed', of('removed').length);
  run.wrote('record marked', of('marked').length + of('unmarked').length);
  if (connection.spec.dns.layout === 'per-cluster') {
    for (const { zoneId } of of('removed')) yield* removeZone(run, zoneId);
  }
  const unproved = of('kept').map(({ clusterId, reason }) => `${clusterId}: kept, ${reason}`);
  return { removed: of('removed').length, marked: of('marked').length, faults: [...faults, ...unproved] };
}

/** The zone of a single cluster goes with its record. */
function* removeZone(run: SyncRun, zoneId: string): Step<void> {
  const look = function* () {
    const view = yield* run.steps.removeClusterZone({ zoneId });
    run.wrote('zone or link removed', view.deletes);
    return view;
  };
  yield* run.poll({
    name: `removal of ${zoneId}`,
    look,
    missing: ({ state }) => (state === 'working' ? `Azure removes ${zoneId}` : null),
    schedule: soon,
    until: { seconds: 600 },
  });
}

function recordRunOf(run: SyncRun, connection: PlannedConnection['connection']): RecordRun {
  return {
    connection,
    steps: run.steps,
    sleep: (seconds) => run.sleep(seconds),
    askOnce: (wait, ask) => run.askOnce(wait, ask),
    poll: (wait) => run.poll(wait),
    wrote: (kind, times) => run.wrote(kind, times),
  };
}
