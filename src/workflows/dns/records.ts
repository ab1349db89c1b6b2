import type { AllocationView } from '../../activities/allocation.ts';
import type { EnsuredRecord, EnsureRecordsInput } from '../../activities/records.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { placeCluster } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import { pauseAfter } from '../../durable/step.ts';
import type { ConnectRun } from '../connect/connectRun.ts';
import { awaitZone, submitZone } from './zones.ts';

/** What the writing of records needs of a run. */
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

/** One cluster and what became of its record. */
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
  /** Why there is no record; only where the state is failed. */
  readonly failure?: Failure;
}

interface Placed {
  readonly cluster: RecordCluster;
  readonly host: string;
  readonly port: number;
  readonly zone: string;
  readonly record: string;
}

/** DNS step 1 and the record sets of step 2, for one run: each cluster once, as soon as it has its address. */
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

  /** Zones where they are still missing, then one record for each cluster that is new here. */
  *write(clusters: readonly RecordCluster[]): Step<void> {
    const placed = this.#unwritten(clusters).flatMap((cluster) => this.#place(cluster) ?? []);
    if (!this.#run.connection.spec.dns.manage) {
      for (const entry of placed) this.#done.set(entry.cluster.clusterId, leftToOthers(entry));
      return;
    }
    for (const { zone } of placed) {
      if (this.#zones.has(zone)) continue;
      this.#zones.set(zone, yield* submitZone(this.#run, zone));
    }
    for (const { zone } of placed) yield* awaitZone(this.#run, zone);
    yield* this.#ensure(placed);
  }

  /** The same once more for clusters whose record somebody may have taken away. */
  *writeAgain(clusters: readonly RecordCluster[]): Step<void> {
    for (const { clusterId } of clusters) {
      const host = this.#done.get(clusterId)?.host ?? null;
      this.#done.delete(clusterId);
      if (host !== null) this.#run.settled.doubtRecord(host);
    }
    yield* this.write(clusters);
  }

  /** Whether there is anything to write for these clusters. */
  hasWork(clusters: readonly RecordCluster[]): boolean {
    return this.#unwritten(clusters).length > 0;
  }

  /** What became of each of the clusters. */
  of(clusters: readonly RecordCluster[]): readonly ClusterRecord[] {
    return clusters.map((cluster) => this.#done.get(cluster.clusterId) ?? withoutAddress(cluster));
  }

  /** The zones of this run that are there, by name. */
  *readyZones(): Step<ReadonlyMap<string, string>> {
    for (const zone of this.#zones.keys()) yield* awaitZone(this.#run, zone);
    return this.#zones;
  }

  #unwritten(clusters: readonly RecordCluster[]): readonly RecordCluster[] {
    return clusters.filter(({ clusterId }) => {
      const done = this.#done.get(clusterId);
      // What time may cure is tried again at the next look.
      return done === undefined || done.failure?.kind === 'transient';
    });
  }

  /** Null where there is no address yet, or where it does not fit: that is a fault of this cluster, and the others go on. */
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
    const wanted = missing.map(({ cluster: { clusterId }, zone, record }) => ({
      clusterId,
      zoneId: this.#zones.get(zone) ?? '',
      record,
    }));
    yield* writeInBatches(this.#run, this.#address, wanted, (clusterId, outcome) => {
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

function leftToOthers({ cluster, host, port, zone }: Placed): ClusterRecord {
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
    reason: 'dns.manage is false: somebody else creates the record',
  };
}

interface RecordToWrite {
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
  'connection' | 'steps' | 'attempts' | 'sleep' | 'continueAsNewIfLong' | 'continueAsNewWhenIdle'
>;

type OnSettled = (clusterId: string, outcome: Outcome<EnsuredRecord>) => void;

/**
 * Writes records in batches, each batch within one zone. Tells of each record as soon as it is settled, since the run may
 * renew itself before the others are; never throws a failure.
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
    run.continueAsNewIfLong();
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
