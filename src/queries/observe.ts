import type { Connection } from '../domain/connection/connection.ts';
import { isOurs } from '../domain/connection/marks.ts';
import { regionalZoneName } from '../domain/connection/names.ts';
import { parseZoneId, resourceGroupId, sameResource } from '../domain/connection/resourceId.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { succeeded } from '../domain/failure/failure.ts';
import type { ReadGuards } from '../domain/plan/guards.ts';
import { lockScopes, policyQuestions } from '../domain/plan/guards.ts';
import type { Observation, ObservedRest, ObservedZone } from '../domain/plan/observation.ts';
import { asksForCensus, obsoleteReadingOf } from '../domain/plan/obsolete.ts';
import type { PlanRow } from '../domain/plan/rows.ts';
import { subscriptionsOf } from '../domain/plan/subscriptionGuards.ts';
import { hostOfRegion, isDedicated, predictedHost } from '../domain/resources/cluster.ts';
import type { Cluster, EndpointService, Subnet, VirtualNetwork } from '../domain/resources/model.ts';
import { isOwnedBy } from '../domain/resources/zoneOwner.ts';
import type { Ports } from '../ports.ts';
import { endpointCensus } from './proof.ts';
import { observeZones, readZonesNamed } from './observeZones.ts';
import { checkOwners } from './owners.ts';
import { mapEach, readEach, tryRead } from './tryRead.ts';

/** Azure's private link port for Zilliz (reference: ports); the port of a record always comes from the cluster. */
const SERVICE_PORT = 19530;

/** The most unlisted clusters that are read one by one. Others are reported as not listed. */
const MOST_MISSING = 20;

/**
 * Reads the whole chain once, Azure and Zilliz in parallel, without a write. A transient failure is thrown, so that the step is
 * tried again. Any other failure is part of the observation.
 */
export async function observe(ports: Ports, connection: Connection): Promise<Observation> {
  const { zilliz, network } = ports;
  const { projectId } = connection;
  const project = tryRead(() => zilliz.project(projectId));
  const endpointService = tryRead(() => zilliz.endpointService(connection));
  const virtualNetwork = tryRead(() => network.virtualNetwork(connection.virtualNetworkId));
  const clusters = tryRead(() => zilliz.clusters(connection));
  const subnet = tryRead(() => network.subnet(connection.subnetId));
  const endpoint = tryRead(() => network.privateEndpoint(connection.privateEndpoint.id));
  const reads = {
    project,
    otherProjects: project.then((found) => otherProjects(ports, projectId, found)),
    regions: tryRead(() => zilliz.regions(projectId)),
    endpointService,
    serviceVisible: Promise.all([endpointService, virtualNetwork]).then(([service, found]) =>
      serviceVisible(ports, connection, valueOf(service), valueOf(found)),
    ),
    registrations: tryRead(() => zilliz.privateEndpoints(projectId)),
    clusters,
    clustersElsewhere: clusters.then((found) => clustersElsewhere(ports, connection, valueOf(found))),
    resourceGroup: tryRead(() => network.resourceGroup(connection.privateEndpoint.resourceGroupId)),
    zoneResourceGroup: tryRead(() => network.resourceGroup(connection.zoneResourceGroupId)),
    virtualNetwork,
    linkedNetworks: mapEach(connection.linkedNetworks, (id) => linkedNetwork(ports, id)),
    subnet,
    endpoint,
    endpointAddress: endpoint.then((found) => addressOf(ports, valueOf(found)?.networkInterfaceId ?? null)),
    zones: clusters.then((found) => observeZones(ports, connection, valueOf(found) ?? [])),
    blockedPorts: subnet.then((found) => blockedPorts(ports, valueOf(found))),
  };
  // Throws the first failure, and handles the others.
  await Promise.all([...Object.values(reads)]);
  return {
    project: await reads.project,
    otherProjects: await reads.otherProjects,
    regions: await reads.regions,
    endpointService: await reads.endpointService,
    serviceVisible: await reads.serviceVisible,
    registrations: await reads.registrations,
    clusters: await reads.clusters,
    clustersElsewhere: await reads.clustersElsewhere,
    resourceGroup: await reads.resourceGroup,
    zoneResourceGroup: await reads.zoneResourceGroup,
    virtualNetwork: await reads.virtualNetwork,
    linkedNetworks: await reads.linkedNetworks,
    subnet: await reads.subnet,
    endpoint: await reads.endpoint,
    endpointAddress: await reads.endpointAddress,
    blockedPorts: await reads.blockedPorts,
    ...(await reads.zones),
  };
}

