import type { TearDownResult } from '../domain/disconnectResult.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import { stop } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';
import { removeInOrder } from './tearDown.ts';
import type { TearDownRun } from './tearDown.ts';
import { TearDownLedger } from './tearDownLedger.ts';

/** Removes what the specification no longer asks for, inside the phase that is under way; it was planned at the start. */
export function* removeLeftovers(run: ConnectRun, rows: readonly RemovalRow[]): Step<TearDownResult> {
  const ledger = new TearDownLedger();
  if (rows.length > 0) {
    const options = { subject: subjectOf(run.connection), tolerant: false };
    yield* removeInOrder(withinPhase(run), options, rows, ledger);
  }
  return ledger.result();
}

/**
 * Takes away a private endpoint whose connection Zilliz removed, with its registration: Azure cannot revive it. Stops when
 * somebody else's records still point to its address.
 */
export function* discardDisconnected(run: ConnectRun, rows: readonly RemovalRow[]): Step<void> {
  const { kept } = yield* removeLeftovers(run, rows);
  const [first] = kept;
  if (first) stop('connection-disconnected', `${first.id} cannot be replaced: ${first.reason}`);
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
