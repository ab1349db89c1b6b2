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
 * The minimum spacing of rounds that external events start. It grows with the number of events in a row: each round uses some
 * of the 500 reads that Azure Private DNS allows in five minutes.
 */
const ROUND_SPACING_SECONDS = [10, 20, 40, 60] as const;
/** A run with nothing left to do waits a little longer: an external event raised on a run that has ended is lost. */
const LISTEN_SECONDS = 5;

/** Keeps the records of one project and region in line with its clusters. One run at a time, so rounds never overlap. */
export const sync: Workflow<SyncInput, SyncResult> = {
  parse: (input) => syncInputSchema.parse(input),
  *run(run, input) {
    const syncing = new SyncRun(run, input);
    try {
      if (!input.carried.resume) yield* round(syncing);
      return yield* keepWatch(syncing);
    } catch (error) {
      if (error instanceof ProvisioningError) throw syncing.failed(error);
      throw error;
    }
  },
};

/** Waits while a cluster has no address, and for external events. Any number of events leads to one further round. */
function* keepWatch(run: SyncRun): Step<SyncResult> {
  for (;;) {
    const { waiting } = run;
    run.show('waiting', waiting.length === 0 ? null : `${waiting.length} clusters without an address`);
    const pause = waiting.length === 0 ? LISTEN_SECONDS : allocation(run.secondsWaited);
    yield* run.sleepUntilWoken(pause);
    if (run.wakeUp.isRaised) yield* restartForEvent(run);
    run.hintedRounds = 0;
    if (waiting.length === 0) return run.result();

    const { projectId, regionId } = run;
    const { changed } = yield* run.steps.findAddresses({ projectId, regionId, clusterIds: waiting });
    if (run.wakeUp.isRaised) yield* restartForEvent(run);
    if (changed) {
      run.continueAsNewIfLong();
      yield* round(run);
      if (run.wakeUp.isRaised) yield* restartForEvent(run);
    }
    run.keepWaitingIfLong();
  }
}

/** The external event has come, and its waiter is used up. Continues as new, with a round first and a waiter of its own. */
function* restartForEvent(run: SyncRun): Step<never> {
  const spacing = ROUND_SPACING_SECONDS[run.hintedRounds] ?? 60;
  run.hintedRounds += 1;
  const early = spacing - run.secondsSinceRoundBegan;
  if (early > 0) yield* run.sleep(early);
  return run.continueAsNew({ resume: false });
}

/** The most records that one round writes. It keeps the plan of a round small. */
const MOST_DUE = 500;
/** With the per-cluster layout a record takes a dozen steps: a few at a time, then the run may continue as new. */
const ZONES_AT_A_TIME = 3;
const LONGEST_FAULT = 300;
/** Zilliz allows ten calls a second, so the look-ups for one batch take seconds. */
const PRUNED_IN_A_STEP = 25;

/** The writes for one connection in a round. */
interface RoundWrites {
  readonly written: number;
  readonly removed: number;
  readonly marked: number;
  readonly faults: readonly string[];
}

/** One round: one plan over all connections, then its writes, connection by connection. */
function* round(run: SyncRun): Step<void> {
  run.beginRound();
  const { projectId, regionId } = run;
  const plan = yield* run.steps.planSync({
    projectId,
    regionId,
    now: run.now(),
    mostDue: MOST_DUE,
    drift: run.isDriftDue,
    tried: [...run.failedWrites.keys()],
  });
  run.planned(plan);
  const summaries: ConnectionSummary[] = [];
  for (const planned of plan.connections) {
    const written = yield* writeDue(run, planned);
    const pruned = yield* pruneAll(run, planned);
    summaries.push(summaryOf(run, planned, { ...pruned, written }));
  }
  for (const [zoneId, connectionId] of run.zonesToDelete) {
    const planned = plan.connections.find(({ connection }) => connection.id === connectionId);
    // If the connection no longer exists, DELETE removes what is left of it.
    if (planned) yield* removeZone(run, planned.connection, zoneId);
    run.zonesToDelete.delete(zoneId);
  }
  const waiting = new Set(plan.connections.flatMap((planned) => planned.round.waiting));
  run.endRound(summaries, [...waiting]);
  if (plan.more) run.continueAsNew({ resume: false });
  run.failedWrites.clear();
}

