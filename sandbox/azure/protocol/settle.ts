import type { Instant } from '../../kernel/clock.ts';
import { removeFrom } from '../state/records.ts';
import { applyEffect } from './effects.ts';
import type { LongRunningOperation } from '../state/longRunningSchema.ts';
import type { AzureState } from '../state/schema.ts';

/** Azure forgets how an operation ended after about a day. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/**
 * Ends the long-running operations that are due, in the order in which they fall due. Draws nothing by chance, so that a
 * state that was saved before and one that was saved after settle alike.
 */
export function settleOperations(state: AzureState, now: Instant): void {
  const { operations } = state.longRunning;
  const due = Object.values(operations).filter(
    (operation) => operation.outcome === undefined && operation.doneAt <= now,
  );
  for (const operation of due.sort((one, other) => one.doneAt - other.doneAt)) finish(state, operation);
  for (const operation of Object.values(operations)) {
    if (operation.outcome && operation.doneAt + REMEMBERED_MS < now) removeFrom(operations, operation.id);
  }
  for (const [key, until] of Object.entries(state.network.reservedNames)) {
    if (until <= now) removeFrom(state.network.reservedNames, key);
  }
}

function finish(state: AzureState, operation: LongRunningOperation): void {
  const error = applyEffect(state, operation);
  operation.outcome = error ? { status: 'Failed', error } : { status: 'Succeeded' };
}
