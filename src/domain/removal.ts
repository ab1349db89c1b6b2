import {
  decideEndpointRemoval,
  decideLinkRemoval,
  decideOwnRecord,
  decideZoneRemoval,
  ownersOf,
} from './decideRemoval.ts';
import type { Neighbour, Removal } from './decideRemoval.ts';
import { endpointId as endpointIdOf, sameEndpointId } from './endpointId.ts';
import { isOurs, readEndpointMarks, recordOwner } from './marks.ts';
import type { PrivateEndpoint, RegisteredEndpoint } from './model.ts';
import type { ObservedZone } from './observation.ts';
import { phases } from './phase.ts';
import type { PhaseName } from './phase.ts';
import type { ResourceKind } from './planRows.ts';
import { recordSetId } from './resourceId.ts';

/** One reading of what a connection may leave behind, both control planes. */
export interface RemovalObservation {
  readonly connectionId: string;
  readonly endpoint: PrivateEndpoint | null;
  readonly address: string | null;
  /** Zones that the connection uses or used, each with the number of its record sets of any kind. */
  readonly zones: readonly (ObservedZone & { readonly recordSets: number })[];
  /** Zones of the region, this connection's or not: somebody may point to the private address in any of them. */
  readonly zonesOfRegion: readonly ObservedZone[];
  readonly registrations: readonly RegisteredEndpoint[];
  /** Endpoint IDs that an earlier look of the same run has proved to be ours. */
  readonly knownEndpointIds: readonly string[];
  readonly neighbours: readonly Neighbour[];
}

export interface RemovalRow extends Removal {
  readonly phase: PhaseName;
  readonly guideStep: string;
  readonly resource: ResourceKind;
  readonly id: string;
  /** For links and records. */
  readonly zoneId: string | null;
  /** Of a record, relative to its zone. */
  readonly record: string | null;
  /** It would go, and is kept because it lies outside the bounds of this deployment. */
  readonly outside?: true;
}

/** What goes and what stays when a connection is taken down, in the order in which it goes. */
export function planRemoval(observed: RemovalObservation): readonly RemovalRow[] {
  const { connectionId, endpoint, neighbours, zones } = observed;
  const rows: RemovalRow[] = [];
  for (const zone of zones) {
    const needs = { connectionId, address: observed.address, neighbours };
    for (const link of zone.links) {
      const decision = decideLinkRemoval(link, zone, needs);
      rows.push(row('remove-links', 'virtual network link', link.id, decision, zone.zone.id));
    }
  }
  for (const { zone, records } of zones) {
    for (const record of records) {
      if (recordOwner(record.metadata)?.connectionId !== connectionId) continue;
      const id = recordSetId(zone.id, record.name);
      const decision = decideOwnRecord(record, connectionId);
      rows.push(row('remove-records', 'A record set', id, decision, zone.id, record.name));
    }
  }
  for (const zone of zones) rows.push(zoneRow(zone, rows));
  const going = endpoint && decideEndpointRemoval(endpoint, connectionId, pointing(observed));
  for (const id of endpointIdsOf(observed)) {
    if (!observed.registrations.some((registered) => sameEndpointId(registered.endpointId, id))) continue;
    const isCurrent = endpoint !== null && sameEndpointId(id, currentEndpointId(endpoint) ?? '');
    const decision: Removal =
      isCurrent && going ? going : { action: 'delete', reason: 'its private endpoint is gone' };
    rows.push(row('unregister-endpoint', 'registration', id, decision));
  }
  if (endpoint && going) rows.push(row('delete-endpoint', 'private endpoint', endpoint.id, going));
  return rows;
}

/** Decided on what will be left of the zone when the rows before it are done. */
function zoneRow(observed: RemovalObservation['zones'][number], rows: readonly RemovalRow[]): RemovalRow {
  const goes = (id: string): boolean => rows.some((other) => other.id === id && other.action === 'delete');
  const { zone } = observed;
  const links = observed.links.filter((link) => !goes(link.id));
  const records = observed.records.filter(({ name }) => !goes(recordSetId(zone.id, name)));
  const recordSets = observed.recordSets - (observed.records.length - records.length);
  const decision = decideZoneRemoval({ zone, links, records }, { recordSets });
  return row('remove-zones', 'private DNS zone', zone.id, decision);
}

/** The endpoint's own ID where it is ours, those proved before, and those that our records name. */
export function endpointIdsOf(
  observed: Pick<RemovalObservation, 'connectionId' | 'endpoint' | 'zones' | 'knownEndpointIds'>,
): readonly string[] {
  const { connectionId, endpoint, zones, knownEndpointIds } = observed;
  const ours = endpoint !== null && readEndpointMarks(endpoint.tags)?.connectionId === connectionId;
  const current = ours ? currentEndpointId(endpoint) : null;
  const named = zones.flatMap(({ records }) =>
    records.flatMap(({ metadata }) => {
      const owner = recordOwner(metadata);
      return owner?.connectionId === connectionId ? (owner.endpointId ?? []) : [];
    }),
  );
  const all = [...(current === null ? [] : [current]), ...knownEndpointIds, ...named];
  return all.filter((id, index) => all.findIndex((other) => sameEndpointId(other, id)) === index);
}

export function currentEndpointId({ name, resourceGuid }: PrivateEndpoint): string | null {
  return resourceGuid === null ? null : endpointIdOf(name, resourceGuid);
}

/** Records of the region, in any zone, that hold the endpoint's address. */
export function pointing({
  address,
  zonesOfRegion,
}: Pick<RemovalObservation, 'address' | 'zonesOfRegion'>): ObservedZone['records'] {
  if (address === null) return [];
  return zonesOfRegion.flatMap(({ records }) =>
    records.filter(({ addresses }) => addresses.includes(address)),
  );
}

/** Whether a zone has to do with a connection: it holds its records, or lies where the connection would make it. */
export function concerns(
  { zone, links, records }: ObservedZone,
  connectionId: string,
  place: {
    readonly isWanted: (zoneId: string) => boolean;
    readonly isLinked: (networkId: string) => boolean;
  },
): boolean {
  if (ownersOf(records).includes(connectionId)) return true;
  if (isOurs(zone.tags) && place.isWanted(zone.id)) return true;
  return links.some((link) => isOurs(link.tags) && place.isLinked(link.virtualNetworkId));
}

function row(
  phase: PhaseName,
  resource: ResourceKind,
  id: string,
  { action, reason }: Removal,
  zoneId: string | null = null,
  record: string | null = null,
): RemovalRow {
  return { phase, guideStep: phases[phase].guideStep, resource, id, action, reason, zoneId, record };
}
