import type { PrunedRecord } from '../../activities/records.ts';
import type { LostConnection, PlannedConnection, SyncPlan } from '../../activities/sync.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { triedKey } from '../../domain/sync/roundPlan.ts';
import type { ConnectionSummary, SyncResult } from '../../domain/sync/status.ts';
import type { Workflow } from '../../durable/register.ts';
import type { Step } from '../../durable/run.ts';
import type { DnsWork } from '../dns/dnsWork.ts';
import { allocation, soon } from '../schedules.ts';
import { settle } from '../settle.ts';
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
      if (!input.state.resume) yield* round(syncing);
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
    const { waiting } = run.state;
    run.show('waiting', waiting.length === 0 ? null : `${waiting.length} clusters without an address`);
    const pause = waiting.length === 0 ? LISTEN_SECONDS : allocation(run.secondsWaited);
    yield* run.sleepUntilWoken(pause);
    if (run.wakeUp.isRaised) yield* restartForEvent(run);
    run.state.hintedRounds = 0;
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
  const spacing = ROUND_SPACING_SECONDS[run.state.hintedRounds] ?? 60;
  run.state.hintedRounds += 1;
  const early = spacing - run.secondsSinceRoundBegan;
  if (early > 0) yield* run.sleep(early);
  return run.continueAsNew({ resume: false });
}

/** The most records that one round writes. It keeps the plan of a round small. */
const MOST_DUE = 500;
const LONGEST_FAULT = 300;
/** A process makes six calls of a kind in a second, so the look-ups for one batch take seconds. */
const PRUNED_IN_A_STEP = 25;

/** The writes for one connection in a round. */
interface RoundWrites {
  readonly written: number;
  readonly removed: number;
  readonly marked: number;
  readonly faults: readonly string[];
}

/** One round: one plan over all connections, then its writes: the records of all connections side by side, then the removals. */
function* round(run: SyncRun): Step<void> {
  run.beginRound();
  const { state } = run;
  const plan = yield* planRound(run);
  run.planned(plan);
  const works = new Map(plan.connections.flatMap((planned) => dnsOf(run, planned)));
  yield* settle(run, () => [...works.values()].flatMap((dns) => dns.works()));
  const summaries: ConnectionSummary[] = [];
  for (const planned of plan.connections) {
    const written = noteWritten(run, planned, works.get(planned.connection.id));
    const pruned = yield* pruneAll(run, planned);
    summaries.push(summaryOf(run, planned, { ...pruned, written }));
  }
  for (const lost of plan.lost) summaries.push(summaryOfLost(lost));
  for (const [zoneId, connectionId] of Object.entries(state.zonesToDelete)) {
    const planned = plan.connections.find(({ connection }) => connection.id === connectionId);
    // If the connection no longer exists, DELETE removes what is left of it.
    if (planned) yield* removeZone(run, planned.connection, zoneId);
    Reflect.deleteProperty(state.zonesToDelete, zoneId);
  }
  const waiting = new Set(plan.connections.flatMap((planned) => planned.round.waiting));
  const compared = plan.connections.flatMap(({ connection, drift }) => (drift ? connection.id : []));
  run.state.known = plan.lost.map(({ connectionId, privateEndpointId }) => ({
    connectionId,
    privateEndpointId,
  }));
  run.endRound(summaries, { waiting: [...waiting], compared });
  if (plan.more) run.continueAsNew({ resume: false });
  state.failedWrites = {};
}

/** What one connection cannot read for the time of the budget holds up the others no longer. */
function* planRound(run: SyncRun): Step<SyncPlan> {
  const { projectId, regionId, state } = run;
  const tried = Object.keys(state.failedWrites);
  const drift = run.isDriftDue;
  const input = { projectId, regionId, mostDue: MOST_DUE, drift, tried, known: state.known, ...run.sweep };
  try {
    return yield* run.steps.planSync({ ...input, now: run.now() });
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind !== 'transient') throw error;
    return yield* run.steps.planSync({ ...input, now: run.now(), isLast: true });
  }
}

function summaryOf(run: SyncRun, planned: PlannedConnection, writes: RoundWrites): ConnectionSummary {
  const { connection, hold, health, drift } = planned;
  const { kept, waiting, dormant, gone, faults } = planned.round;
  const prefix = triedKey(connection.id, '');
  const unwritten = Object.entries(run.state.failedWrites).flatMap(([key, reason]) =>
    key.startsWith(prefix) ? `${key.slice(prefix.length)}: ${reason}` : [],
  );
  return {
    connectionId: connection.id,
    privateEndpointId: connection.privateEndpoint.id,
    hold,
    kept,
    written: writes.written,
    removed: writes.removed,
    waiting: waiting.length,
    dormant,
    gone: gone + writes.marked,
    health,
    reading: openIn(run, planned),
    drift: drift === null ? run.lastDrift(connection.id) : { ...drift, shown: [...drift.shown] },
    faults: [
      ...faults.map(({ clusterId, reason }) => `${clusterId}: ${reason}`),
      ...unwritten,
      ...writes.faults,
    ],
    omitted: 0,
  };
}

/** Nothing is written for it. Its status comes from the private endpoint alone. */
function summaryOfLost({ connectionId, privateEndpointId, health }: LostConnection): ConnectionSummary {
  return {
    ...{ connectionId, privateEndpointId, health, hold: health.reason },
    ...{ kept: 0, written: 0, removed: 0, waiting: 0, dormant: 0, gone: 0 },
    ...{ reading: null, drift: null, faults: [], omitted: 0 },
  };
}

/** What is not as requested after the writes of the round. */
function openIn(
  run: SyncRun,
  { connection, reading, round: { due } }: PlannedConnection,
): ConnectionSummary['reading'] {
  const failed = (clusterId: string): string | undefined =>
    run.state.failedWrites[triedKey(connection.id, clusterId)];
  const faults = (reading?.faults ?? []).flatMap((fault) => {
    const { clusterId } = fault;
    if (clusterId === null || !due.some((written) => written.clusterId === clusterId)) return fault;
    const reason = failed(clusterId);
    return reason === undefined ? [] : { ...fault, detail: reason };
  });
  return reading && { ...reading, faults };
}

/** The DNS work of one connection: what is due, as connect writes it. */
function dnsOf(
  run: SyncRun,
  { connection, address, round: { due } }: PlannedConnection,
): readonly (readonly [connectionId: string, dns: DnsWork])[] {
  if (due.length === 0 || address === null) return [];
  const dns = run.dns(connection, address);
  // Connect linked the regional zone. Linking it again would hide names from a network without a request.
  dns.want(due, connection.spec.dns.layout === 'per-cluster' ? { autoRegistration: 'off' } : null);
  return [[connection.id, dns]];
}

/** Notes the records that failed, and leaves them for the next sweep. Returns the number of written records. */
function noteWritten(run: SyncRun, { connection }: PlannedConnection, dns: DnsWork | undefined): number {
  const records = dns?.records() ?? [];
  for (const { clusterId, state, reason } of records) {
    if (state === 'connected') continue;
    const key = triedKey(connection.id, clusterId);
    run.state.failedWrites[key] = (reason ?? 'not written').slice(0, LONGEST_FAULT);
  }
  return records.filter(({ state }) => state === 'connected').length;
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
    for (const { zoneId } of of('removed')) run.state.zonesToDelete[zoneId] = connection.id;
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
  yield* run.wait({
    name: `removal of ${zoneId}`,
    read,
    missing: (view) => (view?.state === 'working' ? `Azure removes ${zoneId}` : null),
    schedule: soon,
    seconds: 600,
  });
}
