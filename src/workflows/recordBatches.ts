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
/** With a zone for each cluster a batch is a single record. */
const BATCHES_AT_A_TIME = 10;

type BatchRun = Pick<
  ConnectRun,
  'connection' | 'steps' | 'attempts' | 'sleep' | 'renewIfLong' | 'renewWhenSettled'
>;

type OnSettled = (clusterId: string, outcome: Outcome<EnsuredRecord>) => void;

/**
 * Writes records in batches, each batch within one zone. Tells of each record as soon as it is settled, since the run may
 * renew itself before the others are; never throws a failure.
 */
export function* writeInBatches(
  run: BatchRun,
  address: string,
  records: readonly RecordToWrite[],
  onSettled: OnSettled,
): Step<void> {
  const batches = batchesOf(records);
  for (let from = 0; from < batches.length; from += BATCHES_AT_A_TIME) {
    const portion = batches.slice(from, from + BATCHES_AT_A_TIME).flatMap(([, batch]) => batch);
    yield* writePortion(run, address, portion, onSettled);
    run.renewWhenSettled();
  }
}

/** What fails for a while only is tried again, together. */
function* writePortion(
  run: BatchRun,
  address: string,
  records: readonly RecordToWrite[],
  onSettled: OnSettled,
): Step<void> {
  const key = `records of ${run.connection.id}`;
  let rest = records;
  while (rest.length > 0) {
    const batches = batchesOf(rest);
    const answers = yield* run.steps.ensureRecords.each(
      batches.map(([zoneId, batch]): EnsureRecordsInput => ({
        connection: run.connection,
        zoneId,
        address,
        records: batch.map(({ clusterId, record }) => ({ clusterId, record })),
      })),
      (index, answer) => {
        const [, batch = []] = batches[index] ?? [];
        if (answer.ok) tellWritten(batch, answer.value.outcomes, onSettled);
      },
    );
    const attempt = run.attempts.failed(key);
    const again: RecordToWrite[] = [];
    let pause = 0;
    for (const [index, [, batch]] of batches.entries()) {
      const answer = answers[index];
      for (const [position, entry] of batch.entries()) {
        const outcome = answer?.ok ? answer.value.outcomes[position] : answer;
        if (!outcome || outcome.ok) continue;
        // A batch that failed as a whole has been tried again by its step.
        const wait = answer?.ok ? pauseAfter(outcome.failure, attempt) : null;
        if (wait === null) onSettled(entry.clusterId, outcome);
        else {
          again.push(entry);
          pause = Math.max(pause, wait);
        }
      }
    }
    rest = again;
    if (rest.length === 0) break;
    yield* run.sleep(pause);
    run.renewIfLong();
  }
  run.attempts.ended(key);
}

function tellWritten(
  batch: readonly RecordToWrite[],
  outcomes: readonly Outcome<EnsuredRecord>[],
  onSettled: OnSettled,
): void {
  for (const [position, { clusterId }] of batch.entries()) {
    const outcome = outcomes[position];
    if (outcome?.ok) onSettled(clusterId, outcome);
  }
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
