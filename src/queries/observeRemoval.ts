import type { Connection } from '../domain/connection/connection.ts';
import { isOurs, readEndpointMarks } from '../domain/connection/marks.ts';
import { isZoneOfRegion, regionalZoneName } from '../domain/connection/names.ts';
import { isWithinScope, sameResource } from '../domain/connection/resourceId.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import type { OwnedResources } from '../domain/export/ownedResources.ts';
import { ownedResources } from '../domain/export/ownedResources.ts';
import { ProvisioningError, fail, succeeded } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import type { KnownOfRun, RemovalObservation, ZonePlace } from '../domain/plan/removal.ts';
import { concerns, staleRegistrations } from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import { parsePrivateLinkAddress, predictedHost } from '../domain/resources/cluster.ts';
import type { PrivateDnsZone, PrivateEndpoint } from '../domain/resources/model.ts';
import { reachOf } from '../domain/resources/reach.ts';
import type { RegistrationProof } from '../domain/resources/registration.ts';
import { ownEndpointOf } from '../domain/resources/registration.ts';
import { wantedZoneId } from '../domain/resources/zone.ts';
import type { Ports } from '../ports.ts';
import { observeZone, subscriptionsOf } from './observeZones.ts';
import { checkOwners } from './owners.ts';
import { askZilliz, endpointCensus } from './proof.ts';
import { mapEach, tryRead } from './tryRead.ts';

/** Returns why the private endpoint of orphaned records may exist; null only if Azure reports that it does not. */
export async function whyEndpointMayExist(
  ports: Pick<Ports, 'network'>,
  subject: Pick<RemovalSubject, 'connectionId' | 'regionId' | 'projectId' | 'privateEndpointId'>,
): Promise<string | null> {
  const { connectionId, privateEndpointId } = subject;
  // A record may name any endpoint. Only the one whose hash is the connection ID says something about the connection.
  if (privateEndpointId === null || !ownEndpointOf({ ...subject, connection: null }))
    return 'its records do not say which private endpoint they were made for';
  try {
    const found = await ports.network.privateEndpoint(privateEndpointId);
    if (!found) return null;
    const carries = readEndpointMarks(found.tags)?.connectionId === connectionId;
    return carries
      ? `${found.id} is there, and Azure does not find it by its tags yet: ask again in a minute`
      : `${found.id} is there, without the marks of the connection`;
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
    return error.failure.message;
  }
}

/**
 * Reads the private endpoint of the removal again; null if Azure reports that it does not exist. With only records left, it
 * throws if the endpoint may exist: then nothing may be removed.
 */
export async function endpointToRemove(
  ports: Ports,
  subject: RemovalSubject,
): Promise<PrivateEndpoint | null> {
  if (subject.connection) return ports.network.privateEndpoint(subject.connection.privateEndpoint.id);
  const doubt = await whyEndpointMayExist(ports, subject);
  if (doubt !== null) throw fail('endpoint-not-visible', doubt);
  return null;
}

/** Reads everything that a connection may own. Throws if something cannot be read, so that it is not treated as gone. */
export async function observeRemoval(
  ports: Ports,
  subject: RemovalSubject,
  known: KnownOfRun,
): Promise<RemovalObservation> {
  const { connectionId, projectId, regionId } = subject;
  const [found, { zones, zonesOfRegion }, zilliz] = await Promise.all([
    endpointToRemove(ports, subject),
    observeZonesConcerned(ports, subject),
    projectId === null
      ? succeeded({ service: null, registered: [] })
      : askZilliz(ports, { projectId, regionId }),
  ]);
  const observed = {
    reach: reachOf(subject),
    endpoint: found,
    address: await addressOf(ports, found),
    zones,
    zonesOfRegion,
    zilliz,
    unregisteredByRun: known.unregisteredByRun,
    knownEndpointIds: known.endpointIds,
    ownerCheck: await checkOwners(ports, zones, connectionId),
  };
  const stale = staleRegistrations(observed);
  return { ...observed, proof: await registrationProof(ports, subject, stale, known.deletedByRun) };
}

/** Collects proof that the private endpoints of these registrations were owned by the connection and are gone. */
export async function registrationProof(
  ports: Ports,
  subject: RemovalSubject,
  endpointIds: readonly string[],
  deletedByRun: readonly string[],
): Promise<RegistrationProof> {
  const own = ownEndpointOf(subject);
  const proof = { ownName: own?.name ?? null, deletedByRun, census: null };
  // Most runs have no such registration, and need no list of all private endpoints.
  if (!own || endpointIds.length === 0) return proof;
  return { ...proof, census: await endpointCensus(ports, own.subscriptionId) };
}

