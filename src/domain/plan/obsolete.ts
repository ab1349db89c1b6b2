import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { isOurs, recordOwner } from '../connection/marks.ts';
import { sameEndpointId } from '../connection/names.ts';
import { recordSetId, sameResource } from '../connection/resourceId.ts';
import { markedNetworks } from '../connection/storedConnection.ts';
import { succeeded } from '../failure/failure.ts';
import { recordsOf } from '../resources/aRecord.ts';
import { isDedicated, placeCluster, wantedClusters } from '../resources/cluster.ts';
import type { ARecordSet, Cluster, PrivateEndpoint, RegisteredEndpoint } from '../resources/model.ts';
import { decideEndpoint } from '../resources/privateEndpoint.ts';
import type { Reach } from '../resources/reach.ts';
import { reachOf } from '../resources/reach.ts';
import type { RegistrationProof } from '../resources/registration.ts';
import { currentEndpointId, decideStaleRegistration } from '../resources/registration.ts';
import { decideLinkRemoval } from '../resources/virtualNetworkLink.ts';
import type { OwnerCheck } from '../resources/zoneOwner.ts';
import { isOwnedBy } from '../resources/zoneOwner.ts';
import { phases } from '../run/phase.ts';
import type { Observation, ObservedRest, ObservedZone } from './observation.ts';
import type { RemovalRow } from './removal.ts';
import { isNamedAs, keepOutside, planRemoval } from './removal.ts';
import { subjectOf } from './removalSubject.ts';

/** The obsolete resources of a connection: they exist, and its specification no longer contains them. */
export interface Obsolete {
  /** To be removed, in this order. Each is ours by its mark or by our records. */
  readonly removals: readonly RemovalRow[];
  /** Obsolete too, but kept, because they are outside the bounds of this deployment. */
  readonly outside: readonly RemovalRow[];
  /** Records whose cluster is not listed: sync removes them when Zilliz reports the cluster as deleted. */
  readonly waiting: readonly { readonly id: string; readonly clusterId: string }[];
  /** Registrations that have our endpoint's name and another GUID, or that our records name. Nothing proves them ours. */
  readonly unproved: readonly { readonly endpointId: string; readonly reason: string }[];
}

export interface ObsoleteReading {
  readonly allowed: AllowedScopes;
  readonly endpoint: PrivateEndpoint | null;
  readonly registrations: readonly RegisteredEndpoint[];
  /** Null if they could not be read: then no record counts as obsolete. */
  readonly clusters: readonly Cluster[] | null;
  /** Zones with the names that the connection uses. */
  readonly zones: readonly ObservedZone[];
  /** Zones that it used in another layout. */
  readonly formerZones: readonly ObservedZone[];
  readonly ownerCheck: OwnerCheck;
  /** The endpoint's private address. */
  readonly address: string | null;
  /** Whether the run deletes the existing endpoint and creates it again. */
  readonly replacing: boolean;
  /** For registrations that do not belong to the existing endpoint. */
  readonly census: RegistrationProof['census'];
}

/** Returns the connection's own resources that its specification no longer contains. */
export function planObsolete(connection: Connection, reading: ObsoleteReading): Obsolete {
  const { stale, unproved } = obsoleteRegistrations(connection, reading);
  const { unwanted, waiting } = obsoleteRecords(connection, reading);
  const all = [
    ...stale.map((endpointId) => registrationRow(endpointId)),
    ...reading.zones.flatMap((zone) => obsoleteLinks(connection, zone, reading)),
    ...unwanted,
    ...formerLayoutRows(connection, reading),
  ];
  const rows = keepOutside(all, { projectId: connection.projectId, allowed: reading.allowed });
  return {
    removals: rows.filter(({ action }) => action === 'delete'),
    outside: rows.filter(({ action }) => action === 'keep'),
    waiting,
    unproved,
  };
}

