import type { EnsuredRecord } from '../../activities/records.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { placeCluster } from '../../domain/resources/cluster.ts';
import type { Step } from '../../durable/run.ts';
import type { ConnectRun } from '../connect/connectRun.ts';
import { writeInBatches } from './recordBatches.ts';
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
