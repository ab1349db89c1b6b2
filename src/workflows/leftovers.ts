import type { TearDownResult } from '../domain/disconnectResult.ts';
import type { PreflightResult } from '../activities/preflight.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';
import { removal } from './schedule.ts';
import { removeInOrder } from './tearDown.ts';
import type { TearDownRun } from './tearDown.ts';
import { TearDownLedger } from './tearDownLedger.ts';

/** What was planned at the start; each step reads afresh and asks again. */
function* removeLeftovers(
  run: ConnectRun,
  rows: readonly RemovalRow[],
  formerNetworks: Leaving['formerNetworks'],
  deletedByRun: readonly string[] = [],
): Step<TearDownResult> {
  const ledger = new TearDownLedger(deletedByRun);
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
export function* makeWay(run: ConnectRun, { replaces, removals, formerNetworks }: Leaving): Step<void> {
  const deletedByRun = replaces ? yield* discard(run) : [];
  yield* removeLeftovers(
    run,
    removals.filter(({ resource }) => resource === 'registration'),
    formerNetworks,
    deletedByRun,
  );
}

/** Removes links, records and zones that the specification no longer asks for, when the new ones stand. */
export function* tidyDns(
  run: ConnectRun,
  { removals, formerNetworks }: Leaving,
  standing: readonly { readonly recordSetId: string | null }[],
): Step<void> {
  const stands = (id: string): boolean => standing.some(({ recordSetId }) => recordSetId === id);
  yield* removeLeftovers(
    run,
    removals.filter(({ resource, id }) => resource !== 'registration' && !stands(id)),
    formerNetworks,
  );
}

type Leaving = Pick<PreflightResult, 'replaces' | 'removals' | 'formerNetworks'>;

/** Answers what it has deleted, as Zilliz registers it; nothing when a run that has renewed itself did so before. */
function* discard(run: ConnectRun): Step<readonly string[]> {
  const { connection, steps } = run;
  const { id } = connection.privateEndpoint;
  const wait = 'endpoint removed';
  const deleted: string[] = [];
  yield* run.askOnce(wait, function* () {
    const { outcome, reason, endpointId = null } = yield* steps.discardDisconnected({ connection });
    if (outcome === 'kept') stop('connection-disconnected', `${id} cannot be replaced: ${reason}`);
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
  if (left.length > 0) stop('removal-slow', `${id} is still there after 15 minutes`);
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
