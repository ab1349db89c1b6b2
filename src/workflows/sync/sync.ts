import type { PrunedRecord } from '../../activities/records.ts';
import type { PlannedConnection } from '../../activities/sync.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { DueCluster } from '../../domain/sync/roundPlan.ts';
import { triedKey } from '../../domain/sync/roundPlan.ts';
import type { ConnectionSummary, SyncResult } from '../../domain/sync/status.ts';
import type { Workflow } from '../../durable/register.ts';
import type { Step } from '../../durable/run.ts';
import { DnsEnsured } from '../dns/dnsEnsured.ts';
import { linkNetworks } from '../dns/links.ts';
import type { RecordRun } from '../dns/records.ts';
import { Records } from '../dns/records.ts';
import { allocation, soon } from '../waits.ts';
import type { SyncInput } from './syncRun.ts';
import { syncInputSchema, SyncRun } from './syncRun.ts';

/**
 * Rounds begin no closer together than this, the longer a burst of hints lasts the less: each costs some of the 500 reads that
 * Azure Private DNS allows in five minutes.
 */
const ROUND_SPACING_SECONDS = [10, 20, 40, 60] as const;
/** A run with nothing left to do listens a little longer: a hint on a run that has ended is lost. */
const LISTEN_SECONDS = 5;

/** Keeps the records of one project and region in step with its clusters; one run at a time, so rounds never overlap. */
export const sync: Workflow<SyncInput, SyncResult> = {
  parse: (input) => syncInputSchema.parse(input),
  *run(run, input) {
    const syncing = new SyncRun(run, input);
    try {
      if (input.carried?.resume !== true) yield* round(syncing);
      return yield* keepWatch(syncing);
    } catch (error) {
      if (error instanceof ProvisioningError) throw syncing.failed(error);
      throw error;
    }
  },
};

/** Waits while a cluster lacks its address, and for hints; however many hints came, they lead to one further round. */
function* keepWatch(run: SyncRun): Step<SyncResult> {
  for (;;) {
    const { waiting } = run;
    run.show('waiting', waiting.length === 0 ? null : `${waiting.length} clusters without an address`);
    const pause = waiting.length === 0 ? LISTEN_SECONDS : allocation(run.secondsWaited);
    yield* run.sleepUnlessHinted(pause);
    if (run.hint.isRaised) yield* roundAnew(run);
    run.hintedRounds = 0;
    if (waiting.length === 0) return run.result();

    const { projectId, regionId } = run;
    const { changed } = yield* run.steps.findAddresses({ projectId, regionId, clusterIds: waiting });
    if (run.hint.isRaised) yield* roundAnew(run);
    if (changed) {
      run.continueAsNewIfLong();
      yield* round(run);
      if (run.hint.isRaised) yield* roundAnew(run);
    }
    run.keepWaitingIfLong();
  }
}

/** The hint has come and its waiter is spent: a renewed run begins with a round and hears the next one. */
function* roundAnew(run: SyncRun): Step<never> {
  const spacing = ROUND_SPACING_SECONDS[run.hintedRounds] ?? 60;
  run.hintedRounds += 1;
  const early = spacing - run.secondsSinceRoundBegan;
  if (early > 0) yield* run.sleep(early);
  return run.renew({ resume: false });
}

/** Records written in one round; the plan of a round stays small however much there is to do. */
const MOST_DUE = 500;
/** With a zone for each cluster a record takes a dozen steps: a few at a time, then the run may renew itself. */
const ZONES_AT_A_TIME = 3;
const LONGEST_FAULT = 300;
/** Zilliz takes ten calls a second from us: a batch is asked about within seconds. */
const ASKED_IN_A_STEP = 25;

/** What became of one connection's records in a round. */
interface Done {
  readonly written: number;
  readonly removed: number;
  readonly marked: number;
  readonly faults: readonly string[];
}

/** One round: one plan over all connections, then the writes that it calls for, each connection for itself. */
function* round(run: SyncRun): Step<void> {
  run.beginRound();
  const { projectId, regionId } = run;
  const plan = yield* run.steps.planSync({
    projectId,
    regionId,
    now: run.now(),
    mostDue: MOST_DUE,
    drift: run.isDriftDue,
    tried: [...run.tried.keys()],
  });
  run.planned(plan);
  const summaries: ConnectionSummary[] = [];
  for (const planned of plan.connections) {
    const written = yield* writeDue(run, planned);
    const settled = yield* settleAll(run, planned);
    summaries.push(summaryOf(run, planned, { ...settled, written }));
  }
  for (const [zoneId, connectionId] of run.emptied) {
    const planned = plan.connections.find(({ connection }) => connection.id === connectionId);
    // Where the connection is gone, DELETE takes what is left of it.
    if (planned) yield* removeZone(run, planned.connection, zoneId);
    run.emptied.delete(zoneId);
  }
  const waiting = new Set(plan.connections.flatMap((planned) => planned.round.waiting));
  run.endRound(summaries, [...waiting]);
  if (plan.more) run.renew({ resume: false });
  run.tried.clear();
}