function summaryOf(run: SyncRun, planned: PlannedConnection, writes: RoundWrites): ConnectionSummary {
  const { connection, hold, drift } = planned;
  const { kept, waiting, dormant, gone, faults } = planned.round;
  const prefix = triedKey(connection.id, '');
  const unwritten = [...run.failedWrites].flatMap(([key, reason]) =>
    key.startsWith(prefix) ? `${key.slice(prefix.length)}: ${reason}` : [],
  );
  return {
    connectionId: connection.id,
    hold,
    kept,
    written: writes.written,
    removed: writes.removed,
    waiting: waiting.length,
    dormant,
    gone: gone + writes.marked,
    drift: drift === null ? run.lastDrift(connection.id) : { ...drift, shown: [...drift.shown] },
    faults: [
      ...faults.map(({ clusterId, reason }) => `${clusterId}: ${reason}`),
      ...unwritten,
      ...writes.faults,
    ],
    omitted: 0,
  };
}

/**
 * Writes zones, records and links as connect does. A failed write is noted and left for the next sweep: it must neither delay
 * the others nor keep the run busy forever.
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
      else run.failedWrites.set(triedKey(connection.id, clusterId), fault.slice(0, LONGEST_FAULT));
    }
    if (from + portion < due.length) run.continueAsNewIfLong();
  }
  return written;
}

/** Returns the fault of each cluster; null if there is none. */
function* writePortion(
  run: RecordRun,
  address: string,
  clusters: readonly DueCluster[],
): Step<readonly (readonly [clusterId: string, fault: string | null])[]> {
  try {
    const records = new Records(run, address, new Map());
    yield* records.write(clusters);
    const results = records.of(clusters);
    // Connect linked the regional zone. Linking it again would hide names from a network without a request.
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

function* pruneAll(
  run: SyncRun,
  { connection, round: { settle } }: PlannedConnection,
): Step<Pick<RoundWrites, 'removed' | 'marked' | 'faults'>> {
  const batches = Array.from({ length: Math.ceil(settle.length / PRUNED_IN_A_STEP) }, (_, index) =>
    settle.slice(index * PRUNED_IN_A_STEP, (index + 1) * PRUNED_IN_A_STEP),
  );
  const pruned: PrunedRecord[] = [];
  const faults: string[] = [];
  for (const records of batches) {
    const [outcome] = yield* run.steps.pruneRecords.each([{ connection, records, now: run.now() }]);
    if (outcome?.ok) pruned.push(...outcome.value.settled);
    else if (outcome) faults.push(outcome.failure.message);
  }
  const of = (action: PrunedRecord['action']): readonly PrunedRecord[] =>
    pruned.filter((record) => record.action === action);
  run.wrote('record removed', of('removed').length);
  run.wrote('record marked', of('marked').length + of('unmarked').length);
  if (connection.spec.dns.layout === 'per-cluster') {
    for (const { zoneId } of of('removed')) run.zonesToDelete.set(zoneId, connection.id);
  }
  const kept = of('kept').map(({ clusterId, reason }) => `${clusterId}: kept, ${reason}`);
  return { removed: of('removed').length, marked: of('marked').length, faults: [...faults, ...kept] };
}

/** Deletes the zone of a single cluster after its record. A zone that cannot be deleted is empty, and stays. */
function* removeZone(run: SyncRun, connection: Connection, zoneId: string): Step<void> {
  const read = function* () {
    const [outcome] = yield* run.steps.removeClusterZone.each([{ connection, zoneId }]);
    if (outcome?.ok !== true) return null;
    run.wrote('zone or link removed', outcome.value.deletes);
    return outcome.value;
  };
  yield* run.poll({
    name: `removal of ${zoneId}`,
    read,
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
    // A portion is small, and a new round would repeat requests that are already done.
    continueAsNewWhenIdle: () => undefined,
    callOnce: (wait, request) => run.callOnce(wait, request),
    poll: (wait) => run.poll(wait),
    wrote: (kind, times) => run.wrote(kind, times),
    zoneIds: new Map(),
    settled: DnsEnsured.none(),
  };
}
