import type { EnsuredRecord, EnsureRecordsInput } from '../../activities/records.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import type { Step } from '../../durable/run.ts';
import { pauseAfter } from '../../durable/step.ts';
import type { ConnectRun } from '../connect/connectRun.ts';

interface RecordToWrite {
  readonly clusterId: string;
  readonly zoneId: string;
  readonly record: string;
}

/** This many take less than a minute, far below the limit of an activity. The history grows by batches, not records. */
const RECORDS_PER_BATCH = 100;
/** With the per-cluster layout, a batch is a single record. */
const BATCHES_AT_A_TIME = 10;

type BatchRun = Pick<
  ConnectRun,
  'connection' | 'steps' | 'attempts' | 'sleep' | 'continueAsNewIfLong' | 'continueAsNewWhenIdle'
>;

type OnSettled = (clusterId: string, outcome: Outcome<EnsuredRecord>) => void;

/**
 * Writes records in batches, each batch within one zone. Reports each record as soon as its outcome is final, since the run
 * may continue as new before the others are. Never throws a failure.
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
    run.continueAsNewWhenIdle();
  }
}

/** Tries transient failures again, together. */
function* writePortion(
  run: BatchRun,
  address: string,
  records: readonly RecordToWrite[],
  onSettled: OnSettled,
): Step<void> {
  const key = `records of ${run.connection.id}`;
  let remaining = records;
  while (remaining.length > 0) {
    const batches = batchesOf(remaining);
    const outcomes = yield* ensureBatches(run, address, batches, onSettled);
    const attempt = run.attempts.failed(key);
    const failures = batches.flatMap(([, batch], index) => failuresOf(batch, outcomes[index], attempt));
    for (const { record, outcome, pause } of failures) {
      if (pause === null) onSettled(record.clusterId, outcome);
    }
    const retries = failures.filter(({ pause }) => pause !== null);
    remaining = retries.map(({ record }) => record);
    if (remaining.length === 0) break;
    yield* run.sleep(Math.max(...retries.map(({ pause }) => pause ?? 0)));
    run.continueAsNewIfLong();
  }
  run.attempts.ended(key);
}

/** Ensures each batch. Reports the records that are written as soon as their batch returns. */
function ensureBatches(
  run: BatchRun,
  address: string,
  batches: readonly Batch[],
  onSettled: OnSettled,
): Step<readonly BatchOutcome[]> {
  return run.steps.ensureRecords.each(
    batches.map(([zoneId, batch]): EnsureRecordsInput => ({
      connection: run.connection,
      zoneId,
      address,
      records: batch.map(({ clusterId, record }) => ({ clusterId, record })),
    })),
    (index, result) => {
      const [, batch = []] = batches[index] ?? [];
      if (result.ok) reportWritten(batch, result.value.outcomes, onSettled);
    },
  );
}

function reportWritten(
  batch: readonly RecordToWrite[],
  outcomes: readonly Outcome<EnsuredRecord>[],
  onSettled: OnSettled,
): void {
  for (const [position, { clusterId }] of batch.entries()) {
    const outcome = outcomes[position];
    if (outcome?.ok) onSettled(clusterId, outcome);
  }
}

interface FailedRecord {
  readonly record: RecordToWrite;
  readonly outcome: Extract<Outcome<never>, { ok: false }>;
  /** Seconds until the next attempt; null if there is none. */
  readonly pause: number | null;
}

/** Returns the records of a batch that failed. A batch that failed as a whole has already been retried by its step. */
function failuresOf(
  batch: readonly RecordToWrite[],
  result: BatchOutcome | undefined,
  attempt: number,
): readonly FailedRecord[] {
  return batch.flatMap((record, position) => {
    const outcome = result?.ok ? result.value.outcomes[position] : result;
    if (!outcome || outcome.ok) return [];
    return { record, outcome, pause: result?.ok ? pauseAfter(outcome.failure, attempt) : null };
  });
}

type BatchOutcome = Outcome<{ readonly outcomes: readonly Outcome<EnsuredRecord>[] }>;
type Batch = readonly [zoneId: string, records: readonly RecordToWrite[]];

function batchesOf(records: readonly RecordToWrite[]): readonly Batch[] {
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
