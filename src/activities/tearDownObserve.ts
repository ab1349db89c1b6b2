import type { Connection } from '../domain/connection.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { isOurs, readEndpointMarks } from '../domain/marks.ts';
import type { PrivateDnsZone, PrivateEndpoint } from '../domain/model.ts';
import { regionalZoneName } from '../domain/naming.ts';
import type { ObservedZone } from '../domain/observation.ts';
import { concerns } from '../domain/removal.ts';
import type { RemovalObservation } from '../domain/removal.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import { isWithinScope, sameResource } from '../domain/resourceId.ts';
import { wantedZoneId } from '../domain/zonePlacement.ts';
import type { Ports } from '../ports.ts';
import { endpointOf } from './lostEndpoint.ts';
import { readZone, subscriptionsOf } from './observe.ts';
import { findAllStored } from './stored.ts';

/** Reads everything that a connection may leave behind. Nothing is taken for gone that could not be read: it throws. */
export async function observeRemoval(
  ports: Ports,
  subject: RemovalSubject,
  knownEndpointIds: readonly string[],
): Promise<RemovalObservation> {
  const { connectionId, projectId } = subject;
  const [found, { zones, zonesOfRegion }, stored, registrations] = await Promise.all([
    endpointOf(ports, subject),
    observeZonesConcerned(ports, subject),
    findAllStored(ports),
    projectId === null ? [] : ports.zilliz.privateEndpoints(projectId),
  ]);
  return {
    connectionId,
    endpoint: found,
    address: await addressOf(ports, found),
    zones: await Promise.all(
      zones.map(async (zone) => ({ ...zone, recordSets: await ports.dns.recordSetCount(zone.zone.id) })),
    ),
    zonesOfRegion,
    registrations,
    knownEndpointIds,
    neighbours: stored.found.filter((other) => other.connection.id !== connectionId),
  };
}

/** The zones that a connection uses or used, among all that are ours or of its region. */
export async function observeZonesConcerned(
  ports: Ports,
  subject: RemovalSubject,
): Promise<{ readonly zones: readonly ObservedZone[]; readonly zonesOfRegion: readonly ObservedZone[] }> {
  const zonesOfRegion = await observeZonesOfRegion(ports, subject);
  const place = placeOf(subject.connection);
  return {
    zones: zonesOfRegion.filter((zone) => concerns(zone, subject.connectionId, place)),
    zonesOfRegion,
  };
}

/** The address of an endpoint of ours; that of somebody else's endpoint of the same name is not our concern. */
export async function addressOf(ports: Ports, endpoint: PrivateEndpoint | null): Promise<string | null> {
  if (!endpoint?.networkInterfaceId || !readEndpointMarks(endpoint.tags)) return null;
  return ports.network.privateIpAddress(endpoint.networkInterfaceId);
}

/** Zones that are ours or have a name of the region, wherever the connection could have met them. */
export async function observeZonesOfRegion(
  ports: Ports,
  { connection, regionId }: Pick<RemovalSubject, 'connection' | 'regionId'>,
): Promise<readonly ObservedZone[]> {
  const name = regionalZoneName(regionId);
  const isCandidate = (zone: PrivateDnsZone): boolean =>
    isOurs(zone.tags) || zone.name.toLowerCase() === name || zone.name.toLowerCase().endsWith(`.${name}`);
  const subscriptions = connection ? subscriptionsOf(connection) : await ports.network.subscriptions();
  const lists = await Promise.all(subscriptions.map((id) => zonesOf(ports, id, connection, name)));
  return Promise.all(
    lists
      .flat()
      .filter(isCandidate)
      .map((zone) => readZone(ports, zone)),
  );
}

/** Without the right to list a subscription's zones, the one where the connection would have made it. */
async function zonesOf(
  ports: Ports,
  subscriptionId: string,
  connection: Connection | null,
  name: string,
): Promise<readonly PrivateDnsZone[]> {
  try {
    return await ports.dns.zones(subscriptionId);
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind !== 'permission') throw error;
    if (!connection) return [];
    const id = wantedZoneId(connection, name);
    if (!isWithinScope(id, `/subscriptions/${subscriptionId}`)) return [];
    const zone = await ports.dns.zone(id);
    return zone ? [zone] : [];
  }
}

function placeOf(connection: Connection | null): Parameters<typeof concerns>[2] {
  if (!connection?.spec.dns.manage) return { isWanted: () => false, isLinked: () => false };
  return {
    isWanted: (zoneId) => isWithinScope(zoneId, connection.zoneResourceGroupId),
    isLinked: (networkId) => connection.linkedNetworks.some((network) => sameResource(network, networkId)),
  };
}
