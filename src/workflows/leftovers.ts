import type { TearDownResult } from '../domain/disconnectResult.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';
import { removeInOrder } from './tearDown.ts';
import type { TearDownRun } from './tearDown.ts';
import { TearDownLedger } from './tearDownLedger.ts';

/** What was planned at the start; each step reads afresh and asks again. */
function* removeLeftovers(run: ConnectRun, rows: readonly RemovalRow[]): Step<TearDownResult> {
  const ledger = new TearDownLedger();
  if (rows.length > 0) {
    const options = { subject: subjectOf(run.connection), tolerant: false };
    yield* removeInOrder(withinPhase(run), options, rows, ledger);
  }
  return ledger.result();
}

/**
 * Makes way for the private endpoint: registrations of endpoints that are gone, and the endpoint itself where Zilliz removed
 * its connection, which Azure cannot revive. Stops when somebody else's records still point to its address.
 */
export function* makeWay(run: ConnectRun, removals: readonly RemovalRow[]): Step<void> {
  const rows = removals.filter(({ phase }) => isOfEndpoint(phase));
  const { kept } = yield* removeLeftovers(run, rows);
  const [first] = kept;
  if (first) stop('connection-disconnected', `${first.id} cannot be replaced: ${first.reason}`);
}

/** Removes records, links and zones that the specification no longer asks for, when the new ones stand. */
export function* tidyDns(run: ConnectRun, removals: readonly RemovalRow[]): Step<void> {
  yield* removeLeftovers(
    run,
    removals.filter(({ phase }) => !isOfEndpoint(phase)),
  );
}

function isOfEndpoint(phase: RemovalRow['phase']): boolean {
  return phase === 'unregister-endpoint' || phase === 'delete-endpoint';
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
