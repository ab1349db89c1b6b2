import type { ClusterView } from '../domain/connection/clusterView.ts';
import { clusterViews } from '../domain/connection/clusterView.ts';
import type { Connection } from '../domain/connection/connection.ts';
import type { EndpointHealth } from '../domain/connection/endpointHealth.ts';
import { endpointHealth } from '../domain/connection/endpointHealth.ts';
import { readEndpointMarks } from '../domain/connection/marks.ts';
import { endpointId, regionalZoneName } from '../domain/connection/names.ts';
import { asMarked } from '../domain/connection/storedConnection.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import { hostOfRegion, wantedClusters } from '../domain/resources/cluster.ts';
import type { ARecordSet, Cluster, PrivateEndpoint } from '../domain/resources/model.ts';
import type { Ports } from '../ports.ts';
import { readZonesNamed } from './observeZones.ts';
import { tryRead } from './tryRead.ts';

/** The present state of a connection, independent of its runs. What could not be read is null; `incomplete` holds the reasons. */
export interface LiveView {
  /** ISO 8601. The view is cached for a short time, since Azure Private DNS limits reads. */
  readonly readAt: string;
  /** The health of the private endpoint; null if it could not be read. */
  readonly standing: EndpointHealth | null;
  readonly privateEndpoint: {
    readonly id: string;
    readonly provisioningState: string;
    readonly connectionState: string;
    readonly endpointId: string | null;
    readonly address: string | null;
    /** Alias or resource ID of Zilliz's private link service. */
    readonly target: string;
    /** When this connection added the subscription to Zilliz's whitelist, which no API can undo. */
    readonly whitelistedAt: string | null;
  } | null;
  readonly zones: readonly { readonly id: string; readonly linkedNetworks: readonly string[] }[];
  readonly clusters: readonly ClusterView[];
  readonly incomplete: readonly { readonly scope: string; readonly reason: string }[];
}

/** Reads Azure and Zilliz for display to the user. A failed read does not throw: it is reported in `incomplete`. */
export async function observeLive(ports: Ports, connection: Connection, readAt: string): Promise<LiveView> {
  const incomplete: { scope: string; reason: string }[] = [];
  const readOr = async <T>(scope: string, read: () => Promise<T>, fallback: T): Promise<T> =>
    valueOr(scope, await tryRead(read, 'all'), fallback);
  const valueOr = <T>(scope: string, outcome: Outcome<T>, fallback: T): T => {
    if (outcome.ok) return outcome.value;
    incomplete.push({ scope, reason: outcome.failure.message });
    return fallback;
  };
  const { projectId, privateEndpoint } = connection;
  const [found, clusters, onDemandClusters] = await Promise.all([
    readOr(
      privateEndpoint.id,
      async () => {
        const { id } = privateEndpoint;
        // Reads twice: ARM may not find an existing endpoint for a moment, and the view would report it as deleted.
        const endpoint =
          (await ports.network.privateEndpoint(id)) ?? (await ports.network.privateEndpoint(id));
        return { endpoint, standing: endpointHealth(connection, endpoint) };
      },
      null,
    ),
    readOr(projectId, () => ports.zilliz.clusters(connection), []),
    readOr(projectId, () => ports.zilliz.onDemandClusters(connection), []),
  ]);
  const endpoint = found?.endpoint ?? null;
  const standing = found?.standing ?? null;
  const networkInterfaceId = endpoint?.networkInterfaceId ?? null;
  const [address, observed] = await Promise.all([
    networkInterfaceId === null
      ? null
      : readOr(networkInterfaceId, () => ports.network.privateIpAddress(networkInterfaceId), null),
    tryRead(() => readZonesNamed(ports, connection, zoneNames(connection, clusters), 'all'), 'all'),
  ]);
  const group = connection.zoneResourceGroupId;
  const read = valueOr(group, observed, []);
  const zones = read.flatMap((zone) => valueOr<ObservedZone | null>(group, zone, null) ?? []);
  const unreadZone = [observed, ...read].flatMap((outcome) => (outcome.ok ? [] : outcome.failure.message))[0];
  const records: readonly ARecordSet[] = zones.flatMap((zone) => zone.records);
  return {
    readAt,
    standing,
    privateEndpoint: endpoint && endpointView(endpoint, address),
    zones: zones.map(({ zone, links }) => ({
      id: zone.id,
      linkedNetworks: links.map(({ virtualNetworkId }) => virtualNetworkId),
    })),
    clusters: clusterViews(asMarked(connection, endpoint), {
      clusters,
      onDemandClusters,
      records,
      address,
      health: standing,
      unreadZone: unreadZone ?? null,
    }),
    incomplete: [...new Map(incomplete.map((one) => [JSON.stringify(one), one])).values()],
  };
}

function endpointView(
  endpoint: PrivateEndpoint,
  address: string | null,
): NonNullable<LiveView['privateEndpoint']> {
  const { id, name, provisioningState, connectionState, resourceGuid, target, tags } = endpoint;
  return {
    id,
    provisioningState,
    connectionState: connectionState.text,
    endpointId: resourceGuid === null ? null : endpointId(name, resourceGuid),
    address,
    target,
    whitelistedAt: readEndpointMarks(tags)?.whitelistedAt ?? null,
  };
}

function zoneNames(connection: Connection, clusters: readonly Cluster[]): readonly string[] {
  if (!connection.spec.dns.manage) return [];
  if (connection.spec.dns.layout === 'regional') return [regionalZoneName(connection.regionId)];
  return wantedClusters(connection, clusters).flatMap(({ privateLinkAddress }) =>
    privateLinkAddress === null ? [] : (hostOfRegion(privateLinkAddress, connection.regionId)?.host ?? []),
  );
}
