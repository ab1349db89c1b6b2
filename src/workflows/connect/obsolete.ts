import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
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

/** Removes what was planned at the start. Each step reads again and checks its guards again. */
function* removeObsolete(
  run: ConnectRun,
  rows: readonly RemovalRow[],
  formerNetworks: ObsoleteParts['formerNetworks'],
  deletedByRun: readonly string[] = [],
): Step<TearDownResult> {
  const progress = new TearDownProgress(deletedByRun);
  if (rows.length > 0) {
    const subject = subjectOf(run.connection, { formerNetworks });
    const options = { subject, tolerant: false };
    yield* removeInOrder(withinPhase(run), options, rows, progress);
  }
  return progress.result();
}

/**
 * Removes what blocks the new private endpoint: the one whose connection Zilliz removed, which Azure cannot restore, and
 * registrations of deleted endpoints. Fails if records of another owner still point to its address.
 */
export function* removeObsoleteEndpoint(
  run: ConnectRun,
  { replaces, removals, formerNetworks }: ObsoleteParts,
): Step<void> {
  const deletedByRun = replaces ? yield* discard(run) : [];
  yield* removeObsolete(
    run,
    removals.filter(({ resource }) => resource === 'registration'),
    formerNetworks,
    deletedByRun,
  );
}

/** Removes links, records and zones that are no longer desired, after the new ones exist. */
export function* pruneDns(
  run: ConnectRun,
  { removals, formerNetworks }: ObsoleteParts,
  written: readonly { readonly recordSetId: string | null }[],
): Step<void> {
  const isWritten = (id: string): boolean => written.some(({ recordSetId }) => recordSetId === id);
  yield* removeObsolete(
    run,
    removals.filter(({ resource, id }) => resource !== 'registration' && !isWritten(id)),
    formerNetworks,
  );
}

type ObsoleteParts = Pick<PreflightResult, 'replaces' | 'removals' | 'formerNetworks'>;

/** Returns the endpoint IDs that it deleted, as Zilliz registers them; none if the run did so before continue as new. */
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
    read: () => steps.readRemoved({ ids: [{ resource: 'private endpoint', id }] }),
    missing: (view) => (view.left.length === 0 ? null : 'Azure is deleting the private endpoint'),
    schedule: removal,
    justBegun: true,
    until: { seconds: 900 },
  });
  if (left.length > 0) fail('removal-slow', `${id} is still there after 15 minutes`);
  return deleted;
}

/** A removal of obsolete resources does not show the phases of disconnect. */
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
 * Removes exactly what this run created, as disconnect does, and takes its marks off what it adopted. A failure is reported
 * and the remaining steps still run; the whitelist entry cannot be undone. A failure of the undo does not hide the first one.
 */
export function* undo(run: ConnectRun, before: Before): Step<void> {
  run.goOnWith(removalPhaseNames);
  try {
    const result = yield* removeCreated(run, before);
    const failed = yield* releaseAdopted(run, before);
    run.undone({ ...result, failed: [...result.failed, ...failed] });
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    const { id } = run.connection;
    const failed = [{ resource: 'connection', id, reason: error.failure.message }];
    run.undone({ removed: [], kept: [], failed, actionsForPeople: [] });
  }
}

function removeCreated(run: ConnectRun, before: Before): Step<TearDownResult> {
  const only = (row: RemovalRow): boolean => !before.ids.includes(row.id.toLowerCase());
  return tearDown(run, { subject: subjectOf(run.connection), only, tolerant: true });
}

/** Takes the marks off the resources that this run adopted. Returns those where that failed. */
function* releaseAdopted(run: ConnectRun, { adopted }: Before): Step<TearDownResult['failed']> {
  const { connection } = run;
  const outcomes = yield* run.steps.releaseMarks.each(adopted.map((one) => ({ connection, adopted: one })));
  return adopted.flatMap((one, index) => {
    const outcome = outcomes[index];
    return outcome?.ok === false ? { ...one, reason: outcome.failure.message } : [];
  });
}
