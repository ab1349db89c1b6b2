import type { Connection } from '../connection/connection.ts';
import { regionalZoneName } from '../connection/names.ts';
import { linkId, recordSetId, sameResource, textSetId } from '../connection/resourceId.ts';
import type { Outcome } from '../failure/failure.ts';
import type { WantedRecord } from '../resources/aRecord.ts';
import { decideRecord, holderOf, recordAt, ttlWarning } from '../resources/aRecord.ts';
import type { PlacedHost } from '../resources/cluster.ts';
import {
  isAwaited,
  parsePrivateLinkAddress,
  placeCluster,
  predictedHost,
  wantedClusters,
} from '../resources/cluster.ts';
import type { Cluster } from '../resources/model.ts';
import type { Verdict } from '../resources/verdict.ts';
import type { RequestedTags } from '../resources/sharedTags.ts';
import { requestedTags } from '../resources/sharedTags.ts';
import {
  decideLink,
  linkName,
  mayAdoptLink,
  wantedRegistration,
  autoRegistrationOf,
} from '../resources/virtualNetworkLink.ts';
import { decideZone, mayAdoptZone, placeZoneWithin } from '../resources/zone.ts';
import { decideEntry, entryName, isSharedLink } from '../resources/zoneOwner.ts';
import type { Fault } from '../run/status.ts';
import { currentEndpointId } from '../resources/registration.ts';
import type { Observation, ObservedZone, ZonesRead } from './observation.ts';
import type { Collected, PlanRow } from './rows.ts';
import { addMisfit, addNote, addRow, addRowAlone } from './rows.ts';

