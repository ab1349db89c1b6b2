import * as z from 'zod';
import type { AllowedScopes } from '../connection/bounds.ts';
import { isProjectAllowed, isScopeAllowed, outsideProjects, outsideScopes } from '../connection/bounds.ts';
import { isOurs, readEndpointMarks, recordOwner } from '../connection/marks.ts';
import { endpointId as endpointIdOf, regionalZoneName, sameEndpointId } from '../connection/names.ts';
import { recordSetId } from '../connection/resourceId.ts';
import { decideOwnRecord, ownersOf } from '../resources/aRecord.ts';
import type { PrivateEndpoint, RegisteredEndpoint } from '../resources/model.ts';
import { decideEndpointRemoval } from '../resources/privateEndpoint.ts';
import type { Reach } from '../resources/reach.ts';
import type { RegistrationProof } from '../resources/registration.ts';
import { decideStaleRegistration, registrationAction } from '../resources/registration.ts';
import type { Removal } from '../resources/verdict.ts';
import type { Neighbours } from '../resources/neighbour.ts';
import { decideLinkRemoval } from '../resources/virtualNetworkLink.ts';
import { decideZoneRemoval } from '../resources/zone.ts';
import type { PhaseName } from '../run/phase.ts';
import { allPhaseNames, phases } from '../run/phase.ts';
import type { ObservedZone } from './observation.ts';
import type { RemovalSubject } from './removalSubject.ts';
import type { ResourceKind } from './rows.ts';
import { resourceKinds } from './rows.ts';

/** One reading of what a connection may leave behind, both control planes. */
export interface RemovalObservation {
  readonly reach: Reach;
  readonly endpoint: PrivateEndpoint | null;
  readonly address: string | null;
  /** Zones that the connection uses or used, each with the number of its record sets of any kind. */
  readonly zones: readonly (ObservedZone & { readonly recordSets: number })[];
  /** Zones of the region, this connection's or not: somebody may point to the private address in any of them. */
  readonly zonesOfRegion: readonly ObservedZone[];
  readonly registrations: readonly RegisteredEndpoint[];
  /** Endpoint IDs that an earlier look of the same run has found to be ours, or said to be so by records. */
  readonly knownEndpointIds: readonly string[];
  /** For registrations that are not of the endpoint that is there. */
  readonly proof: RegistrationProof;
  readonly neighbours: Neighbours;
}

export const removalRowSchema = z.object({
  phase: z.enum(allPhaseNames),
  guideStep: z.string(),
  resource: z.enum(resourceKinds),
  id: z.string(),
  action: z.enum(['delete', 'keep']),
  reason: z.string(),
  /** For links and records. */
  zoneId: z.string().nullable(),
  /** Of a record, relative to its zone. */
  record: z.string().nullable(),
  /** It would go, and is kept because it lies outside the bounds of this deployment. */
  outside: z.literal(true).exactOptional(),
});

export type RemovalRow = Readonly<z.infer<typeof removalRowSchema>>;

/** What goes and what stays when a connection is taken down, in the order in which it goes. */
export function planRemoval(observed: RemovalObservation): readonly RemovalRow[] {
  const { reach, endpoint, neighbours, zones } = observed;
  const rows: RemovalRow[] = [];
  for (const zone of zones) {
    const needs = { reach, address: observed.address, neighbours };
    for (const link of zone.links) {
      const decision = decideLinkRemoval(link, zone, needs);
      rows.push(row('remove-links', 'virtual network link', link.id, decision, zone.zone.id));
    }
  }
  for (const { zone, records } of zones) {
    for (const record of records) {
      if (recordOwner(record.metadata)?.connectionId !== reach.connectionId) continue;
      const id = recordSetId(zone.id, record.name);
      const decision = decideOwnRecord(record, zone, reach);
      rows.push(row('remove-records', 'A record set', id, decision, zone.id, record.name));
    }
  }
  for (const zone of zones) rows.push(zoneRow(zone, rows, observed));
  const going = endpoint && decideEndpointRemoval(endpoint, reach.connectionId, pointing(observed));
  for (const id of registeredIds(observed)) {
    const decision = isCurrent(id, endpoint) && going ? going : decideStaleRegistration(id, observed.proof);
    rows.push(row('unregister-endpoint', 'registration', id, decision));
  }
  if (endpoint && going) rows.push(row('delete-endpoint', 'private endpoint', endpoint.id, going));
  return rows;
}

/** The registrations that concern the connection, and are not of the endpoint that is there. */
export function staleRegistrations(observed: Omit<RemovalObservation, 'proof'>): readonly string[] {
  return registeredIds(observed).filter((id) => !isCurrent(id, observed.endpoint));
}

function registeredIds(observed: Omit<RemovalObservation, 'proof'>): readonly string[] {
  const { registrations } = observed;
  return endpointIdsOf(observed).filter((id) =>
    registrations.some((registered) => sameEndpointId(registered.endpointId, id)),
  );
}

/** Whether a registration is that of the endpoint. */
export function isCurrent(id: string, endpoint: PrivateEndpoint | null): boolean {
  return endpoint !== null && sameEndpointId(id, currentEndpointId(endpoint) ?? '');
}

