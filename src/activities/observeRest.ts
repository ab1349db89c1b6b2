import type { Connection } from '../domain/connection.ts';
import { ownersOf } from '../domain/decideRemoval.ts';
import type { Neighbour } from '../domain/decideRemoval.ts';
import { isOurs } from '../domain/marks.ts';
import type { Cluster } from '../domain/model.ts';
import { regionalZoneName } from '../domain/naming.ts';
import type { Observation, ObservedRest, ObservedZone } from '../domain/observation.ts';
import type { Outcome } from '../domain/outcome.ts';
import { hostOfRegion, predictedHost } from '../domain/privateHost.ts';
import { parseZoneId, resourceGroupId, sameResource } from '../domain/resourceId.ts';
import { leftoverReadingOf } from '../domain/leftoverReading.ts';
import { asksForCensus } from '../domain/planLeftovers.ts';
import { isDedicated } from '../domain/wantedClusters.ts';
import type { Ports } from '../ports.ts';
import { attempt } from './attempt.ts';
import { endpointCensus } from './endpointCensus.ts';
import { observeZonesNamed } from './observe.ts';
import { findAllStored } from './stored.ts';

/** What a plan needs beside the chain itself: what an earlier specification left, who else is there, and the identity's rights. */
export async function observeRest(
  ports: Ports,
  connection: Connection,
  observed: Observation,
): Promise<ObservedRest> {
  const formerZones = await observeFormerZones(ports, connection, observed);
  const zones = observed.zones.ok ? observed.zones.value : [];
  const permissions = await observePermissions(ports, connection, observed, [...zones, ...formerZones]);
  const mayRemove = formerZones.length > 0 || zones.some((zone) => hasSpareLink(connection, zone));
  const neighbours = mayRemove ? await observeNeighbours(ports, connection) : [];
  const census = await observeCensus(ports, connection, { ...observed, formerZones, neighbours });
  return { formerZones, permissions, neighbours, census };
}

async function observeCensus(
  ports: Ports,
  connection: Connection,
  observed: Observation & Pick<ObservedRest, 'formerZones' | 'neighbours'>,
): Promise<ObservedRest['census']> {
  const reading = leftoverReadingOf(connection, observed);
  if (!reading || !asksForCensus(connection, reading)) return null;
  return endpointCensus(ports, connection.subscriptionId);
}

/** Zones in which another layout of the connection kept its records. Without the right to list zones there are none to see. */
async function observeFormerZones(
  ports: Ports,
  connection: Connection,
  observed: Observation,
): Promise<ObservedRest['formerZones']> {
  if (!connection.spec.dns.manage || !observed.clusters.ok) return [];
  const names = formerNames(connection, observed.clusters.value);
  const zones = await attempt(() => observeZonesNamed(ports, connection, names));
  if (!zones.ok) return [];
  const own = zones.value.filter(({ records }) => ownersOf(records).includes(connection.id));
  return Promise.all(
    own.map(async (zone) => ({ ...zone, recordSets: await ports.dns.recordSetCount(zone.zone.id) })),
  );
}

function formerNames(connection: Connection, clusters: readonly Cluster[]): readonly string[] {
  if (connection.spec.dns.layout === 'per-cluster') return [regionalZoneName(connection.regionId)];
  return clusters.filter(isDedicated).flatMap((cluster) => {
    const address = cluster.privateLinkAddress ?? predictedHost(cluster.clusterId, connection.regionId);
    return hostOfRegion(address, connection.regionId)?.host ?? [];
  });
}

/** Whether a zone with records of ours is linked by us to a network that is not named any more. */
function hasSpareLink(connection: Connection, { links, records }: ObservedZone): boolean {
  return (
    ownersOf(records).includes(connection.id) &&
    links.some(
      (link) =>
        isOurs(link.tags) &&
        !connection.linkedNetworks.some((network) => sameResource(network, link.virtualNetworkId)),
    )
  );
}

async function observeNeighbours(ports: Ports, connection: Connection): Promise<readonly Neighbour[]> {
  const { found } = await findAllStored(ports);
  return found.filter((other) => other.connection.id !== connection.id);
}

/** The identity's rights in the groups and networks that a run writes to. */
function observePermissions(
  ports: Ports,
  connection: Connection,
  observed: Observation,
  zones: readonly ObservedZone[],
): Promise<ObservedRest['permissions']> {
  const groups = zones.flatMap(({ zone }) => {
    const id = parseZoneId(zone.id);
    return id ? resourceGroupId(id.subscriptionId, id.resourceGroup) : [];
  });
  const dns = connection.spec.dns.manage
    ? [connection.zoneResourceGroupId, ...groups, ...connection.linkedNetworks]
    : [];
  const all = [connection.privateEndpoint.resourceGroupId, connection.virtualNetworkId, ...dns];
  const missing = missingScopes(connection, observed);
  const scopes = all.filter(
    (scope, index) =>
      all.findIndex((other) => sameResource(other, scope)) === index &&
      !missing.some((other) => sameResource(other, scope)),
  );
  return Promise.all(
    scopes.map(async (scope) => ({
      scope,
      permissions: await attempt(() => ports.network.permissions(scope)),
    })),
  );
}

/** Nobody has rights at what is not there, and that is another fault. */
function missingScopes(
  connection: Connection,
  { resourceGroup, zoneResourceGroup, virtualNetwork, linkedNetworks }: Observation,
): readonly string[] {
  const isMissing = (read: Outcome<unknown>): boolean => read.ok && read.value === null;
  return [
    ...(isMissing(resourceGroup) ? [connection.privateEndpoint.resourceGroupId] : []),
    ...(isMissing(zoneResourceGroup) ? [connection.zoneResourceGroupId] : []),
    ...(isMissing(virtualNetwork) ? [connection.virtualNetworkId] : []),
    ...linkedNetworks.filter(({ network }) => isMissing(network)).map(({ id }) => id),
  ];
}
