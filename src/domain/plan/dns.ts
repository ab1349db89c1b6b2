import type { Connection } from '../connection/connection.ts';
import { regionalZoneName } from '../connection/names.ts';
import { linkId, recordSetId, sameResource } from '../connection/resourceId.ts';
import type { Outcome } from '../failure/failure.ts';
import { decideRecord } from '../resources/aRecord.ts';
import type { PlacedHost } from '../resources/cluster.ts';
import {
  parsePrivateLinkAddress,
  placeCluster,
  predictedHost,
  wantedClusters,
} from '../resources/cluster.ts';
import type { Cluster } from '../resources/model.ts';
import { decideLink, linkName, mayAdoptLink, wantedRegistration } from '../resources/virtualNetworkLink.ts';
import { decideZone, mayAdoptZone, placeZoneWithin } from '../resources/zone.ts';
import type { Observation } from './observation.ts';
import { currentEndpointId } from './removal.ts';
import type { Collected, PlanRow } from './rows.ts';
import { addMisfit, addNote, addRow } from './rows.ts';

/** Rows of zones, links and records; answers the names that a newly linked regional zone would hide. */
export function planDns(
  connection: Connection,
  observed: Observation,
  collected: Collected,
): readonly string[] {
  if (!observed.zones.ok) return [];
  const clusters = observed.clusters.ok ? wantedClusters(connection, observed.clusters.value) : [];
  faultWhereNoneFits(connection, clusters, collected);
  const regional = connection.spec.dns.layout === 'regional';
  if (!regional) {
    for (const cluster of clusters) planCluster(connection, observed, cluster, collected);
    return [];
  }
  const zone = regionalZoneName(connection.regionId);
  const newlyLinked = planZone(connection, observed, zone, collected);
  for (const cluster of clusters) planCluster(connection, observed, cluster, collected);
  const hidden = newlyLinked && observed.clusters.ok ? hiddenBy(zone, observed.clusters.value, clusters) : [];
  if (hidden.length > 0 && connection.spec.dns.hiddenNames === 'refuse') {
    collected.faults.push({
      pointer: '/dns/hiddenNames',
      code: 'hidden-names',
      detail: `would hide ${hidden.join(', ')}`,
    });
  }
  return hidden;
}

/** Rows of a zone and its links; answers whether a network would be linked to it newly. */
function planZone(
  connection: Connection,
  observed: Observation,
  name: string,
  collected: Collected,
): boolean {
  const zones = observed.zones.ok ? observed.zones.value : [];
  const placement = placeZoneWithin(collected.allowed, connection, name, zones);
  if (placement.kind === 'conflict') {
    addConflict(placement, collected);
    return false;
  }
  const { id, found } = placement;
  const adopted = found !== null && mayAdoptZone(connection, found, observed.endpointAddress);
  addRow(
    collected,
    { phase: 'configure-dns', resource: 'private DNS zone', id, pointer: '/dns' },
    decideZone(found?.zone ?? null, adopted),
  );
  let newlyLinked = false;
  for (const network of connection.linkedNetworks) {
    const registration = wantedRegistration(connection, network, observed);
    const mayAdopt = mayAdoptLink(connection, found?.zone ?? null, adopted);
    const decision = decideLink(network, found?.links ?? [], { registration, mayAdopt });
    newlyLinked ||= decision.action === 'create';
    const there = found?.links.find((link) => sameResource(link.virtualNetworkId, network));
    const link = {
      phase: 'configure-dns',
      resource: 'virtual network link',
      id: there?.id ?? linkId(id, linkName(network)),
      networkId: network,
    } as const;
    addRow(collected, { ...link, pointer: '/dns/linkedNetworks' }, decision);
  }
  return newlyLinked;
}

function addConflict(
  conflict: Extract<ReturnType<typeof placeZoneWithin>, { kind: 'conflict' }>,
  collected: Collected,
): void {
  const { code, detail } = conflict;
  if (code === 'overlapping-zone') {
    collected.faults.push({ pointer: '/dns/zoneResourceGroupId', code, detail });
    return;
  }
  addRow(
    collected,
    { phase: 'configure-dns', resource: 'private DNS zone', id: conflict.id, pointer: '/dns' },
    {
      action: 'conflict',
      code,
      reason: 'the records belong in it, and it lies outside the scopes of this app',
    },
  );
}

function planCluster(
  connection: Connection,
  observed: Observation,
  cluster: Cluster,
  collected: Collected,
): void {
  const { layout } = connection.spec.dns;
  const pointer = pointerTo(connection, cluster.clusterId);
  const predicted = cluster.privateLinkAddress === null;
  const placed = placeOf(connection, cluster);
  if (!placed.ok) {
    addMisfit(collected, cluster.clusterId, placed.failure);
    return;
  }
  const place = placed.value;
  if (layout === 'per-cluster') planZone(connection, observed, place.zone, collected);
  const zones = observed.zones.ok ? observed.zones.value : [];
  const placement = placeZoneWithin(collected.allowed, connection, place.zone, zones);
  if (placement.kind === 'conflict') return;
  const found = placement.found?.records.find((record) => record.name.toLowerCase() === place.record) ?? null;
  const wanted = {
    connectionId: connection.id,
    clusterId: cluster.clusterId,
    address: observed.endpointAddress ?? '',
    endpointId:
      observed.endpoint.ok && observed.endpoint.value ? currentEndpointId(observed.endpoint.value) : null,
    privateEndpointId: connection.privateEndpoint.id,
  };
  const id = recordSetId(placement.id, place.record);
  addRow(
    collected,
    {
      phase: 'configure-dns',
      resource: 'A record set',
      id,
      pointer,
      ...predictionOf(predicted, observed.endpointAddress === null),
    },
    decideRecord(wanted, found),
  );
}