/** Decided on what will be left of the zone when the rows before it are done. */
function zoneRow(
  observed: RemovalObservation['zones'][number],
  rows: readonly RemovalRow[],
  needs: Pick<RemovalObservation, 'reach' | 'neighbours'>,
): RemovalRow {
  const goes = (id: string): boolean => rows.some((other) => other.id === id && other.action === 'delete');
  const { zone } = observed;
  const links = observed.links.filter((link) => !goes(link.id));
  const records = observed.records.filter(({ name }) => !goes(recordSetId(zone.id, name)));
  const recordSets = observed.recordSets - (observed.records.length - records.length);
  const decision = decideZoneRemoval({ zone, links, records }, { recordSets }, needs);
  return row('remove-zones', 'private DNS zone', zone.id, decision);
}

/** The endpoint's own ID where it is ours, those of an earlier look, and those that our records name. */
export function endpointIdsOf(
  observed: Pick<RemovalObservation, 'reach' | 'endpoint' | 'zones' | 'knownEndpointIds'>,
): readonly string[] {
  const { endpoint, zones, knownEndpointIds } = observed;
  const { connectionId } = observed.reach;
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

/** Where a connection makes its zones. */
export interface ZonePlace {
  /** Whether a zone has a name that the connection's layout asks for. */
  readonly isNamed: (zoneName: string) => boolean;
  readonly isWanted: (zoneId: string) => boolean;
  readonly isLinked: (networkId: string) => boolean;
}

/**
 * Whether a zone has to do with a connection: it holds its records, or has the name that the connection would give it, where
 * the connection would make it. That a zone of ours lies in the same group says nothing: it may be another connection's.
 */
export function concerns(
  { zone, links, records }: ObservedZone,
  connectionId: string,
  place: ZonePlace,
): boolean {
  if (ownersOf(records).includes(connectionId)) return true;
  if (!place.isNamed(zone.name)) return false;
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

/** What a disconnect leaves to people, because no API can do it or nothing proves that it is ours. */
export function manualStepsAfterRemoval(
  { connection, specReadable }: RemovalSubject,
  { endpoint, registrations }: RemovalObservation,
  endpointIds: readonly string[],
  rows: readonly RemovalRow[],
): readonly string[] {
  const actions: string[] = [];
  const whitelistedAt = endpoint ? (readEndpointMarks(endpoint.tags)?.whitelistedAt ?? null) : null;
  if (connection && whitelistedAt !== null) {
    actions.push(whitelistAction(connection.subscriptionId, connection.projectId, whitelistedAt));
  }
  for (const { resource, action, id, reason } of rows) {
    if (resource !== 'registration' || action !== 'keep' || isCurrent(id, endpoint)) continue;
    actions.push(registrationAction(id, reason));
  }
  if (connection && !specReadable) actions.push(unreadableAction(connection.regionId));
  const name = connection?.privateEndpoint.name.toLowerCase();
  const unproved = registrations.filter(
    ({ endpointId }) =>
      name !== undefined &&
      endpointId.toLowerCase().startsWith(`${name}.`) &&
      !endpointIds.some((own) => sameEndpointId(own, endpointId)),
  );
  const reason = 'it has the name of this private endpoint but another resource GUID';
  for (const { endpointId } of unproved) actions.push(registrationAction(endpointId, reason));
  return actions;
}

/** Zones are found by the records of the connection in them, and near its private endpoint by our mark. */
function unreadableAction(regionId: string): string {
  return `The tags of the private endpoint did not say any more where the connection had its zones, so one without a record of its may be left: look for private DNS zones of ${regionalZoneName(regionId)} with links that nobody needs.`;
}

/** Zilliz can neither list nor delete whitelist entries (reference: private endpoint operations). */
function whitelistAction(subscriptionId: string, projectId: string, since: string): string {
  return `Zilliz has no API to remove a whitelist entry: the subscription ${subscriptionId} stays on the whitelist of the project ${projectId}, since ${since}. Ask Zilliz's support to remove it if no other private endpoint needs it.`;
}

export interface RemovalBounds {
  readonly allowed: AllowedScopes;
  /** Of the connection; null when it is not known. */
  readonly projectId: string | null;
}

/** The rows of a removal with everything outside the bounds kept, and the reason. What lies inside goes all the same. */
export function keepOutside(
  rows: readonly RemovalRow[],
  { allowed, projectId }: RemovalBounds,
): readonly RemovalRow[] {
  const isOutside = ({ resource, id }: RemovalRow): boolean =>
    resource !== 'registration' && !isScopeAllowed(id, allowed);
  const endpoint = rows.find((row) => row.resource === 'private endpoint' && isOutside(row));
  return rows.map((row): RemovalRow => {
    if (row.action !== 'delete') return row;
    if (!isProjectAllowed(projectId, allowed)) return kept(row, outsideProjects(projectId));
    if (isOutside(row)) return kept(row, outsideScopes(row.id));
    // A private endpoint that stays goes on needing what Zilliz knows of it.
    return row.resource === 'registration' && endpoint ? kept(row, outsideScopes(endpoint.id)) : row;
  });
}

function kept(row: RemovalRow, reason: string): RemovalRow {
  return { ...row, action: 'keep', reason, outside: true };
}
