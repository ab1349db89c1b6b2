import type { PreflightResult } from '../../activities/preflight.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { RemovalRow } from '../../domain/plan/removal.ts';
import { subjectOf } from '../../domain/plan/removalSubject.ts';
import type { Before } from '../../domain/plan/rows.ts';
import { removalPhaseNames } from '../../domain/run/phase.ts';
import type { TearDownResult } from '../../domain/run/result.ts';
import type { Step } from '../../durable/run.ts';
import type { TearDownRun } from '../disconnect/tearDown.ts';
import { removeInOrder, tearDown, TearDownProgress } from '../disconnect/tearDown.ts';
import { removal } from '../waits.ts';
import type { ConnectRun } from './connectRun.ts';
import { fail } from './connectRun.ts';

/** What was planned at the start; each step reads afresh and asks again. */
function* removeLeftovers(
  run: ConnectRun,
  rows: readonly RemovalRow[],
  formerNetworks: ObsoleteParts['formerNetworks'],
  deletedByRun: readonly string[] = [],
): Step<TearDownResult> {
  const ledger = new TearDownProgress(deletedByRun);
  if (rows.length > 0) {
    const subject = subjectOf(run.connection, { formerNetworks: formerNetworks ?? [] });
    const options = { subject, tolerant: false };
    yield* removeInOrder(withinPhase(run), options, rows, ledger);
  }
  return ledger.result();
}

/**
 * Makes way for the private endpoint: takes away the one whose connection Zilliz removed, which Azure cannot revive, and
 * registrations of endpoints that are gone. Stops when somebody else's records still point to its address.
 */
export function* removeObsoleteEndpoint(
  run: ConnectRun,
  { replaces, removals, formerNetworks }: ObsoleteParts,
): Step<void> {
  const deletedByRun = replaces ? yield* discard(run) : [];
  yield* removeLeftovers(
    run,
    removals.filter(({ resource }) => resource === 'registration'),
    formerNetworks,
    deletedByRun,
  );
}

/** Removes links, records and zones that the specification no longer asks for, when the new ones stand. */
export function* pruneDns(
  run: ConnectRun,
  { removals, formerNetworks }: ObsoleteParts,
  standing: readonly { readonly recordSetId: string | null }[],
): Step<void> {
  const stands = (id: string): boolean => standing.some(({ recordSetId }) => recordSetId === id);
  yield* removeLeftovers(
    run,
    removals.filter(({ resource, id }) => resource !== 'registration' && !stands(id)),
    formerNetworks,
  );
}

type ObsoleteParts = Pick<PreflightResult, 'replaces' | 'removals' | 'formerNetworks'>;

/** Answers what it has deleted, as Zilliz registers it; nothing when a run that has renewed itself did so before. */
function* discard(run: ConnectRun): Step<readonly string[]> {
  const { connection, steps } = run;
  const { id } = connection.privateEndpoint;
  const wait = 'endpoint removed';
  const deleted: string[] = [];
  yield* run.callOnce(wait, function* () {
    const { outcome, reason, endpointId = null } = yield* steps.discardDisconnected({ connection });
    if (outcome === 'kept') fail('connection-disconnected', `${id} cannot be replaced: ${reason}`);
    run.wrote('private endpoint removed', outcome === 'gone' ? 0 : 1);
    if (outcome === 'deleted' && endpointId !== null) deleted.push(endpointId);
  });
  const { left } = yield* run.poll({
    name: wait,
    look: () => steps.readRemoved({ ids: [{ resource: 'private endpoint', id }] }),
    missing: (seen) => (seen.left.length === 0 ? null : 'Azure is deleting the private endpoint'),
    schedule: removal,
    justBegun: true,
    until: { seconds: 900 },
  });
  if (left.length > 0) fail('removal-slow', `${id} is still there after 15 minutes`);
  return deleted;
}

/** The way back's own phases are not shown where only leftovers are removed. */
function withinPhase(run: ConnectRun): TearDownRun {
  return {
    steps: run.steps,
    now: () => run.now(),
    sleep: (seconds) => run.sleep(seconds),
    waitingFor: (reason) => {
      run.waitingFor(reason);
    },
    wrote: (kind, times) => {
      run.wrote(kind, times);
    },
    begin: () => undefined,
    end: () => undefined,
    skip: () => undefined,
  };
}

/**
 * Disconnect's way back over exactly what this run made, and its marks off what it took over. What fails is reported and
 * the rest still runs; the whitelist entry cannot be undone. The failure that led here is not hidden by one of the undo.
 */
export function* undo(run: ConnectRun, before: Before): Step<void> {
  run.goOnWith(removalPhaseNames);
  try {
    const made = yield* removeMade(run, before);
    const failed = yield* giveBack(run, before);
    run.undone({ ...made, failed: [...made.failed, ...failed] });
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    const { id } = run.connection;
    const failed = [{ resource: 'connection', id, reason: error.failure.message }];
    run.undone({ removed: [], kept: [], failed, actionsForPeople: [] });
  }
}

function removeMade(run: ConnectRun, before: Before): Step<TearDownResult> {
  const only = (row: RemovalRow): boolean => !before.ids.includes(row.id.toLowerCase());
  return tearDown(run, { subject: subjectOf(run.connection), only, tolerant: true });
}

/** Takes our marks off what this run adopted; answers what could not be given back. */
function* giveBack(run: ConnectRun, { adopted }: Before): Step<TearDownResult['failed']> {
  const { connection } = run;
  const outcomes = yield* run.steps.releaseMarks.each(adopted.map((one) => ({ connection, adopted: one })));
  return adopted.flatMap((one, index) => {
    const outcome = outcomes[index];
    return outcome?.ok === false ? { ...one, reason: outcome.failure.message } : [];
  });
}