function placeOf(
  { regionId, spec }: Connection,
  { clusterId, privateLinkAddress }: Cluster,
): Outcome<PlacedHost> {
  const address = privateLinkAddress ?? predictedHost(clusterId, regionId);
  return placeCluster({ clusterId, address }, regionId, spec.dns.layout);
}

/** A name that does not fit is a fault of its cluster alone; where there is no other cluster, a run would come to nothing. */
function faultWhereNoneFits(
  connection: Connection,
  clusters: readonly Cluster[],
  collected: Collected,
): void {
  const failures = clusters.flatMap((cluster) => {
    const placed = placeOf(connection, cluster);
    return placed.ok ? [] : [{ cluster, failure: placed.failure }];
  });
  const [first] = failures;
  if (!first || failures.length < clusters.length) return;
  const { code, message } = first.failure;
  const pointer = pointerTo(connection, first.cluster.clusterId);
  collected.faults.push({ pointer, code, detail: message });
}

/** What of a record cannot be known before the endpoint is there and Zilliz has given the cluster its name. */
function predictionOf(host: boolean, address: boolean): Pick<PlanRow, 'predicted' | 'rule'> {
  const rules = [
    ...(host ? ['host = <cluster ID>-privatelink.<regional zone>, until Zilliz allocates it'] : []),
    ...(address ? ['address = that of the private endpoint, when it has one'] : []),
  ];
  return rules.length === 0 ? {} : { predicted: true, rule: rules.join('; ') };
}

/** JSON pointer to the part of the request that named the cluster. */
function pointerTo(connection: Connection, clusterId: string): string {
  const { clusters } = connection.spec;
  return clusters === 'all' ? '/clusters' : `/clusters/${clusters.indexOf(clusterId)}`;
}

function hiddenBy(zone: string, all: readonly Cluster[], wanted: readonly Cluster[]): readonly string[] {
  const hosts = all.flatMap((cluster) => {
    const unserved = wanted.includes(cluster) ? null : cluster.privateLinkAddress;
    return [cluster.connectAddress, unserved].flatMap((address) =>
      address ? (parsePrivateLinkAddress(address)?.host ?? []) : [],
    );
  });
  return hosts.filter((host) => host.endsWith(`.${zone}`));
}

/** A zone that others make, and the networks that they link to it when its records are there. */
export interface ZoneOfOthers {
  readonly name: string;
  readonly linkedNetworks: readonly string[];
}

/** The zones that somebody else makes, where `dns.manage` is false, for these private host names. */
export function zonesOfOthers(connection: Connection, hosts: readonly string[]): readonly ZoneOfOthers[] {
  const { linkedNetworks, regionId, spec } = connection;
  const names = spec.dns.layout === 'regional' ? [regionalZoneName(regionId)] : hosts;
  return names.map((name) => ({ name, linkedNetworks }));
}

/**
 * Rows of what others make, in their order: zone, records, and the link last. They are no drift, since nobody here reads
 * whether it is there.
 */
export function planDnsOfOthers(connection: Connection, observed: Observation, collected: Collected): void {
  const clusters = observed.clusters.ok ? wantedClusters(connection, observed.clusters.value) : [];
  const { regionId, spec } = connection;
  const records = clusters.flatMap(({ clusterId, privateLinkAddress }) => {
    const address = privateLinkAddress ?? predictedHost(clusterId, regionId);
    const placed = placeCluster({ clusterId, address }, regionId, spec.dns.layout);
    if (placed.ok) return [{ host: placed.value.host, predicted: privateLinkAddress === null }];
    addMisfit(collected, clusterId, placed.failure);
    return [];
  });
  const zones = zonesOfOthers(
    connection,
    records.map(({ host }) => host),
  );
  const note = (row: Pick<Parameters<typeof addNote>[1], 'resource' | 'id' | 'networkId' | 'predicted'>) => {
    const reason = 'dns.manage is false: somebody else makes it, and whether it is there is not read';
    addNote(collected, { phase: 'configure-dns', unread: true, ...row }, 'person', reason);
  };
  for (const { name } of zones) note({ resource: 'private DNS zone', id: name });
  for (const { host, predicted } of records)
    note({ resource: 'A record set', id: host, ...(predicted && { predicted }) });
  for (const { name, linkedNetworks } of zones)
    for (const networkId of linkedNetworks) note({ resource: 'virtual network link', id: name, networkId });
}