function summaryOf(run: SyncRun, planned: PlannedConnection, done: Done): ConnectionSummary {
  const { connection, hold, drift } = planned;
  const { kept, waiting, dormant, gone, faults } = planned.round;
  const prefix = triedKey(connection.id, '');
  const unwritten = [...run.tried].flatMap(([key, reason]) =>
    key.startsWith(prefix) ? `${key.slice(prefix.length)}: ${reason}` : [],
  );
  return {
    connectionId: connection.id,
    hold,
    kept,
    written: done.written,
    removed: done.removed,
    waiting: waiting.length,
    dormant,
    gone: gone + done.marked,
    drift: drift === null ? run.lastDrift(connection.id) : { ...drift, shown: [...drift.shown] },
    faults: [
      ...faults.map(({ clusterId, reason }) => `${clusterId}: ${reason}`),
      ...unwritten,
      ...done.faults,
    ],
    omitted: 0,
  };
}

/**
 * The same writing of zones, records and links as in connect. What cannot be written is noted and left for the next sweep: it
 * must neither hold up the others nor keep the run busy for ever.
 */
function* writeDue(run: SyncRun, { connection, address, round: { due } }: PlannedConnection): Step<number> {
  if (due.length === 0 || address === null) return 0;
  const recordRun = recordRunOf(run, connection);
  let written = 0;
  const portion = connection.spec.dns.layout === 'per-cluster' ? ZONES_AT_A_TIME : due.length;
  for (let from = 0; from < due.length; from += portion) {
    const clusters = due.slice(from, from + portion);
    for (const [clusterId, fault] of yield* writePortion(recordRun, address, clusters)) {
      if (fault === null) written += 1;
      else run.tried.set(triedKey(connection.id, clusterId), fault.slice(0, LONGEST_FAULT));
    }
    if (from + portion < due.length) run.continueAsNewIfLong();
  }
  return written;
}

/** Answers what stood in the way of each cluster; null where nothing did. */
function* writePortion(
  run: RecordRun,
  address: string,
  clusters: readonly DueCluster[],
): Step<readonly (readonly [clusterId: string, fault: string | null])[]> {
  try {
    const records = new Records(run, address, new Map());
    yield* records.write(clusters);
    const results = records.of(clusters);
    // The regional zone was linked by connect. Linking it again would hide names from a network without anybody asking.
    if (run.connection.spec.dns.layout === 'per-cluster') {
      const zoneIds = results.flatMap(({ state, zoneId }) => (state === 'connected' ? (zoneId ?? []) : []));
      yield* linkNetworks(run, zoneIds, []);
    }
    return results.map(({ clusterId, state, reason }) => [
      clusterId,
      state === 'connected' ? null : (reason ?? 'not written'),
    ]);
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    const { message } = error.failure;
    return clusters.map(({ clusterId }) => [clusterId, message]);
  }
}

function* settleAll(
  run: SyncRun,
  { connection, round: { settle } }: PlannedConnection,
): Step<Pick<Done, 'removed' | 'marked' | 'faults'>> {
  const batches = Array.from({ length: Math.ceil(settle.length / ASKED_IN_A_STEP) }, (_, index) =>
    settle.slice(index * ASKED_IN_A_STEP, (index + 1) * ASKED_IN_A_STEP),
  );
  const settled: PrunedRecord[] = [];
  const faults: string[] = [];
  for (const records of batches) {
    const [outcome] = yield* run.steps.pruneRecords.each([{ connection, records, now: run.now() }]);
    if (outcome?.ok) settled.push(...outcome.value.settled);
    else if (outcome) faults.push(outcome.failure.message);
  }
  const of = (action: PrunedRecord['action']): readonly PrunedRecord[] =>
    settled.filter((record) => record.action === action);
  run.wrote('record removed', of('removed').length);
  run.wrote('record marked', of('marked').length + of('unmarked').length);
  if (connection.spec.dns.layout === 'per-cluster') {
    for (const { zoneId } of of('removed')) run.emptied.set(zoneId, connection.id);
  }
  const unproved = of('kept').map(({ clusterId, reason }) => `${clusterId}: kept, ${reason}`);
  return { removed: of('removed').length, marked: of('marked').length, faults: [...faults, ...unproved] };
}

/** The zone of a single cluster goes with its record. One that cannot be removed holds nothing, and is left. */
function* removeZone(run: SyncRun, connection: Connection, zoneId: string): Step<void> {
  const look = function* () {
    const [outcome] = yield* run.steps.removeClusterZone.each([{ connection, zoneId }]);
    if (outcome?.ok !== true) return null;
    run.wrote('zone or link removed', outcome.value.deletes);
    return outcome.value;
  };
  yield* run.poll({
    name: `removal of ${zoneId}`,
    look,
    missing: (view) => (view?.state === 'working' ? `Azure removes ${zoneId}` : null),
    schedule: soon,
    until: { seconds: 600 },
  });
}

function recordRunOf(run: SyncRun, connection: PlannedConnection['connection']): RecordRun {
  return {
    connection,
    steps: run.steps,
    attempts: run.attempts,
    sleep: (seconds) => run.sleep(seconds),
    continueAsNewIfLong: () => run.continueAsNewIfLong(),
    // A portion is small, and a new round would ask for what is settled again.
    continueAsNewWhenIdle: () => undefined,
    callOnce: (wait, ask) => run.callOnce(wait, ask),
    poll: (wait) => run.poll(wait),
    wrote: (kind, times) => run.wrote(kind, times),
    zoneIds: new Map(),
    settled: new DnsEnsured(),
  };
}
