import type { Connection } from '../domain/connection/connection.ts';
import { sameEndpointId } from '../domain/connection/names.ts';
import { keepExclusions } from '../domain/connection/storedConnection.ts';
import type { AllocationView } from '../domain/resources/allocation.ts';
import { isAsleep, isAwaited, wantedClusters } from '../domain/resources/cluster.ts';
import { currentEndpointId, parseEndpointStatus } from '../domain/resources/registration.ts';
import type { Ports } from '../ports.ts';
import type { Policy } from './activities.ts';

/** Reads Azure and Zilliz once for the three signals of the guide, "Obtain a private link". They change at different times. */
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
  // An endpoint that was created again under the same name has another GUID. It does not belong to this run.
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
      asleep: isAsleep(cluster),
    })),
  };
}
