import type { EnsuredRecord, EnsureRecordsInput } from '../../activities/records.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { placeCluster } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import { pauseAfter } from '../../durable/step.ts';
import type { ConnectRun } from '../connect/connectRun.ts';
import { awaitZone, submitZone } from './zones.ts';

/** The part of a run that writes records. */
export type RecordRun = Pick<
  ConnectRun,
  | 'connection'
  | 'steps'
  | 'attempts'
  | 'callOnce'
  | 'poll'
  | 'sleep'
  | 'continueAsNewIfLong'
  | 'continueAsNewWhenIdle'
  | 'wrote'
  | 'zoneIds'
  | 'settled'
>;

export type RecordCluster = Omit<AllocationView['clusters'][number], 'awaited'>;

/** One cluster and the state of its record. */
export interface ClusterRecord {
  readonly clusterId: string;
  readonly connectAddress: string;
  readonly state: 'connected' | 'pending' | 'failed';
  readonly host: string | null;
  readonly port: number | null;
  readonly zone: string | null;
  readonly zoneId: string | null;
  readonly recordSetId: string | null;
  readonly reason: string | null;
  /** Why there is no record; only if the state is failed. */
  readonly failure?: Failure;
}

interface Placed {
  readonly cluster: RecordCluster;
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly record: string;
}

/** DNS step 1 and the record sets of step 2, for one run: each cluster once, as soon as it has an address. */
export class Records {
  readonly #run: RecordRun;
  readonly #address: string;
  /** Zones that were submitted, by name. */
  readonly #zones: Map<string, string>;
  readonly #done = new Map<string, ClusterRecord>();

  constructor(run: RecordRun, address: string, submittedZones: ReadonlyMap<string, string>) {
    this.#run = run;
    this.#address = address;
    this.#zones = new Map(submittedZones);
  }

  /** Creates missing zones, then one record for each cluster that has none yet. */
  *write(clusters: readonly RecordCluster[]): Step<void> {
    const placed = this.#unwritten(clusters).flatMap((cluster) => this.#place(cluster) ?? []);
    if (!this.#run.connection.spec.dns.manage) {
      for (const entry of placed) this.#done.set(entry.cluster.clusterId, unmanagedRecord(entry));
      return;
    }
    for (const { zone } of placed) {
      if (this.#zones.has(zone)) continue;
      this.#zones.set(zone, yield* submitZone(this.#run, zone));
    }
    for (const { zone } of placed) yield* awaitZone(this.#run, zone);
    yield* this.#ensure(placed);
  }

  /** Writes again the records that another process may have deleted. */
  *writeAgain(clusters: readonly RecordCluster[]): Step<void> {
    for (const { clusterId } of clusters) {
      const host = this.#done.get(clusterId)?.host ?? null;
      this.#done.delete(clusterId);
      if (host !== null) this.#run.settled.doubtRecord(host);
    }
    yield* this.write(clusters);
  }

  /** Whether one of these clusters has a record to write. */
  hasWork(clusters: readonly RecordCluster[]): boolean {
    return this.#unwritten(clusters).length > 0;
  }

  /** Returns the state of each cluster's record. */
  of(clusters: readonly RecordCluster[]): readonly ClusterRecord[] {
    return clusters.map((cluster) => this.#done.get(cluster.clusterId) ?? withoutAddress(cluster));
  }

  /** Waits for the zones of this run. Returns their IDs by name. */
  *readyZones(): Step<ReadonlyMap<string, string>> {
    for (const zone of this.#zones.keys()) yield* awaitZone(this.#run, zone);
    return this.#zones;
  }

  #unwritten(clusters: readonly RecordCluster[]): readonly RecordCluster[] {
    return clusters.filter(({ clusterId }) => {
      const done = this.#done.get(clusterId);
      // A transient failure is tried again at the next read.
      return done === undefined || done.failure?.kind === 'transient';
    });
  }

  /** Returns null if there is no address yet, or an invalid one: that is a fault of this cluster, and the others go on. */
  #place(cluster: RecordCluster): Placed | null {
    const { clusterId, privateLinkAddress } = cluster;
    if (privateLinkAddress === null) return null;
    const { regionId, spec } = this.#run.connection;
    const placed = placeCluster({ clusterId, address: privateLinkAddress }, regionId, spec.dns.layout);
    if (placed.ok) return { cluster, ...placed.value };
    const { failure } = placed;
    this.#done.set(clusterId, {
      ...withoutAddress(cluster),
      ...{ state: 'failed', reason: failure.message, failure },
    });
    return null;
  }

  *#ensure(placed: readonly Placed[]): Step<void> {
    const { settled } = this.#run;
    const missing = placed.filter((entry) => {
      const outcome = settled.recordOf(entry.host);
      if (outcome) this.#note(entry, outcome);
      return outcome === undefined;
    });
    const byCluster = new Map(missing.map((entry) => [entry.cluster.clusterId, entry]));
    const toWrite = missing.map(({ cluster: { clusterId }, zone, record }) => ({
      clusterId,
      zoneId: this.#zones.get(zone) ?? '',
      record,
    }));
    yield* writeInBatches(this.#run, this.#address, toWrite, (clusterId, outcome) => {
      const entry = byCluster.get(clusterId);
      if (!entry) return;
      settled.noteRecord(entry.host, outcome);
      this.#note(entry, outcome);
      if (outcome.ok) this.#run.wrote('record', outcome.value.action === 'keep' ? 0 : 1);
    });
  }

  #note(entry: Placed, outcome: Outcome<Pick<EnsuredRecord, 'recordSetId'>>): void {
    const { cluster, host, port, zone } = entry;
    const { clusterId, connectAddress } = cluster;
    const base = { clusterId, connectAddress, host, port, zone, zoneId: this.#zones.get(zone) ?? null };
    this.#done.set(
      clusterId,
      outcome.ok
        ? { ...base, state: 'connected', recordSetId: outcome.value.recordSetId, reason: null }
        : {
            ...base,
            state: 'failed',
            recordSetId: null,
            reason: outcome.failure.message,
            failure: outcome.failure,
          },
    );
  }
}

function withoutAddress({ clusterId, connectAddress }: RecordCluster): ClusterRecord {
  return {
    clusterId,
    connectAddress,
    state: 'pending',
    host: null,
    port: null,
    zone: null,
    zoneId: null,
    recordSetId: null,
    reason: 'Zilliz has not allocated its private link address',
  };
}

function unmanagedRecord({ cluster, host, port, zone }: Placed): ClusterRecord {
  const { clusterId, connectAddress } = cluster;
  return {
    clusterId,
    connectAddress,
    state: 'pending',
    host,
    port,
    zone,
    zoneId: null,
    recordSetId: null,
    reason: 'dns.manage is false: the record is created outside this app',
  };
}

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
function* writeInBatches(
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
