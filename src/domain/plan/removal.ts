import * as z from 'zod';
import type { AllowedScopes } from '../connection/bounds.ts';
import { isProjectAllowed, isScopeAllowed, outsideProjects, outsideScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import type { WhitelistEntry } from '../connection/fieldSchemas.ts';
import { isOurs, readEndpointMarks, recordOwner, tagsOfOthers } from '../connection/marks.ts';
import { regionalZoneName, sameEndpointId } from '../connection/names.ts';
import { recordSetId, textSetId } from '../connection/resourceId.ts';
import { decideOwnRecord, recordsOf } from '../resources/aRecord.ts';
import type { PrivateEndpoint } from '../resources/model.ts';
import { decideEndpointRemoval } from '../resources/privateEndpoint.ts';
import type { RemovalFacts } from '../resources/proof.ts';
import type { Reach } from '../resources/reach.ts';
import type { RegistrationProof } from '../resources/registration.ts';
import {
  currentEndpointId,
  decideCurrentRegistration,
  decideStaleRegistration,
  registrationAction,
} from '../resources/registration.ts';
import type { Removal } from '../resources/verdict.ts';
import { keepUnasked, removalActions } from '../resources/verdict.ts';
import { decideLinkRemoval } from '../resources/virtualNetworkLink.ts';
import { decideZoneRemoval } from '../resources/zone.ts';
import type { OwnerCheck } from '../resources/zoneOwner.ts';
import { decideEntryRemoval, isOwnedBy } from '../resources/zoneOwner.ts';
import type { PhaseName } from '../run/phase.ts';
import { allPhaseNames, phases } from '../run/phase.ts';
import type { ObservedZone } from './observation.ts';
import type { RemovalSubject } from './removalSubject.ts';
import type { ResourceKind } from './rows.ts';
import { resourceKinds } from './rows.ts';

/** One reading of all that may remain of a connection, in Azure and at Zilliz. */
export interface RemovalObservation extends RemovalFacts {
  readonly reach: Reach;
  readonly endpoint: PrivateEndpoint | null;
  readonly address: string | null;
  /** Zones that the connection uses or used. */
  readonly zones: readonly ObservedZone[];
  /** All zones of the region: a record in any of them may contain the private address. */
  readonly zonesOfRegion: readonly ObservedZone[];
  /** Endpoint IDs that an earlier reading of the same run found to be ours, or named by our records. */
  readonly knownEndpointIds: readonly string[];
  /** For registrations that do not belong to the existing endpoint. */
  readonly proof: RegistrationProof;
  readonly ownerCheck: OwnerCheck;
}

/** What the run that removes a connection knows already, by the IDs that Zilliz uses. */
export interface KnownOfRun {
  /** Found earlier in the endpoint and the records. */
  readonly endpointIds: readonly string[];
  /** Private endpoints that the run itself deleted. */
  readonly deletedByRun: readonly string[];
  /** Registrations that the run itself removed. */
  readonly unregisteredByRun: readonly string[];
  /** Of the subscription; null if nothing is known of it. */
  readonly whitelist: WhitelistEntry | null;
}

export const removalRowSchema = z.object({
  phase: z.enum(allPhaseNames),
  guideStep: z.string(),
  resource: z.enum(resourceKinds),
  id: z.string(),
  action: z.enum(removalActions),
  reason: z.string(),
  /** For links, records and entries of owners. */
  zoneId: z.string().nullable(),
  /** Of a record or an entry, relative to its zone. */
  record: z.string().nullable(),
  /** It should be deleted, but is kept because it is outside the bounds of this deployment. */
  outside: z.literal(true).exactOptional(),
  /** It should be deleted, but is kept because a lock refuses it. */
  locked: z.literal(true).exactOptional(),
  /** It is kept because Zilliz could not be asked. */
  unasked: z.literal(true).exactOptional(),
});

export type RemovalRow = Readonly<z.infer<typeof removalRowSchema>>;

/** Returns what a disconnect deletes and what it keeps, in the order of the deletions. */
export function planRemoval(observed: RemovalObservation): readonly RemovalRow[] {
  const { zones } = observed;
  const contents = [
    ...zones.flatMap((zone) => linkRows(zone, observed)),
    ...zones.flatMap((zone) => recordRows(zone, observed.reach)),
  ];
  const zoneRows = zones.flatMap((zone) => lastRows(zone, contents, observed));
  return [...contents, ...zoneRows, ...endpointRows(observed)];
}

function linkRows(zone: ObservedZone, needs: RemovalObservation): readonly RemovalRow[] {
  return zone.links.map((link) => {
    const decision = decideLinkRemoval(link, zone, needs);
    return row('remove-links', 'virtual network link', link.id, decision, zone.zone.id);
  });
}

/** The rows of the connection's own records in a zone. */
function recordRows({ zone, records }: ObservedZone, reach: Reach): readonly RemovalRow[] {
  return recordsOf(records, reach.connectionId).map((record) => {
    const id = recordSetId(zone.id, record.name);
    const decision = decideOwnRecord(record, zone, reach);
    return row('remove-records', 'A record set', id, decision, zone.id, record.name);
  });
}

/** The rows of the registrations, then of the private endpoint. */
function endpointRows(observed: RemovalObservation): readonly RemovalRow[] {
  const { reach, endpoint, proof, zilliz } = observed;
  const removal =
    endpoint && decideEndpointRemoval(endpoint, reach.connectionId, pointing(observed), observed);
  const registrations = registeredIds(observed).map((id) => {
    if (!zilliz.ok) return row('unregister-endpoint', 'registration', id, keepUnasked(zilliz.failure));
    const decision =
      removal && isCurrent(id, endpoint)
        ? decideCurrentRegistration(id, endpoint, removal)
        : decideStaleRegistration(id, proof);
    return row('unregister-endpoint', 'registration', id, decision);
  });
  if (!endpoint || !removal) return registrations;
  return [...registrations, row('delete-endpoint', 'private endpoint', endpoint.id, removal)];
}

/** Returns the connection's registrations that do not belong to the existing endpoint. */
export function staleRegistrations(observed: Omit<RemovalObservation, 'proof'>): readonly string[] {
  return registeredIds(observed).filter((id) => !isCurrent(id, observed.endpoint));
}

/** Returns the registrations of the connection; all IDs that may be registered, if Zilliz could not be asked. */
function registeredIds(observed: Omit<RemovalObservation, 'proof'>): readonly string[] {
  const { zilliz } = observed;
  const ids = endpointIdsOf(observed);
  if (!zilliz.ok) return ids;
  return ids.filter((id) =>
    zilliz.value.registered.some((registered) => sameEndpointId(registered.endpointId, id)),
  );
}

/** Returns whether a registration belongs to the endpoint. */
export function isCurrent(id: string, endpoint: PrivateEndpoint | null): boolean {
  return endpoint !== null && sameEndpointId(id, currentEndpointId(endpoint) ?? '');
}

/** Decides on the entries of owners and the zone, on what remains after the removals of the given rows. */
function lastRows(
  observed: ObservedZone,
  rows: readonly RemovalRow[],
  { reach, ownerCheck }: Pick<RemovalObservation, 'reach' | 'ownerCheck'>,
): readonly RemovalRow[] {
  const actionOn = (id: string): RemovalRow['action'] =>
    rows.find((other) => other.id === id)?.action ?? 'keep';
  const { zone, owners } = observed;
  const links = observed.links.filter((link) => actionOn(link.id) !== 'delete');
  // A released record stays, and has no owner among the connections any more.
  const records = observed.records.flatMap((record) => {
    const action = actionOn(recordSetId(zone.id, record.name));
    if (action === 'delete') return [];
    return action === 'tag' ? { ...record, metadata: tagsOfOthers(record.metadata) } : record;
  });
  const left = { ...observed, links, records };
  const entries = owners.flatMap((owner) => {
    const ownLinks = links.filter((link) => actionOn(link.id) === 'keep');
    const decision = decideEntryRemoval(owner, { ...left, links: ownLinks }, { reach, ownerCheck });
    if (!owner.entry || (decision.action === 'keep' && owner.connectionId !== reach.connectionId)) return [];
    const { name } = owner.entry;
    return row('remove-zones', 'owner entry', textSetId(zone.id, name), decision, zone.id, name);
  });
  const decision = decideZoneRemoval(left, { reach, ownerCheck });
  return [...entries, row('remove-zones', 'private DNS zone', zone.id, decision)];
}

/** Returns the ID of the endpoint if it is ours, those of an earlier reading, and those that our records name. */
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

/** Returns the records in any zone of the region that contain the endpoint's address. */
export function pointing({
  address,
  zonesOfRegion,
}: Pick<RemovalObservation, 'address' | 'zonesOfRegion'>): ObservedZone['records'] {
  if (address === null) return [];
  return zonesOfRegion.flatMap(({ records }) =>
    records.filter(({ addresses }) => addresses.includes(address)),
  );
}

/** The names, groups and networks of a connection's zones. */
export interface ZonePlace {
  /** Whether the connection's layout uses a zone of this name. */
  readonly isNamed: (zoneName: string) => boolean;
  readonly isWanted: (zoneId: string) => boolean;
  readonly isLinked: (networkId: string) => boolean;
}

/**
 * Returns whether a connection uses a zone: the zone contains its entry or its records, or has the name and place of the
 * connection's own zone. A zone of ours in the same group is no sign by itself: it may belong to another connection.
 */
export function concerns(observed: ObservedZone, connectionId: string, place: ZonePlace): boolean {
  const { zone, links } = observed;
  if (isOwnedBy(observed, connectionId)) return true;
  if (!place.isNamed(zone.name)) return false;
  if (isOurs(zone.tags) && place.isWanted(zone.id)) return true;
  return links.some((link) => isOurs(link.tags) && place.isLinked(link.virtualNetworkId));
}

function row(
  phase: PhaseName,
  resource: ResourceKind,
  id: string,
  removal: Removal,
  zoneId: string | null = null,
  record: string | null = null,
): RemovalRow {
  return { phase, guideStep: phases[phase].guideStep, resource, id, ...removal, zoneId, record };
}

/** Returns the manual steps after a disconnect: no API does them, or nothing proves that the resource is ours. */
export function manualStepsAfterRemoval(
  { connection, specReadable }: RemovalSubject,
  { endpoint, zilliz }: RemovalObservation,
  { endpointIds, whitelist }: Pick<KnownOfRun, 'endpointIds' | 'whitelist'>,
  rows: readonly RemovalRow[],
): readonly string[] {
  const keptRows = rows.filter(
    ({ resource, action, id, unasked = false }) =>
      resource === 'registration' && action === 'keep' && !isCurrent(id, endpoint) && !unasked,
  );
  const keptRegistrations = keptRows.map(({ id, reason }) => registrationAction(id, reason));
  if (!connection) return keptRegistrations;
  const unproved = (zilliz.ok ? zilliz.value.registered : []).filter(
    ({ endpointId }) =>
      isNamedAs(connection, endpointId) && !endpointIds.some((own) => sameEndpointId(own, endpointId)),
  );
  const reason = 'it has the name of this private endpoint but another resource GUID';
  return [
    ...(whitelist ? [whitelistAction(connection, whitelist)] : []),
    ...keptRegistrations,
    ...(specReadable ? [] : [unreadableAction(connection.regionId)]),
    ...unproved.map(({ endpointId }) => registrationAction(endpointId, reason)),
  ];
}

/** Returns whether a registered endpoint has the name of the connection's private endpoint, with any resource GUID. */
export function isNamedAs({ privateEndpoint }: Connection, endpointId: string): boolean {
  return endpointId.toLowerCase().startsWith(`${privateEndpoint.name.toLowerCase()}.`);
}

/** Without the specification, zones are found only by the connection's records, and near its endpoint by our mark. */
function unreadableAction(regionId: string): string {
  return `The tags of the private endpoint did not say any more where the connection had its zones, so one without a record of its may be left: look for private DNS zones of ${regionalZoneName(regionId)} with links that are no longer needed.`;
}

/** Zilliz has no API to list or delete whitelist entries (reference: private endpoint operations). */
function whitelistAction(
  { subscriptionId, projectId }: Connection,
  { at, confirmed }: WhitelistEntry,
): string {
  const where = `on the whitelist of the project ${projectId}`;
  const known = confirmed
    ? `the subscription ${subscriptionId} stays ${where}, since ${at ?? 'an unknown time'}`
    : `the subscription ${subscriptionId} may be ${where}: ${doubtOf(at)}`;
  return `Zilliz has no API to remove a whitelist entry: ${known}. Ask Zilliz's support to remove it if no other private endpoint needs it.`;
}

function doubtOf(at: string | null): string {
  return at === null
    ? 'Azure shows it the service, and no time is noted'
    : `the app asked for it at ${at}, and got no confirmation`;
}

export interface RemovalBounds {
  readonly allowed: AllowedScopes;
  /** Of the connection; null when it is not known. */
  readonly projectId: string | null;
}

/** Returns the rows with everything outside the bounds kept, also what would only lose its marks. Rows inside the bounds do not change. */
export function keepOutside(
  rows: readonly RemovalRow[],
  { allowed, projectId }: RemovalBounds,
): readonly RemovalRow[] {
  const isOutside = ({ resource, id }: RemovalRow): boolean =>
    resource !== 'registration' && !isScopeAllowed(id, allowed);
  const endpoint = rows.find((row) => row.resource === 'private endpoint' && isOutside(row));
  return rows.map((row): RemovalRow => {
    if (row.action === 'keep') return row;
    if (!isProjectAllowed(projectId, allowed)) return kept(row, outsideProjects(projectId));
    if (isOutside(row)) return kept(row, outsideScopes(row.id));
    // A private endpoint that stays still needs its registration at Zilliz.
    return row.resource === 'registration' && endpoint ? kept(row, outsideScopes(endpoint.id)) : row;
  });
}

function kept(row: RemovalRow, reason: string): RemovalRow {
  return { ...row, action: 'keep', reason, outside: true };
}
