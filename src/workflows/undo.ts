import type { Before } from '../domain/before.ts';
import type { TearDownResult } from '../domain/disconnectResult.ts';
import { removalPhaseNames } from '../domain/phase.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Step } from '../durable/run.ts';
import type { ConnectRun } from './connectRun.ts';
import { tearDown } from './tearDown.ts';

/**
 * Disconnect's way back over exactly what this run made, and its marks off what it took over. What fails is reported and
 * the rest still runs; the whitelist entry cannot be undone.
 */
export function* undo(run: ConnectRun, before: Before): Step<TearDownResult> {
  run.goOnWith(removalPhaseNames);
  const only = (row: RemovalRow): boolean => !before.ids.includes(row.id.toLowerCase());
  const result = yield* tearDown(run, { subject: subjectOf(run.connection), only, tolerant: true });
  const { connection } = run;
  const outcomes = yield* run.steps.releaseMarks.each(
    before.adopted.map((adopted) => ({ connection, adopted })),
  );
  const failed = before.adopted.flatMap((adopted, index) => {
    const outcome = outcomes[index];
    return outcome?.ok === false ? { ...adopted, reason: outcome.failure.message } : [];
  });
  return { ...result, failed: [...result.failed, ...failed] };
}