/** Returns the zones that a connection uses or used, and all zones with the app's tags or of its region. */
async function observeZonesConcerned(
  ports: Ports,
  subject: RemovalSubject,
): Promise<{ readonly zones: readonly ObservedZone[]; readonly zonesOfRegion: readonly ObservedZone[] }> {
  const [zonesOfRegion, place] = await Promise.all([
    observeZonesOfRegion(ports, subject),
    placeOf(ports, subject.connection),
  ]);
  return {
    zones: zonesOfRegion.filter((zone) => concerns(zone, subject.connectionId, place)),
    zonesOfRegion,
  };
}

/** Returns the address of an endpoint with the app's marks; null for one of another owner with the same name. */
export async function addressOf(ports: Ports, endpoint: PrivateEndpoint | null): Promise<string | null> {
  if (!endpoint?.networkInterfaceId || !readEndpointMarks(endpoint.tags)) return null;
  return ports.network.privateIpAddress(endpoint.networkInterfaceId);
}

/** Returns zones with the app's tags or a name of the region, in all subscriptions that the connection may have used. */
export async function observeZonesOfRegion(
  ports: Ports,
  { connection, regionId, specReadable }: Pick<RemovalSubject, 'connection' | 'regionId' | 'specReadable'>,
): Promise<readonly ObservedZone[]> {
  const name = regionalZoneName(regionId);
  const isCandidate = (zone: PrivateDnsZone): boolean =>
    isOurs(zone.tags) || isZoneOfRegion(zone.name, regionId);
  const subscriptions =
    connection && specReadable ? subscriptionsOf(connection) : await ports.network.subscriptions();
  const lists = await mapEach(subscriptions, (id) => zonesOf(ports, id, connection, name));
  const observed = await mapEach(lists.flat().filter(isCandidate), (zone) =>
    observeCandidate(ports, zone, regionId),
  );
  return observed.filter((zone) => zone !== null);
}

/** Only a zone that the connection may have to change must be readable. Any other unreadable zone is skipped. */
async function observeCandidate(
  ports: Ports,
  zone: PrivateDnsZone,
  regionId: string,
): Promise<ObservedZone | null> {
  if (isOurs(zone.tags) && isZoneOfRegion(zone.name, regionId)) return observeZone(ports, zone);
  const read = await tryRead(() => observeZone(ports, zone));
  return read.ok ? read.value : null;
}

/** Lists a subscription's zones. Without the right to list, reads only the zone that the connection would have created. */
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

async function placeOf(ports: Ports, connection: Connection | null): Promise<ZonePlace> {
  if (!connection?.spec.dns.manage) {
    return { isNamed: () => false, isWanted: () => false, isLinked: () => false };
  }
  const names = await ownZoneNames(ports, connection);
  return {
    isNamed: (zoneName) => names.includes(zoneName.toLowerCase()),
    isWanted: (zoneId) => isWithinScope(zoneId, connection.zoneResourceGroupId),
    isLinked: (networkId) => connection.linkedNetworks.some((network) => sameResource(network, networkId)),
  };
}

/** Returns the zone names of the connection's layout. With a zone for each cluster: only those of its own project's clusters. */
async function ownZoneNames(ports: Ports, connection: Connection): Promise<readonly string[]> {
  const { regionId, spec } = connection;
  if (spec.dns.layout === 'regional') return [regionalZoneName(regionId)];
  const listed = await tryRead(() => ports.zilliz.clusters(connection));
  const named = [...(spec.clusters === 'all' ? [] : spec.clusters), ...spec.exclusions];
  const own = (listed.ok ? listed.value : []).filter(
    ({ clusterId }) => spec.clusters === 'all' || named.includes(clusterId),
  );
  return [
    ...named.map((clusterId) => predictedHost(clusterId, regionId)),
    ...own.map(({ clusterId }) => predictedHost(clusterId, regionId)),
    ...own.flatMap(({ privateLinkAddress }) => parsePrivateLinkAddress(privateLinkAddress ?? '')?.host ?? []),
  ];
}

/** Reads the zones that a connection uses or used. */
export async function readZonesConcerned(
  ports: Ports,
  subject: RemovalSubject,
): Promise<readonly ObservedZone[]> {
  return (await observeZonesConcerned(ports, subject)).zones;
}

/** Reads all resources that a connection owns. */
export async function readOwnedResources(ports: Ports, stored: StoredConnection): Promise<OwnedResources> {
  const subject = subjectOf(stored.connection, { specReadable: stored.specReadable });
  return ownedResources(stored, { zones: await readZonesConcerned(ports, subject) });
}
