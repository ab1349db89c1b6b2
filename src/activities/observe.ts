import type { Connection } from '../domain/connection.ts';
import type { Cluster, EndpointService, PrivateDnsZone, Subnet, VirtualNetwork } from '../domain/model.ts';
import { regionalZoneName } from '../domain/naming.ts';
import type { Observation, ObservedZone } from '../domain/observation.ts';
import { succeeded } from '../domain/outcome.ts';
import type { Outcome } from '../domain/outcome.ts';
import { hostOfRegion, predictedHost } from '../domain/privateHost.ts';
import { parseResourceId, sameResource } from '../domain/resourceId.ts';
import { wantedClusters } from '../domain/wantedClusters.ts';
import { wantedZoneId } from '../domain/zonePlacement.ts';
import type { Dns, Ports } from '../ports.ts';
import { attempt } from './attempt.ts';
import { sideBySide } from './sideBySide.ts';

/** Azure's private link port for Zilliz (reference: ports); the port of a record always comes from the cluster. */
const SERVICE_PORT = 19530;
const CLUSTERS_AT_A_TIME = 5;
/** Looked for one by one; more are simply not listed. */
const MOST_MISSING = 20;

/**
 * Reads the whole chain once, both sides in parallel, without a write. A failure that time may cure is thrown, so that the
 * step is tried again; any other stands in the observation beside what could be read.
 */
export async function observe(ports: Ports, connection: Connection): Promise<Observation> {
  const { zilliz, network } = ports;
  const { projectId } = connection;
  const endpointService = attempt(() => zilliz.endpointService(connection));
  const virtualNetwork = attempt(() => network.virtualNetwork(connection.virtualNetworkId));
  const clusters = attempt(() => zilliz.clusters(connection));
  const subnet = attempt(() => network.subnet(connection.subnetId));
  const endpoint = attempt(() => network.privateEndpoint(connection.privateEndpoint.id));
  const { zones, ...read } = await together({
    project: attempt(() => zilliz.project(projectId)),
    regions: attempt(() => zilliz.regions(projectId)),
    endpointService,
    serviceVisible: Promise.all([endpointService, virtualNetwork]).then(([service, found]) =>
      serviceVisible(ports, connection, valueOf(service), valueOf(found)),
    ),
    registrations: attempt(() => zilliz.privateEndpoints(projectId)),
    clusters,
    clustersElsewhere: clusters.then((found) => clustersElsewhere(ports, connection, valueOf(found))),
    resourceGroup: attempt(() => network.resourceGroup(connection.privateEndpoint.resourceGroupId)),
    zoneResourceGroup: attempt(() => network.resourceGroup(connection.zoneResourceGroupId)),
    virtualNetwork,
    linkedNetworks: Promise.all(connection.linkedNetworks.map((id) => linkedNetwork(ports, id))),
    subnet,
    endpoint,
    endpointAddress: endpoint.then((found) => addressOf(ports, valueOf(found)?.networkInterfaceId ?? null)),
    zones: clusters.then((found) => observeZones(ports, connection, valueOf(found) ?? [])),
    blockedPorts: subnet.then((found) => blockedPorts(ports, valueOf(found))),
  });
  return { ...read, ...zones };
}

/** Waits for readings under way. The first that fails is thrown, and no other failure is left unobserved. */
async function together<T extends Readonly<Record<string, Promise<unknown>>>>(
  readings: T,
): Promise<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  const settled = await Promise.all(
    Object.entries(readings).map(async ([name, reading]) => [name, await reading] as const),
  );
  // The same names with what they came to, which is what the type says.
  return Object.fromEntries(settled) as { readonly [K in keyof T]: Awaited<T[K]> };
}

function valueOf<T>(outcome: Outcome<T>): T | null {
  return outcome.ok ? outcome.value : null;
}

/** A service named by resource ID cannot be asked for: Azure says at the endpoint whether it may be used. */
function serviceVisible(
  ports: Ports,
  { subscriptionId }: Connection,
  listed: EndpointService | null,
  virtualNetwork: VirtualNetwork | null,
): Promise<Outcome<boolean | null>> {
  const alias = listed?.service ?? null;
  if (alias === null || alias.startsWith('/') || !virtualNetwork) return Promise.resolve(succeeded(null));
  const { location } = virtualNetwork;
  return attempt(() => ports.network.isPrivateLinkServiceVisible({ subscriptionId, location, alias }));
}

/** Tells the caller who named a cluster of another project or region more than that it is not listed. */
async function clustersElsewhere(
  ports: Ports,
  { projectId, spec }: Connection,
  listed: readonly Cluster[] | null,
): Promise<readonly Cluster[]> {
  if (!listed || spec.clusters === 'all') return [];
  const missing = spec.clusters.filter((id) => !listed.some(({ clusterId }) => clusterId === id));
  const found = await sideBySide(CLUSTERS_AT_A_TIME, missing.slice(0, MOST_MISSING), (id) =>
    attempt(() => ports.zilliz.cluster(projectId, id)),
  );
  return found.flatMap((outcome) => (outcome.ok && outcome.value !== 'gone' ? outcome.value : []));
}