function valueOf<T>(outcome: Outcome<T>): T | null {
  return outcome.ok ? outcome.value : null;
}

/** The list only helps to correct the request: without it the fault is the same. */
async function otherProjects(
  { zilliz }: Ports,
  projectId: string,
  found: Observation['project'],
): Promise<Observation['otherProjects']> {
  if (!found.ok || found.value !== null) return [];
  return valueOf(await tryRead(() => zilliz.projects(projectId), 'all')) ?? [];
}

/** Azure cannot check a service that is given by resource ID. Then the endpoint shows whether the service may be used. */
function serviceVisible(
  ports: Ports,
  { subscriptionId, privateEndpoint: { resourceGroup } }: Connection,
  listed: EndpointService | null,
  virtualNetwork: VirtualNetwork | null,
): Promise<Outcome<boolean | null>> {
  const alias = listed?.service ?? null;
  if (alias === null || alias.startsWith('/') || !virtualNetwork) return Promise.resolve(succeeded(null));
  const { location } = virtualNetwork;
  const where = { subscriptionId, resourceGroup, location, alias };
  return tryRead(() => ports.network.isPrivateLinkServiceVisible(where));
}

/** Reads requested clusters that are not listed, to report that they are in another project or region. */
async function clustersElsewhere(
  ports: Ports,
  { projectId, spec }: Connection,
  listed: readonly Cluster[] | null,
): Promise<readonly Cluster[]> {
  if (!listed || spec.clusters === 'all') return [];
  const missing = spec.clusters.filter((id) => !listed.some(({ clusterId }) => clusterId === id));
  const found = await readEach(missing.slice(0, MOST_MISSING), (id) => ports.zilliz.cluster(projectId, id));
  return found.flatMap((outcome) => (outcome.ok && outcome.value !== 'gone' ? outcome.value : []));
}

async function linkedNetwork(ports: Ports, id: string): Promise<Observation['linkedNetworks'][number]> {
  return { id, network: await tryRead(() => ports.network.virtualNetwork(id)) };
}

async function addressOf(ports: Ports, networkInterfaceId: string | null): Promise<string | null> {
  if (networkInterfaceId === null) return null;
  const read = await tryRead(() => ports.network.privateIpAddress(networkInterfaceId));
  return read.ok ? read.value : null;
}

function blockedPorts(ports: Ports, subnet: Subnet | null): Promise<Observation['blockedPorts']> {
  if (!subnet) return Promise.resolve(succeeded([]));
  return tryRead(() => ports.network.blockedPorts(subnet, [SERVICE_PORT]));
}

/** Reads what a plan needs beside the chain: zones of an earlier specification, their other owners, the identity's permissions. */
export async function observeRest(
  ports: Ports,
  connection: Connection,
  observed: Observation,
): Promise<ObservedRest> {
  const { formerZones, unreadFormerZones } = await observeFormerZones(ports, connection, observed);
  const zones = observed.zones.ok ? observed.zones.value : [];
  const permissions = await observePermissions(ports, connection, observed, [...zones, ...formerZones]);
  const toPrune = [...formerZones, ...zones.filter((zone) => hasSpareLink(connection, zone))];
  const ownerCheck = await checkOwners(ports, toPrune, connection.id);
  const census = await observeCensus(ports, connection, { ...observed, formerZones, ownerCheck });
  const principalId = await ports.network.principalId();
  return { formerZones, unreadFormerZones, permissions, principalId, ownerCheck, census };
}

async function observeCensus(
  ports: Ports,
  connection: Connection,
  observed: Observation & Pick<ObservedRest, 'formerZones' | 'ownerCheck'>,
): Promise<ObservedRest['census']> {
  const reading = obsoleteReadingOf(connection, observed);
  if (!reading || !asksForCensus(connection, reading)) return null;
  return endpointCensus(ports, connection.subscriptionId);
}

