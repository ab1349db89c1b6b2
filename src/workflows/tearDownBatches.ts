import type { Removed } from '../activities/tearDown.ts';
import type { RemovedAll } from '../activities/tearDownDns.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { RemovalRow } from '../domain/removal.ts';

/** So many are removed within a minute or two; the history grows by batches, not by what is removed. */
const PER_BATCH = 50;

export function batchesOf<T>(all: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / PER_BATCH);
  return Array.from({ length: count }, (_, index) => all.slice(index * PER_BATCH, (index + 1) * PER_BATCH));
}

/** Records in batches within one zone each. */
export function batchesByZone(rows: readonly RemovalRow[]): readonly {
  readonly zoneId: string;
  readonly records: readonly { readonly id: string; readonly name: string }[];
}[] {
  const zones = [...new Set(rows.map(({ zoneId }) => zoneId ?? ''))];
  return zones.flatMap((zoneId) => {
    const inZone = rows.filter((row) => row.zoneId === zoneId);
    return batchesOf(inZone.map(({ id, record }) => ({ id, name: record ?? '' }))).map((records) => ({
      zoneId,
      records,
    }));
  });
}

/** The outcome of each row, out of batches of which some may have failed as a whole. */
export function outcomesOf(
  rows: readonly RemovalRow[],
  answers: readonly Outcome<RemovedAll>[],
): readonly Outcome<Removed>[] {
  const removed = answers.flatMap((answer) => (answer.ok ? answer.value.removed : []));
  const failed = answers.find((answer) => !answer.ok);
  return rows.map(({ id }): Outcome<Removed> => {
    const one = removed.find((candidate) => candidate.id === id);
    if (one?.failure) return { ok: false, failure: one.failure };
    if (one && one.outcome !== 'failed') {
      return { ok: true, value: { outcome: one.outcome, reason: one.reason } };
    }
    return failed ?? { ok: true, value: { outcome: 'gone', reason: 'it is not there' } };
  });
}
