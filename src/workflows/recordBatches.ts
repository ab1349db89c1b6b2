import type { EnsuredRecord, EnsureRecordsInput } from '../activities/recordSets.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Step } from '../durable/run.ts';
import { pauseAfter } from '../durable/step.ts';
import type { ConnectRun } from './connectRun.ts';

export interface RecordToWrite {
  readonly clusterId: string;
  readonly zoneId: string;
  readonly record: string;
}

/** So many are written within a minute, far less than an activity may take; the history grows by batches, not records. */
const RECORDS_PER_BATCH = 100;

/**
 * Writes records in batches, each batch within one zone. What fails for a while only is tried again, together. Answers by
 * cluster ID; never throws a failure.
 */
export function* writeInBatches(
  run: Pick<ConnectRun, 'connection' | 'steps' | 'sleep' | 'renewIfFull'>,
  address: string,
  records: readonly RecordToWrite[],
): Step<ReadonlyMap<string, Outcome<EnsuredRecord>>> {
  const settled = new Map<string, Outcome<EnsuredRecord>>();
  let rest = records;
  for (let attempt = 1; rest.length > 0; attempt++) {
    const batches = batchesOf(rest);
    const answers = yield* run.steps.ensureRecords.each(
      batches.map(([zoneId, batch]): EnsureRecordsInput => ({
        connection: run.connection,
        zoneId,
        address,
        records: batch.map(({ clusterId, record }) => ({ clusterId, record })),
      })),
    );
    const again: RecordToWrite[] = [];
    let pause = 0;
    for (const [index, [, batch]] of batches.entries()) {
      const answer = answers[index];
      for (const [position, entry] of batch.entries()) {
        const outcome = answer?.ok ? answer.value.outcomes[position] : answer;
        if (!outcome) continue;
        // A batch that failed as a whole has been tried again by its step.
        const wait = outcome.ok || !answer?.ok ? null : pauseAfter(outcome.failure, attempt);
        if (wait === null) settled.set(entry.clusterId, outcome);
        else {
          again.push(entry);
          pause = Math.max(pause, wait);
        }
      }
    }
    rest = again;
    if (rest.length === 0) break;
    run.renewIfFull();
    yield* run.sleep(pause);
  }
  return settled;
}

function batchesOf(
  records: readonly RecordToWrite[],
): readonly (readonly [string, readonly RecordToWrite[]])[] {
  const zones = [...new Set(records.map(({ zoneId }) => zoneId))];
  return zones.flatMap((zoneId) => {
    const inZone = records.filter((record) => record.zoneId === zoneId);
    const count = Math.ceil(inZone.length / RECORDS_PER_BATCH);
    return Array.from({ length: count }, (_, index) => {
      const from = index * RECORDS_PER_BATCH;
      return [zoneId, inZone.slice(from, from + RECORDS_PER_BATCH)] as const;
    });
  });
}