/** Returns registrations of deleted endpoints. A record of ours that names one is a hint, not a proof. */
function obsoleteRegistrations(
  connection: Connection,
  reading: ObsoleteReading,
): { readonly stale: readonly string[]; readonly unproved: Obsolete['unproved'] } {
  const { endpoint, replacing, census } = reading;
  const replaced = replacing && endpoint ? currentEndpointId(endpoint) : null;
  const deletedByRun = replaced === null ? [] : [replaced];
  const proof = { ownName: connection.privateEndpoint.name, deletedByRun, census };
  const noted = [...notedRegistrations(connection, reading), ...deletedByRun];
  const stale: string[] = [];
  const unproved: { endpointId: string; reason: string }[] = [];
  for (const endpointId of notCurrent(reading)) {
    const isNoted = noted.some((other) => sameEndpointId(other, endpointId));
    const { action, reason } = decideStaleRegistration(endpointId, proof);
    if (isNoted && action === 'delete') stale.push(endpointId);
    else if (isNoted) unproved.push({ endpointId, reason });
    else if (isNamedAs(connection, endpointId)) {
      unproved.push({ endpointId, reason: 'it has the name of this private endpoint and another GUID' });
    }
  }
  return { stale, unproved };
}

/** Returns whether a census of private endpoints is needed to find obsolete registrations. */
export function asksForCensus(
  connection: Connection,
  reading: Omit<ObsoleteReading, 'census' | 'allowed'>,
): boolean {
  const noted = notedRegistrations(connection, reading);
  return notCurrent(reading).some(
    (id) => isNamedAs(connection, id) && noted.some((other) => sameEndpointId(other, id)),
  );
}

/** Returns the registrations of endpoints other than the one in use. */
function notCurrent({
  endpoint,
  registrations,
  replacing,
}: Omit<ObsoleteReading, 'census' | 'allowed'>): readonly string[] {
  const id = endpoint && currentEndpointId(endpoint);
  // Until Azure shows the GUID, any of the registrations may be the one in use.
  if (endpoint && id === null) return [];
  const current = replacing ? null : id;
  return registrations
    .map(({ endpointId }) => endpointId)
    .filter((listed) => current === null || !sameEndpointId(listed, current));
}

function notedRegistrations(
  connection: Connection,
  { zones, formerZones }: Pick<ObsoleteReading, 'zones' | 'formerZones'>,
): readonly string[] {
  const own = ownRecords(connection, [...zones, ...formerZones]);
  return own.flatMap(({ metadata }) => recordOwner(metadata)?.endpointId ?? []);
}

/** Returns our links to networks that only a former specification names, in zones of the connection. */
function obsoleteLinks(
  connection: Connection,
  zone: ObservedZone,
  reading: ObsoleteReading,
): readonly RemovalRow[] {
  if (!isOwnedBy(zone, connection.id)) return [];
  const isWanted = (network: string): boolean =>
    connection.linkedNetworks.some((wanted) => sameResource(wanted, network));
  return zone.links
    .filter((link) => isOurs(link.tags) && !isWanted(link.virtualNetworkId))
    .flatMap((link) => {
      const { address, ownerCheck } = reading;
      const needs = { reach: reachWith(connection, reading), address, ownerCheck };
      const { action } = decideLinkRemoval(link, zone, needs);
      if (action === 'keep') return [];
      const reason = 'its network is no longer named, and no other connection needs it';
      return row('remove-links', 'virtual network link', link.id, reason, zone.zone.id);
    });
}

