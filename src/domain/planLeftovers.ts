import type { Allowed } from './bounds.ts';
import type { Connection } from './connection.ts';
import { decideLinkRemoval, ownersOf } from './decideRemoval.ts';
import type { Neighbour } from './decideRemoval.ts';
import { sameEndpointId } from './endpointId.ts';
import { isOurs, recordOwner } from './marks.ts';
import type { ARecordSet, Cluster, PrivateEndpoint, RegisteredEndpoint } from './model.ts';
import type { ObservedZone } from './observation.ts';
import { phases } from './phase.ts';
import { dnsPlaceOf, parsePrivateLinkAddress } from './privateHost.ts';
import { currentEndpointId, planRemoval } from './removal.ts';
import type { RemovalRow } from './removal.ts';
import { keepOutside } from './removalBounds.ts';
import { recordSetId, sameResource } from './resourceId.ts';
import { isDedicated, wantedClusters } from './wantedClusters.ts';

/** What of a connection is there and no longer wanted. */
export interface Leftovers {
  /** To be removed, in this order; each is ours by its mark or by what our records say. */
  readonly removals: readonly RemovalRow[];
  /** Likewise no longer wanted, and outside the bounds of this deployment: kept. */
  readonly outside: readonly RemovalRow[];
  /** Records whose cluster is not listed: sync removes them once Zilliz itself says that it is gone. */
  readonly waiting: readonly { readonly id: string; readonly clusterId: string }[];
  /** Registrations with the name of our endpoint and another GUID, which nothing proves ours. */
  readonly unproved: readonly string[];
}

export interface LeftoverReading {
  readonly allowed: Allowed;
  readonly endpoint: PrivateEndpoint | null;
  readonly registrations: readonly RegisteredEndpoint[];
  /** Null when they could not be read: then no record is taken for left over. */
  readonly clusters: readonly Cluster[] | null;
  /** Zones of the names that the connection wants. */
  readonly zones: readonly ObservedZone[];
  /** Zones where another layout of it kept its records. */
  readonly formerZones: readonly (ObservedZone & { readonly recordSets: number })[];
  readonly neighbours: readonly Neighbour[];
  /** The endpoint's private address. */
  readonly address: string | null;
  /** Whether the endpoint that is there is to be deleted and made anew. */
  readonly replacing: boolean;
}

/** Everything of a connection's own that its specification no longer asks for. */
export function planLeftovers(connection: Connection, reading: LeftoverReading): Leftovers {
  const own = ownRecords(connection, [...reading.zones, ...reading.formerZones]);
  const { stale, unproved } = registrationsLeft(connection, reading, own);
  const { unwanted, waiting } = recordsLeft(connection, reading);
  const all = [
    ...stale.map((endpointId) => registrationRow(endpointId)),
    ...reading.zones.flatMap((zone) => linksLeft(connection, zone, reading)),
    ...unwanted,
    ...formerLayout(connection, reading),
  ];
  const rows = keepOutside(all, { projectId: connection.projectId, allowed: reading.allowed });
  return {
    removals: rows.filter(({ action }) => action === 'delete'),
    outside: rows.filter(({ action }) => action === 'keep'),
    waiting,
    unproved,
  };
}

/** Registrations of endpoints that are gone, proved ours by records that were made for them. */
function registrationsLeft(
  connection: Connection,
  { endpoint, registrations, replacing }: LeftoverReading,
  own: readonly ARecordSet[],
): { readonly stale: readonly string[]; readonly unproved: readonly string[] } {
  const id = endpoint && currentEndpointId(endpoint);
  // While Azure does not show the GUID, none of the registrations can be told from the one in use.
  if (endpoint && id === null) return { stale: [], unproved: [] };
  const current = replacing ? null : id;
  const going = replacing ? id : null;
  const noted = own.flatMap(({ metadata }) => recordOwner(metadata)?.endpointId ?? []);
  const proved = going === null ? noted : [...noted, going];
  const listed = registrations
    .map(({ endpointId }) => endpointId)
    .filter((listedId) => current === null || !sameEndpointId(listedId, current));
  const isProved = (listedId: string): boolean => proved.some((other) => sameEndpointId(other, listedId));
  const prefix = `${connection.privateEndpoint.name}.`.toLowerCase();
  return {
    stale: listed.filter(isProved),
    unproved: listed.filter((listedId) => !isProved(listedId) && listedId.toLowerCase().startsWith(prefix)),
  };
}

/** Links of ours to networks that are no longer named, in zones that hold our records. */
function linksLeft(
  connection: Connection,
  zone: ObservedZone,
  { address, neighbours }: LeftoverReading,
): readonly RemovalRow[] {
  if (!ownersOf(zone.records).includes(connection.id)) return [];
  const isWanted = (network: string): boolean =>
    connection.linkedNetworks.some((wanted) => sameResource(wanted, network));
  return zone.links
    .filter((link) => isOurs(link.tags) && !isWanted(link.virtualNetworkId))
    .flatMap((link) => {
      const needs = { connectionId: connection.id, address, neighbours };
      const { action } = decideLinkRemoval(link, zone, needs);
      if (action === 'keep') return [];
      const reason = 'its network is no longer named, and no other connection needs it';
      return row('remove-links', 'virtual network link', link.id, reason, zone.zone.id);
    });
}

/** Records of ours in the wanted zones for clusters that are taken out, or under a name that their cluster no longer has. */
function recordsLeft(
  connection: Connection,
  { zones, clusters }: LeftoverReading,
): { readonly unwanted: readonly RemovalRow[]; readonly waiting: Leftovers['waiting'] } {
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
  const host = parsePrivateLinkAddress(cluster.privateLinkAddress)?.host;
  const place = host === undefined ? null : dnsPlaceOf(host, connection.regionId, connection.spec.dns.layout);
  if (!place) return false;
  const zone = record.zoneId.split('/').at(-1) ?? '';
  return zone.toLowerCase() !== place.zone || record.name.toLowerCase() !== place.record;
}

/** Everything of ours in zones of another layout, the zones themselves too where nobody else is in them. */
function formerLayout(
  connection: Connection,
  { formerZones, neighbours, address }: LeftoverReading,
): readonly RemovalRow[] {
  const rows = planRemoval({
    connectionId: connection.id,
    endpoint: null,
    address,
    zones: formerZones,
    zonesOfRegion: [],
    registrations: [],
    knownEndpointIds: [],
    neighbours,
  });
  const reason = `the connection uses the ${connection.spec.dns.layout} layout`;
  return rows.filter(({ action }) => action === 'delete').map((entry) => ({ ...entry, reason }));
}

function ownRecords(connection: Connection, zones: readonly ObservedZone[]): readonly ARecordSet[] {
  return zones.flatMap(({ records }) =>
    records.filter(({ metadata }) => recordOwner(metadata)?.connectionId === connection.id),
  );
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