async function linkedNetwork(ports: Ports, id: string): Promise<Observation['linkedNetworks'][number]> {
  return { id, network: await attempt(() => ports.network.virtualNetwork(id)) };
}

async function addressOf(ports: Ports, networkInterfaceId: string | null): Promise<string | null> {
  if (networkInterfaceId === null) return null;
  const read = await attempt(() => ports.network.privateIpAddress(networkInterfaceId));
  return read.ok ? read.value : null;
}

function blockedPorts(ports: Ports, subnet: Subnet | null): Promise<Observation['blockedPorts']> {
  if (!subnet) return Promise.resolve(succeeded([]));
  return attempt(() => ports.network.blockedPorts(subnet, [SERVICE_PORT]));
}

/** The zones of the wanted names wherever the connection could meet them, and where its network is registered. */
async function observeZones(
  ports: Ports,
  connection: Connection,
  clusters: readonly Cluster[],
): Promise<Pick<Observation, 'zones' | 'registrationZones'>> {
  if (!connection.spec.dns.manage) return { zones: succeeded([]), registrationZones: succeeded([]) };
  const names = zoneNames(connection, clusters);
  const candidates = await attempt(() => candidateZones(ports, connection, names));
  if (!candidates.ok) return { zones: candidates, registrationZones: candidates };
  return {
    zones: await attempt(() => readNamed(ports, candidates.value, names)),
    registrationZones: await attempt(() => registrations(ports, connection, candidates.value)),
  };
}

/** What it takes to find and read zones. */
export interface ZoneReads {
  readonly dns: Pick<Dns, 'zone' | 'zones' | 'links' | 'records'>;
}

/** The zones of these names that a connection could use, with their links and records. */
export async function observeZonesNamed(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
): Promise<readonly ObservedZone[]> {
  return readNamed(ports, await candidateZones(ports, connection, names), names);
}

function readNamed(
  ports: ZoneReads,
  zones: readonly PrivateDnsZone[],
  names: readonly string[],
): Promise<readonly ObservedZone[]> {
  const named = zones.filter((zone) => names.includes(zone.name.toLowerCase()));
  return Promise.all(named.map((zone) => readZone(ports, zone)));
}

/** All zones of the subscriptions concerned; without the right to list, the zones where they would be made. */
async function candidateZones(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
): Promise<readonly PrivateDnsZone[]> {
  const lists = await Promise.all(
    subscriptionsOf(connection).map((id) => attempt(() => ports.dns.zones(id))),
  );
  const listed = lists.flatMap((list) => (list.ok ? list.value : []));
  if (lists.every((list) => list.ok)) return listed;
  const wanted = await wantedZones(ports, connection, names);
  return [...listed, ...wanted.filter((zone) => !listed.some((other) => sameResource(other.id, zone.id)))];
}

function zoneNames(connection: Connection, clusters: readonly Cluster[]): readonly string[] {
  if (connection.spec.dns.layout === 'regional') return [regionalZoneName(connection.regionId)];
  return wantedClusters(connection, clusters).flatMap((cluster) => {
    const address = cluster.privateLinkAddress ?? predictedHost(cluster.clusterId, connection.regionId);
    return hostOfRegion(address, connection.regionId)?.host ?? [];
  });
}

/** The subscriptions in which a connection has or uses something. */
export function subscriptionsOf(connection: Connection): readonly string[] {
  const ids = [connection.subnetId, connection.zoneResourceGroupId, ...connection.linkedNetworks];
  return [...new Set(ids.flatMap((id) => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase() ?? []))];
}

async function wantedZones(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
): Promise<readonly PrivateDnsZone[]> {
  const zones = await Promise.all(names.map((name) => ports.dns.zone(wantedZoneId(connection, name))));
  return zones.filter((zone) => zone !== null);
}

export async function readZone(ports: ZoneReads, zone: PrivateDnsZone): Promise<ObservedZone> {
  const [links, records] = await Promise.all([ports.dns.links(zone.id), ports.dns.records(zone.id)]);
  return { zone, links, records };
}

async function registrations(
  ports: Ports,
  connection: Connection,
  zones: readonly PrivateDnsZone[],
): Promise<readonly { readonly virtualNetworkId: string; readonly zoneId: string }[]> {
  if (!connection.spec.dns.autoRegistration) return [];
  const registering = zones.filter(
    (zone) => zone.registrationLinkCount > 0 && parseResourceId(zone.id) !== null,
  );
  const links = (await Promise.all(registering.map((zone) => ports.dns.links(zone.id)))).flat();
  return links
    .filter(
      (link) => link.registrationEnabled && sameResource(link.virtualNetworkId, connection.virtualNetworkId),
    )
    .map(({ virtualNetworkId, zoneId }) => ({ virtualNetworkId, zoneId }));
}