/** Returns the zones that the connection used in another layout; none without the right to list zones. */
async function observeFormerZones(
  ports: Ports,
  connection: Connection,
  observed: Observation,
): Promise<Pick<ObservedRest, 'formerZones' | 'unreadFormerZones'>> {
  const nothing = { formerZones: [], unreadFormerZones: [] };
  if (!connection.spec.dns.manage || !observed.clusters.ok) return nothing;
  const names = formerNames(connection, observed.clusters.value);
  const read = await tryRead(() => readZonesNamed(ports, connection, names));
  if (!read.ok) return nothing;
  const { zones, unread } = read.value;
  return {
    formerZones: zones.filter((zone) => isOwnedBy(zone, connection.id)),
    // A zone elsewhere may have used the name for long: nothing says that the connection was in it.
    unreadFormerZones: unread.filter(({ id }) => isInGroup(id, connection.zoneResourceGroupId)),
  };
}

function isInGroup(zoneId: string, groupId: string): boolean {
  const zone = parseZoneId(zoneId);
  return zone !== null && sameResource(resourceGroupId(zone.subscriptionId, zone.resourceGroup), groupId);
}

function formerNames(connection: Connection, clusters: readonly Cluster[]): readonly string[] {
  if (connection.spec.dns.layout === 'per-cluster') return [regionalZoneName(connection.regionId)];
  return clusters.filter(isDedicated).flatMap((cluster) => {
    const address = cluster.privateLinkAddress ?? predictedHost(cluster.clusterId, connection.regionId);
    return hostOfRegion(address, connection.regionId)?.host ?? [];
  });
}

/** Returns whether the app linked a zone of the connection to a network that is not in the specification. */
function hasSpareLink(connection: Connection, zone: ObservedZone): boolean {
  return (
    isOwnedBy(zone, connection.id) &&
    zone.links.some(
      (link) =>
        isOurs(link.tags) &&
        !connection.linkedNetworks.some((network) => sameResource(network, link.virtualNetworkId)),
    )
  );
}

/** Reads the identity's permissions in the groups and networks that a run writes to. */
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
  return mapEach(scopes, async (scope) => ({
    scope,
    permissions: await tryRead(() => ports.network.permissions(scope)),
  }));
}

/**
 * Asks for the subscriptions, locks and policies that concern the rows of a plan. A check of a policy or of a
 * subscription that fails for any reason is a warning: the first write says the same, and a run must not wait for it.
 */
export async function observeGuards(
  ports: Pick<Ports, 'network'>,
  connection: Connection,
  observed: Observation,
  rows: readonly PlanRow[],
): Promise<ReadGuards> {
  const { endpointService, virtualNetwork } = observed;
  const missing = missingScopes(connection, observed);
  const isThere = (scope: string): boolean => !missing.some((other) => sameResource(other, scope));
  const networks = connection.spec.dns.manage ? connection.linkedNetworks : [];
  const scopes = lockScopes(rows, [connection.virtualNetworkId, ...networks]).filter(isThere);
  const questions = policyQuestions(connection, rows, {
    location: valueOf(virtualNetwork)?.location ?? '',
    target: valueOf(endpointService)?.service ?? null,
  }).filter(({ scope }) => isThere(scope));
  const [subscriptions, locks, policies] = await Promise.all([
    observeSubscriptions(ports, subscriptionsOf(rows)),
    observeLocks(ports, scopes),
    mapEach(questions, async (question) => ({
      question,
      findings: await tryRead(() => ports.network.policyFindings(question), 'all'),
    })),
  ]);
  return { subscriptions, locks, policies };
}

function observeSubscriptions(
  { network }: Pick<Ports, 'network'>,
  subscriptionIds: readonly string[],
): Promise<ReadGuards['subscriptions']> {
  return mapEach(subscriptionIds, async (subscriptionId) => {
    const [state, registration] = await Promise.all([
      tryRead(() => network.subscriptionState(subscriptionId), 'all'),
      tryRead(() => network.networkRegistration(subscriptionId), 'all'),
    ]);
    return { subscriptionId, state, registration };
  });
}

export function observeLocks(
  ports: Pick<Ports, 'network'>,
  scopes: readonly string[],
): Promise<ReadGuards['locks']> {
  return mapEach(scopes, async (scope) => ({
    scope,
    locks: await tryRead(() => ports.network.locks(scope)),
  }));
}

/** Returns the scopes that do not exist. They have no permissions, and are another fault. */
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
