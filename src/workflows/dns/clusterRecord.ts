import type { Failure } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';

export type RecordCluster = Omit<AllocationView['clusters'][number], 'awaited'>;

/** A cluster whose private name has a place in DNS. */
export interface PlacedCluster {
  readonly cluster: RecordCluster;
  readonly host: string;
  readonly port: number;
  /** Name of the zone. */
  readonly zone: string;
  /** Name of the record within the zone. */
  readonly record: string;
}

/** One cluster and the state of its record. */
export interface ClusterRecord {
  readonly clusterId: string;
  readonly connectAddress: string;
  readonly state: 'connected' | 'pending' | 'failed';
  readonly host: string | null;
  readonly port: number | null;
  readonly zoneId: string | null;
  readonly recordSetId: string | null;
  readonly reason: string | null;
  /** Why there is no record; only if the state is failed. */
  readonly failure?: Failure;
}

/** A cluster without a place: it has no address yet, or one that does not fit, which is a fault of this cluster alone. */
export function unplacedRecord(
  { clusterId, connectAddress }: RecordCluster,
  failure: Failure | null,
): ClusterRecord {
  const nowhere = { host: null, port: null, zoneId: null, recordSetId: null };
  if (failure) {
    return { clusterId, connectAddress, ...nowhere, state: 'failed', reason: failure.message, failure };
  }
  const reason = 'Zilliz has not allocated its private link address';
  return { clusterId, connectAddress, ...nowhere, state: 'pending', reason };
}

/** A cluster whose record is created outside this app. */
export function unmanagedRecord({ cluster, host, port }: PlacedCluster): ClusterRecord {
  const { clusterId, connectAddress } = cluster;
  const reason = 'dns.manage is false: the record is created outside this app';
  const nowhere = { zoneId: null, recordSetId: null };
  return { clusterId, connectAddress, state: 'pending', host, port, ...nowhere, reason };
}
