import * as z from 'zod';
import type { TearDownPlan } from '../../activities/tearDown.ts';
import { fail, ProvisioningError } from '../../domain/failure/failure.ts';
import type { RemovalRow } from '../../domain/plan/removal.ts';
import type { TearDownResult } from '../../domain/run/result.ts';
import type { Step } from '../../durable/run.ts';
import type { StagedRun } from '../stagedRun.ts';
import type { DueRow, RemovalState } from './removalProgress.ts';
import { RemovalProgress } from './removalProgress.ts';
import type { RemovalOptions } from './removeRows.ts';
import { removeRows } from './removeRows.ts';

/** So long a write of an earlier run that was cancelled may still be in flight. */
const LATE_WRITE_SECONDS = 30;
const MOST_ROUNDS = 3;

/** The order of a removal: links first, so that public names resolve again before the private path goes. */
const removalOrder = [
  'remove-links',
  'remove-records',
  'remove-zones',
  'unregister-endpoint',
  'delete-endpoint',
] as const;

/** Takes a connection down, in the reverse order of connect. Reads again at the end, since a write in flight may land late. */
export function* tearDown(
  run: StagedRun,
  state: RemovalState,
  options: RemovalOptions,
): Step<TearDownResult> {
  const progress = new RemovalProgress(state);
  const planRows = function* (waitForZilliz = false): Step<readonly RemovalRow[]> {
    const { subject } = options;
    const plan = yield* run.steps.planTearDown({ subject, waitForZilliz, ...progress.known });
    progress.notePlan(plan);
    if (plan.whitelist) run.noteWhitelist(plan.whitelist);
    if (options.tolerant) failForbidden(plan, progress);
    else refuseLocked(plan);
    // A disconnect tries again what has failed before the run continued as new, and fails if it fails again.
    const isLeft = (row: RemovalRow): boolean => options.tolerant && progress.hasFailed(row);
    return plan.rows.filter((row) => row.action !== 'keep' && !isLeft(row));
  };
  yield* run.stage('take-stock', z.null(), function* () {
    progress.noteDue(yield* planRows());
    return null;
  });
  for (const phase of removalOrder) {
    yield* run.stage(phase, z.null(), function* () {
      if (phase === 'unregister-endpoint' && progress.isUnasked)
        progress.noteDue(yield* askZillizAgain(planRows));
      const due = progress.due.filter((row) => row.phase === phase);
      if (due.length > 0) {
        run.noteDone('removal');
        yield* removeRows(run, options, due, progress);
      } else if (!run.hasAsked('removal')) {
        run.skip(phase, 'nothing to remove');
      }
      progress.noteDue(progress.due.filter((row) => row.phase !== phase));
      return null;
    });
  }
  yield* run.stage('check-removal', z.null(), () => checkRemoval(run, options, progress, planRows));
  return progress.result(options.tolerant);
}

/** DNS is gone. Waits for Zilliz as long as the run may; after that, what cannot be proved without it stays. */
function* askZillizAgain(
  planRows: (waitForZilliz: boolean) => Step<readonly RemovalRow[]>,
): Step<readonly RemovalRow[]> {
  try {
    return yield* planRows(true);
  } catch (error) {
    if (!(error instanceof ProvisioningError)) throw error;
    return yield* planRows(false);
  }
}

function* checkRemoval(
  run: StagedRun,
  options: RemovalOptions,
  progress: RemovalProgress,
  planRows: () => Step<readonly RemovalRow[]>,
): Step<null> {
  for (let round = 1; ; round++) {
    if (run.hasAsked(`round ${round}`)) continue;
    yield* run.pause(`round ${round}`, LATE_WRITE_SECONDS, 'a write that was in flight may still land');
    const rows = yield* planRows();
    if (rows.length === 0) return null;
    if (round === MOST_ROUNDS)
      throw fail('removal-incomplete', `still there: ${rows.map(({ id }) => id).join(', ')}`);
    yield* removeInOrder(run, options, rows, progress);
    run.noteDone(`round ${round}`);
  }
}

/** Removes rows of any kind, in the order of a removal, within the current stage. */
export function* removeInOrder(
  run: StagedRun,
  options: RemovalOptions,
  rows: readonly DueRow[],
  progress: RemovalProgress,
): Step<void> {
  for (const phase of removalOrder) {
    const due = rows.filter((row) => row.phase === phase);
    yield* removeRows(run, options, due, progress);
  }
}

/** An undo reports what it should have removed, and must not, as still there. */
function failForbidden({ rows }: TearDownPlan, progress: RemovalProgress): void {
  for (const row of rows) if (row.outside || row.locked) progress.forbid(row, row.reason);
}

/** A disconnect that a lock would stop halfway does not begin: names without their private path would remain. */
function refuseLocked({ rows }: TearDownPlan): void {
  const [first, ...others] = rows.filter(({ locked }) => locked);
  if (!first) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw fail('azure-locked', `${first.resource} ${first.id}: ${first.reason}${more}`);
}
