import { ProvisioningError } from '../domain/failure.ts';
import type { SyncResult } from '../domain/syncStatus.ts';
import type { Workflow } from '../durable/register.ts';
import type { Step } from '../durable/run.ts';
import { allocation } from './schedule.ts';
import { round } from './syncRound.ts';
import { SyncRun, syncInputSchema } from './syncRun.ts';
import type { SyncInput } from './syncRun.ts';

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
    if (run.hint.isThere) yield* roundAnew(run);
    run.hintedRounds = 0;
    if (waiting.length === 0) return run.result();

    const { projectId, regionId } = run;
    const { changed } = yield* run.steps.lookForAddresses({ projectId, regionId, clusterIds: waiting });
    if (run.hint.isThere) yield* roundAnew(run);
    if (changed) {
      run.renewIfLong();
      yield* round(run);
      if (run.hint.isThere) yield* roundAnew(run);
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
