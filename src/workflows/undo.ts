import type { Before } from '../domain/before.ts';
import type { TearDownResult } from '../domain/disconnectResult.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { removalPhaseNames } from '../domain/phase.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import type { ConnectRun } from './connectRun.ts';
import { tearDown } from './tearDown.ts';

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
