import type { Connection } from '../domain/connection/connection.ts';
import { regionalZoneName } from '../domain/connection/names.ts';
import { parseResourceId, sameResource } from '../domain/connection/resourceId.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { succeeded } from '../domain/failure/failure.ts';
import type { Observation, ObservedZone } from '../domain/plan/observation.ts';
import { hostOfRegion, predictedHost, wantedClusters } from '../domain/resources/cluster.ts';
import type { Cluster, PrivateDnsZone } from '../domain/resources/model.ts';
import { wantedZoneId } from '../domain/resources/zone.ts';
import type { Dns, Ports } from '../ports.ts';
import { mapEach, readEach, tryRead } from './tryRead.ts';
import type { KeptFailures } from './tryRead.ts';

/** Reads the zones of the wanted names in the connection's subscriptions, and the zones where its network registers machines. */
export async function observeZones(
  ports: Ports,
  connection: Connection,
  clusters: readonly Cluster[],
): Promise<Pick<Observation, 'zones' | 'registrationZones'>> {
  if (!connection.spec.dns.manage) return { zones: succeeded([]), registrationZones: succeeded([]) };
  const names = zoneNames(connection, clusters);
  const candidates = await tryRead(() => candidateZones(ports, connection, names));
  if (!candidates.ok) return { zones: candidates, registrationZones: candidates };
  return {
    zones: await tryRead(() => mapEach(named(candidates.value, names), (zone) => observeZone(ports, zone))),
    registrationZones: await tryRead(() => registrations(ports, connection, candidates.value)),
  };
}

/** The reads that are needed to find and read zones. */
export interface ZoneReads {
  readonly dns: Pick<Dns, 'zone' | 'zones' | 'links' | 'records'>;
}

/** Returns the zones of these names that a connection could use, with their links and records. Throws if one cannot be read. */
export async function observeZonesNamed(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
): Promise<readonly ObservedZone[]> {
  const zones = named(await candidateZones(ports, connection, names), names);
  return mapEach(zones, (zone) => observeZone(ports, zone));
}

/** The same, with the failure of each zone that cannot be read beside the others. */
export async function readZonesNamed(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
  kept?: KeptFailures,
): Promise<readonly Outcome<ObservedZone>[]> {
  const zones = named(await candidateZones(ports, connection, names, kept), names);
  return readEach(zones, (zone) => observeZone(ports, zone), kept);
}

function named(zones: readonly PrivateDnsZone[], names: readonly string[]): readonly PrivateDnsZone[] {
  return zones.filter((zone) => names.includes(zone.name.toLowerCase()));
}

/** Lists all zones of the connection's subscriptions. Without the right to list, reads only those that it would create. */
async function candidateZones(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
  kept?: KeptFailures,
): Promise<readonly PrivateDnsZone[]> {
  const lists = await readEach(subscriptionsOf(connection), (id) => ports.dns.zones(id), kept);
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

/** Returns the subscriptions of the resources that a connection owns or uses. */
export function subscriptionsOf(connection: Connection): readonly string[] {
  const ids = [connection.subnetId, connection.zoneResourceGroupId, ...connection.linkedNetworks];
  return [...new Set(ids.flatMap((id) => /^\/subscriptions\/([^/]+)/i.exec(id)?.[1]?.toLowerCase() ?? []))];
}

async function wantedZones(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
): Promise<readonly PrivateDnsZone[]> {
  const zones = await mapEach(names, (name) => ports.dns.zone(wantedZoneId(connection, name)));
  return zones.filter((zone) => zone !== null);
}

export async function observeZone(ports: ZoneReads, zone: PrivateDnsZone): Promise<ObservedZone> {
  const [links, records] = await Promise.all([ports.dns.links(zone.id), ports.dns.records(zone.id)]);
  return { zone, links, records };
}

/** Adds how many record sets each zone has, also those of other owners. */
export function withRecordSets(
  ports: Ports,
  zones: readonly ObservedZone[],
): Promise<readonly (ObservedZone & { readonly recordSets: number })[]> {
  return mapEach(zones, async (zone) => ({
    ...zone,
    recordSets: await ports.dns.recordSetCount(zone.zone.id),
  }));
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
  const links = (await mapEach(registering, (zone) => ports.dns.links(zone.id))).flat();
  return links
    .filter(
      (link) => link.registrationEnabled && sameResource(link.virtualNetworkId, connection.virtualNetworkId),
    )
    .map(({ virtualNetworkId, zoneId }) => ({ virtualNetworkId, zoneId }));
}
