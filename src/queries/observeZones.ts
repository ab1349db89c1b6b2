import type { Connection } from '../domain/connection/connection.ts';
import { regionalZoneName } from '../domain/connection/names.ts';
import { parseResourceId, sameResource } from '../domain/connection/resourceId.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import type { Observation, ObservedZone } from '../domain/plan/observation.ts';
import { hostOfRegion, predictedHost, wantedClusters } from '../domain/resources/cluster.ts';
import type { Cluster, OtherSet, PrivateDnsZone, RecordSets } from '../domain/resources/model.ts';
import { wantedZoneId } from '../domain/resources/zone.ts';
import type { OwnerCheck, ZoneOwner } from '../domain/resources/zoneOwner.ts';
import { ownersIn, zoneOwner } from '../domain/resources/zoneOwner.ts';
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
  readonly dns: Pick<Dns, 'zone' | 'zones' | 'links' | 'recordSets'>;
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

/** Reads all that is in a zone. */
export async function observeZone(ports: ZoneReads, zone: PrivateDnsZone): Promise<ObservedZone> {
  const [links, sets] = await Promise.all([ports.dns.links(zone.id), ports.dns.recordSets(zone.id)]);
  const owners = ownersAmong(sets);
  return { zone, links, records: sets.records, owners, otherSets: otherSetsAmong(sets) };
}

/** Returns the record sets that may hold a wanted name: all but A records and entries of owners. */
export function otherSetsAmong({ texts, others }: Omit<RecordSets, 'records'>): readonly OtherSet[] {
  const foreign = texts.filter((text) => zoneOwner(text) === null);
  return [...others, ...foreign.map(({ name }) => ({ name, type: 'TXT' }))];
}

export function ownersAmong({ texts }: RecordSets): readonly ZoneOwner[] {
  return texts.flatMap((text) => zoneOwner(text) ?? []);
}

/** Reads whether the other owners of the zones exist. One that cannot be read, for any reason, counts as there. */
export async function checkOwners(
  ports: Pick<Ports, 'network'>,
  zones: readonly ObservedZone[],
  connectionId: string,
): Promise<OwnerCheck> {
  const endpoints = new Map(
    zones.flatMap(ownersIn).flatMap(({ connectionId: id, privateEndpointId }) => {
      return id === connectionId || privateEndpointId === null ? [] : [[id, privateEndpointId] as const];
    }),
  );
  const gone: string[] = [];
  const unread: Record<string, string> = {};
  await mapEach([...endpoints], async ([id, privateEndpointId]) => {
    try {
      if ((await ports.network.privateEndpoint(privateEndpointId)) === null) gone.push(id);
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      unread[id] = error.failure.message;
    }
  });
  return { gone, unread };
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
