import type { Connection } from '../domain/connection/connection.ts';
import { sameEndpointId } from '../domain/connection/names.ts';
import { keepExclusions } from '../domain/connection/storedConnection.ts';
import { currentEndpointId } from '../domain/plan/removal.ts';
import { isAwaited, wantedClusters } from '../domain/resources/cluster.ts';
import { parseEndpointStatus } from '../domain/resources/registration.ts';
import type { Ports } from '../ports.ts';
import type { Policy } from './activities.ts';

export interface AllocationView {
  /** Azure's connection state; `Absent` when the endpoint is gone. */
  readonly connection: 'Pending' | 'Approved' | 'Rejected' | 'Disconnected' | 'Other' | 'Absent';
  /** The words as Azure and Zilliz wrote them, for the time-out message. */
  readonly connectionText: string;
  readonly registration: 'ready' | 'failed' | 'working' | 'absent';
  readonly registrationText: string;
  /** The clusters that shall have a record. */
  readonly clusters: readonly {
    readonly clusterId: string;
    readonly privateLinkAddress: string | null;
    readonly connectAddress: string;
    /** Whether the run waits for its address; sync gives the others their record when they have theirs. */
    readonly awaited: boolean;
  }[];
}

/** Guide, "Obtain a private link": the three signals, which come apart in time, in one look at both sides. */
export async function observeAllocation(
  ports: Ports,
  policy: Policy,
  input: { readonly connection: Connection; readonly endpointId: string },
): Promise<AllocationView> {
  const { connection, endpointId } = input;
  const [found, registered, clusters] = await Promise.all([
    ports.network.privateEndpoint(connection.privateEndpoint.id),
    ports.zilliz.privateEndpoints(connection.projectId),
    ports.zilliz.clusters(connection),
  ]);
  // Another of the same name has another GUID, and is none of this run's.
  const current = found && currentEndpointId(found);
  const endpoint = current === null || sameEndpointId(current, endpointId) ? found : null;
  const own = registered.find((candidate) => sameEndpointId(candidate.endpointId, endpointId));
  return {
    connection: endpoint?.connectionState.status ?? 'Absent',
    connectionText: endpoint
      ? `${endpoint.connectionState.text} ${endpoint.connectionState.description}`.trim()
      : 'absent',
    registration: own ? parseEndpointStatus(own.status, policy.zillizStatuses) : 'absent',
    registrationText: own?.status ?? 'not listed',
    clusters: wantedClusters(keepExclusions(connection, endpoint), clusters).map((cluster) => ({
      clusterId: cluster.clusterId,
      privateLinkAddress: cluster.privateLinkAddress,
      connectAddress: cluster.connectAddress,
      awaited: isAwaited(connection, cluster),
    })),
  };
}