/** Returns our records in the wanted zones for excluded clusters, or with a former host name of their cluster. */
function obsoleteRecords(
  connection: Connection,
  { zones, clusters }: ObsoleteReading,
): { readonly unwanted: readonly RemovalRow[]; readonly waiting: Obsolete['waiting'] } {
  if (clusters === null) return { unwanted: [], waiting: [] };
  const wanted = wantedClusters(connection, clusters);
  const unwanted: RemovalRow[] = [];
  const waiting: { id: string; clusterId: string }[] = [];
  for (const record of ownRecords(connection, zones)) {
    const clusterId = recordOwner(record.metadata)?.clusterId ?? null;
    if (clusterId === null) continue;
    const id = recordSetId(record.zoneId, record.name);
    const listed = clusters.find((cluster) => cluster.clusterId === clusterId && isDedicated(cluster));
    if (!listed) waiting.push({ id, clusterId });
    else if (!wanted.includes(listed)) unwanted.push(recordRow(record, `${clusterId} is taken out`));
    else if (isMisplaced(connection, listed, record)) {
      unwanted.push(recordRow(record, `${clusterId} has another private host name now`));
    }
  }
  return { unwanted, waiting };
}

function isMisplaced(connection: Connection, cluster: Cluster, record: ARecordSet): boolean {
  if (cluster.privateLinkAddress === null) return false;
  const { clusterId, privateLinkAddress: address } = cluster;
  const placed = placeCluster({ clusterId, address }, connection.regionId, connection.spec.dns.layout);
  if (!placed.ok) return false;
  const place = placed.value;
  const zone = record.zoneId.split('/').at(-1) ?? '';
  return zone.toLowerCase() !== place.zone || record.name.toLowerCase() !== place.record;
}

/** Returns our resources in zones of another layout, and such a zone itself if no other owner uses it. */
function formerLayoutRows(connection: Connection, reading: ObsoleteReading): readonly RemovalRow[] {
  const { formerZones, ownerCheck, address } = reading;
  const rows = planRemoval({
    reach: reachWith(connection, reading),
    endpoint: null,
    address,
    zones: formerZones,
    zonesOfRegion: [],
    zilliz: succeeded({ service: null, registered: [] }),
    unregisteredByRun: [],
    knownEndpointIds: [],
    proof: { ownName: null, deletedByRun: [], census: null },
    ownerCheck,
  });
  const reason = `the connection uses the ${connection.spec.dns.layout} layout`;
  return rows.filter(({ action }) => action === 'delete').map((entry) => ({ ...entry, reason }));
}

/** Includes the networks of the new specification and those of the one in the endpoint's tags. */
function reachWith(connection: Connection, { endpoint }: ObsoleteReading): Reach {
  return reachOf(subjectOf(connection, { formerNetworks: markedNetworks(connection, endpoint) }));
}

function ownRecords(connection: Connection, zones: readonly ObservedZone[]): readonly ARecordSet[] {
  return zones.flatMap(({ records }) => recordsOf(records, connection.id));
}

function registrationRow(endpointId: string): RemovalRow {
  return row('unregister-endpoint', 'registration', endpointId, 'its private endpoint is gone', null);
}

function recordRow(record: ARecordSet, reason: string): RemovalRow {
  const id = recordSetId(record.zoneId, record.name);
  return { ...row('remove-records', 'A record set', id, reason, record.zoneId), record: record.name };
}

function row(
  phase: RemovalRow['phase'],
  resource: RemovalRow['resource'],
  id: string,
  reason: string,
  zoneId: string | null,
): RemovalRow {
  const { guideStep } = phases[phase];
  return { phase, guideStep, resource, id, action: 'delete', reason, zoneId, record: null };
}

/** Returns what `planObsolete` needs of one reading; null if the endpoint could not be read. */
export function obsoleteReadingOf(
  connection: Connection,
  observed: Observation & Pick<ObservedRest, 'formerZones' | 'ownerCheck'>,
): Omit<ObsoleteReading, 'census' | 'allowed'> | null {
  const { endpoint, registrations, clusters, zones, formerZones, ownerCheck, endpointAddress } = observed;
  if (!endpoint.ok) return null;
  return {
    endpoint: endpoint.value,
    registrations: registrations.ok ? registrations.value : [],
    clusters: clusters.ok ? clusters.value : null,
    zones: zones.ok ? zones.value : [],
    formerZones,
    ownerCheck,
    address: endpointAddress,
    replacing: decideEndpoint(connection, null, endpoint.value).action === 'delete',
  };
}