/** Adds the rows of zones, links and records. Returns the names that a newly linked regional zone would hide. */
export function planDns(
  connection: Connection,
  observed: Observation,
  collected: Collected,
): readonly string[] {
  if (!observed.zones.ok) return [];
  const clusters = observed.clusters.ok ? wantedClusters(connection, observed.clusters.value) : [];
  const regional = connection.spec.dns.layout === 'regional';
  if (!regional) {
    planClusters(connection, observed, clusters, collected);
    return [];
  }
  const zone = regionalZoneName(connection.regionId);
  const newlyLinked = planZone(connection, observed, zone, collected);
  planClusters(connection, observed, clusters, collected);
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

/** Adds the rows of a zone, of the connection's entry in it, and of its links. Returns whether a run would link the zone to another network. */
function planZone(
  connection: Connection,
  observed: Observation,
  name: string,
  collected: Collected,
): boolean {
  const placement = placeZoneWithin(collected.allowed, connection, name, zonesRead(observed));
  if (placement.kind === 'conflict') {
    addConflict(placement, collected);
    return false;
  }
  const { id, found } = placement;
  const adopted = found !== null && mayAdoptZone(connection, found, observed.endpointAddress);
  const requested = requestedTags(connection, found);
  addRow(
    collected,
    { phase: 'configure-dns', resource: 'private DNS zone', id, pointer: '/dns' },
    decideZone(found?.zone ?? null, adopted, requested),
  );
  const entry = textSetId(id, entryName(connection.id));
  addRow(
    collected,
    { phase: 'configure-dns', resource: 'owner entry', id: entry, pointer: '/dns' },
    decideEntry(connection, found).verdict,
  );
  const mayAdopt = mayAdoptLink(connection, found?.zone ?? null, adopted);
  const zone = { id, found, mayAdopt, requested };
  const created = connection.linkedNetworks.map((network) =>
    planLink(connection, observed, network, zone, collected),
  );
  return created.includes(true);
}

function zonesRead({ zones, unreadZones }: Observation): ZonesRead {
  return { zones: zones.ok ? zones.value : [], unread: unreadZones };
}

interface ZoneToLink {
  readonly id: string;
  readonly found: ObservedZone | null;
  readonly mayAdopt: boolean;
  readonly requested: RequestedTags;
}

/** Adds the row of one link. Returns whether a run would create it. */
function planLink(
  connection: Connection,
  observed: Observation,
  networkId: string,
  { id: zoneId, found, mayAdopt, requested }: ZoneToLink,
  collected: Collected,
): boolean {
  const { links, owners } = found ?? { links: [], owners: [] };
  const registration =
    found && isSharedLink(found, connection.id, networkId)
      ? null
      : wantedRegistration(connection, networkId, autoRegistrationOf(connection, observed));
  const decision = decideLink(networkId, links, { registration, mayAdopt, owners, requested });
  const existing = links.find((link) => sameResource(link.virtualNetworkId, networkId));
  addRow(
    collected,
    {
      phase: 'configure-dns',
      resource: 'virtual network link',
      id: existing?.id ?? linkId(zoneId, linkName(networkId)),
      networkId,
      pointer: '/dns/linkedNetworks',
    },
    decision,
  );
  const isOff = existing?.registrationEnabled === false && decision.action !== 'update';
  if (connection.requiresAutoRegistration && isOff && sameResource(networkId, connection.virtualNetworkId)) {
    const detail = `the link ${existing.id} has no auto registration, and is not this connection's to change`;
    collected.faults.push({ pointer: '/dns/autoRegistration', code: 'auto-registration-taken', detail });
  }
  return decision.action === 'create';
}

function addConflict(
  conflict: Extract<ReturnType<typeof placeZoneWithin>, { kind: 'conflict' }>,
  collected: Collected,
): void {
  if (!('id' in conflict)) {
    const { code, detail, cure } = conflict;
    const pointer = code === 'overlapping-zone' ? '/dns/zoneResourceGroupId' : '/dns';
    collected.faults.push({ pointer, code, detail, ...(cure !== undefined && { cure }) });
    return;
  }
  addRow(
    collected,
    { phase: 'configure-dns', resource: 'private DNS zone', id: conflict.id, pointer: '/dns' },
    {
      action: 'conflict',
      code: conflict.code,
      reason: 'the records belong in it, and it lies outside the scopes of this app',
    },
  );
}

/**
 * Adds the rows of all records. A name that does not fit, a record that is not ours, or a zone of its own that cannot be used
 * concerns its cluster alone. If no cluster is left, each is a fault of the plan: a run has no effect.
 */
function planClusters(
  connection: Connection,
  observed: Observation,
  clusters: readonly Cluster[],
  collected: Collected,
): void {
  const faults = clusters.flatMap((cluster) => planCluster(connection, observed, cluster, collected) ?? []);
  if (faults.length === clusters.length) collected.faults.push(...faults);
}

/** Adds the rows of one cluster. Returns why it gets no record; null if it gets one. */
function planCluster(
  connection: Connection,
  observed: Observation,
  cluster: Cluster,
  collected: Collected,
): Fault | null {
  const { layout } = connection.spec.dns;
  const pointer = pointerTo(connection, cluster.clusterId);
  const predicted = cluster.privateLinkAddress === null;
  const placed = placeOf(connection, cluster);
  if (!placed.ok) {
    const { code, message } = placed.failure;
    addMisfit(collected, cluster.clusterId, placed.failure);
    return { pointer, code, detail: message };
  }
  const place = placed.value;
  const own: Collected = { ...collected, faults: [] };
  const placement = placeZoneWithin(collected.allowed, connection, place.zone, zonesRead(observed));
  const hasRecord = placement.kind !== 'conflict' && recordAt(place.record, placement.found) !== null;
  const waits = predicted && !hasRecord && !isAwaited(connection, cluster);
  if (layout === 'per-cluster' && !waits) planZone(connection, observed, place.zone, own);
  const [fault] = own.faults;
  if (fault) {
    addMisfit(collected, cluster.clusterId, { code: fault.code, message: fault.detail });
    return { ...fault, pointer };
  }
  // The regional zone is a fault already.
  if (placement.kind === 'conflict') return null;
  const found = recordAt(place.record, placement.found);
  const holder = holderOf(place.record, placement.found);
  const decision = decideRecord(wantedRecord(connection, observed, cluster), found, holder);
  const id = recordSetId(placement.id, place.record);
  collected.warnings.push(...ttlWarning(id, decision, found));
  const prediction = predictionOf(predicted, observed.endpointAddress === null);
  return addRowAlone(
    collected,
    { phase: 'configure-dns', resource: 'A record set', id, pointer, ...prediction },
    waits && decision.action === 'create' ? noAddressYet : decision,
  );
}

/** A suspended cluster, or one that is being created: no run waits for it, and sync writes its record when it has an address. */
const noAddressYet: Verdict = {
  action: 'wait',
  reason: 'the cluster is not in use and has no private link address yet; sync writes its record later',
};

function wantedRecord(connection: Connection, observed: Observation, { clusterId }: Cluster): WantedRecord {
  return {
    connectionId: connection.id,
    clusterId,
    address: observed.endpointAddress ?? '',
    endpointId:
      observed.endpoint.ok && observed.endpoint.value ? currentEndpointId(observed.endpoint.value) : null,
    privateEndpointId: connection.privateEndpoint.id,
    adopt: connection.adopt,
  };
}

function placeOf(
  { regionId, spec }: Connection,
  { clusterId, privateLinkAddress }: Cluster,
): Outcome<PlacedHost> {
  const address = privateLinkAddress ?? predictedHost(clusterId, regionId);
  return placeCluster({ clusterId, address }, regionId, spec.dns.layout);
}

/** The parts of a record that are unknown until the endpoint exists and Zilliz allocates the cluster's host name. */
function predictionOf(host: boolean, address: boolean): Pick<PlanRow, 'predicted' | 'rule'> {
  const rules = [
    ...(host ? ['host = <cluster ID>-privatelink.<regional zone>, until Zilliz allocates it'] : []),
    ...(address ? ['address = that of the private endpoint, when it has one'] : []),
  ];
  return rules.length === 0 ? {} : { predicted: true, rule: rules.join('; ') };
}

/** Returns the JSON pointer to the part of the request that names the cluster. */
function pointerTo(connection: Connection, clusterId: string): string {
  const { clusters } = connection.spec;
  return clusters === 'all' ? '/clusters' : `/clusters/${clusters.indexOf(clusterId)}`;
}

function hiddenBy(zone: string, all: readonly Cluster[], wanted: readonly Cluster[]): readonly string[] {
  const hostIn = (address: string | null): string | undefined =>
    address === null ? undefined : parsePrivateLinkAddress(address)?.host;
  // Zilliz may show the private name as the public address too, and a private name that equals the public one.
  const served = new Set(wanted.map(({ privateLinkAddress }) => hostIn(privateLinkAddress)));
  const hosts = all.flatMap((cluster) => {
    const unserved = wanted.includes(cluster) ? null : cluster.privateLinkAddress;
    return [hostIn(cluster.connectAddress), hostIn(unserved)].filter((host) => host !== undefined);
  });
  return [...new Set(hosts)].filter((host) => host.endsWith(`.${zone}`) && !served.has(host));
}

/** A zone that another owner creates, and the networks that the owner links to it when its records exist. */
export interface ZoneOfOthers {
  readonly name: string;
  readonly linkedNetworks: readonly string[];
}

/** Returns the zones that another owner creates for these private host names if `dns.manage` is false. */
export function zonesOfOthers(connection: Connection, hosts: readonly string[]): readonly ZoneOfOthers[] {
  const { linkedNetworks, regionId, spec } = connection;
  const names = spec.dns.layout === 'regional' ? [regionalZoneName(regionId)] : hosts;
  return names.map((name) => ({ name, linkedNetworks }));
}

/**
 * Adds the rows of the resources that another owner creates, in that order: zone, records, links. They never count as
 * drift, because this app does not read them.
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
    const reason =
      'dns.manage is false: another owner creates it, and this app does not read whether it exists';
    addNote(collected, { phase: 'configure-dns', unread: true, ...row }, 'manual', reason);
  };
  for (const { name } of zones) note({ resource: 'private DNS zone', id: name });
  for (const { host, predicted } of records)
    note({ resource: 'A record set', id: host, ...(predicted && { predicted }) });
  for (const { name, linkedNetworks } of zones)
    for (const networkId of linkedNetworks) note({ resource: 'virtual network link', id: name, networkId });
}
