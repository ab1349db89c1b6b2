import type { Connection } from '../domain/connection/connection.ts';
import { regionalZoneName } from '../domain/connection/names.ts';
import { parseResourceId, sameResource } from '../domain/connection/resourceId.ts';
import { failed, succeeded } from '../domain/failure/failure.ts';
import type { Observation, ObservedZone, UnreadZone, ZonesRead } from '../domain/plan/observation.ts';
import { hostOfRegion, predictedHost, wantedClusters } from '../domain/resources/cluster.ts';
import type { Cluster, OtherSet, PrivateDnsZone, RecordSets } from '../domain/resources/model.ts';
import { wantedZoneId } from '../domain/resources/zone.ts';
import type { ZoneOwner } from '../domain/resources/zoneOwner.ts';
import { zoneOwner } from '../domain/resources/zoneOwner.ts';
import type { Dns, Ports } from '../ports.ts';
import { readEach, tryRead } from './tryRead.ts';
import type { KeptFailures } from './tryRead.ts';

/** Reads the zones of the wanted names in the connection's subscriptions, and the zones where its network registers machines. */
export async function observeZones(
  ports: Ports,
  connection: Connection,
  clusters: readonly Cluster[],
): Promise<Pick<Observation, 'zones' | 'unreadZones' | 'registrationZones'>> {
  const nothing = { zones: succeeded([]), unreadZones: [], registrationZones: succeeded([]) };
  if (!connection.spec.dns.manage) return nothing;
  const names = zoneNames(connection, clusters);
  const candidates = await tryRead(() => candidateZones(ports, connection, names));
  if (!candidates.ok) return { zones: candidates, unreadZones: [], registrationZones: candidates };
  const { zones, unread } = await readNamed(ports, candidates.value, names);
  return {
    zones: succeeded(zones),
    unreadZones: unread,
    registrationZones: await registrations(ports, connection, candidates.value.found),
  };
}

/** The reads that are needed to find and read zones. */
export interface ZoneReads {
  readonly dns: Pick<Dns, 'zone' | 'zones' | 'links' | 'recordSets'>;
}

/** Returns the zones of these names that a connection could use, with their links and records, and those that cannot be read. */
export async function readZonesNamed(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
  kept?: KeptFailures,
): Promise<ZonesRead> {
  return readNamed(ports, await candidateZones(ports, connection, names, kept), names, kept);
}

interface Candidates {
  readonly found: readonly PrivateDnsZone[];
  readonly unread: readonly UnreadZone[];
}

async function readNamed(
  ports: ZoneReads,
  { found, unread }: Candidates,
  names: readonly string[],
  kept?: KeptFailures,
): Promise<ZonesRead> {
  const named = found.filter((zone) => names.includes(zone.name.toLowerCase()));
  const read = await readEach(named, (zone) => observeZone(ports, zone), kept);
  return {
    zones: read.flatMap((zone) => (zone.ok ? zone.value : [])),
    unread: [
      ...unread,
      ...read.flatMap((zone) => (zone.ok ? [] : { ...zoneOf(zone.entry), failure: zone.failure })),
    ],
  };
}

function zoneOf({ id, name }: PrivateDnsZone): Pick<UnreadZone, 'id' | 'name'> {
  return { id, name: name.toLowerCase() };
}

/** Lists all zones of the connection's subscriptions. Without the right to list, reads only those that it would create. */
async function candidateZones(
  ports: ZoneReads,
  connection: Connection,
  names: readonly string[],
  kept?: KeptFailures,
): Promise<Candidates> {
  const lists = await readEach(subscriptionsOf(connection), (id) => ports.dns.zones(id), kept);
  const listed = lists.flatMap((list) => (list.ok ? list.value : []));
  if (lists.every((list) => list.ok)) return { found: listed, unread: [] };
  const ids = names.map((name) => ({ name, id: wantedZoneId(connection, name) }));
  const unlisted = ids.filter(({ id }) => !listed.some((zone) => sameResource(zone.id, id)));
  const read = await readEach(unlisted, ({ id }) => ports.dns.zone(id), kept);
  return {
    found: [...listed, ...read.flatMap((zone) => (zone.ok ? (zone.value ?? []) : []))],
    unread: read.flatMap((zone) => (zone.ok ? [] : { ...zone.entry, failure: zone.failure })),
  };
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

/** A network registers its machines in one zone only: where that one is found, no other needs to be read. */
async function registrations(
  ports: Ports,
  connection: Connection,
  zones: readonly PrivateDnsZone[],
): Promise<Observation['registrationZones']> {
  if (!connection.spec.dns.autoRegistration) return succeeded([]);
  const registering = zones.filter(
    (zone) => zone.registrationLinkCount > 0 && parseResourceId(zone.id) !== null,
  );
  const lists = await readEach(registering, (zone) => ports.dns.links(zone.id));
  const found = lists
    .flatMap((links) => (links.ok ? links.value : []))
    .filter(
      (link) => link.registrationEnabled && sameResource(link.virtualNetworkId, connection.virtualNetworkId),
    )
    .map(({ virtualNetworkId, zoneId }) => ({ virtualNetworkId, zoneId }));
  const unread = lists.find((links) => !links.ok);
  return found.length === 0 && unread?.ok === false ? failed(unread.failure) : succeeded(found);
}
