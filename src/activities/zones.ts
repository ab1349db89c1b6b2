import type { Connection } from '../domain/connection/connection.ts';
import { adoptedMarks, isOurs, marksAmong, newSharedTags } from '../domain/connection/marks.ts';
import type { FailureCode } from '../domain/failure/catalog.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { fail, mayBeDone, ProvisioningError } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import { textSetId, sameResource } from '../domain/connection/resourceId.ts';
import { RECORD_TTL_SECONDS } from '../domain/resources/aRecord.ts';
import type { Reach } from '../domain/resources/reach.ts';
import { reachOf } from '../domain/resources/reach.ts';
import { lackingTags, requestedTags } from '../domain/resources/sharedTags.ts';
import { decideLinkRemoval } from '../domain/resources/virtualNetworkLink.ts';
import {
  couldAdoptZone,
  decideZone,
  decideZoneRemoval,
  mayAdoptZone,
  placeZoneWithin,
  wantedZoneId,
} from '../domain/resources/zone.ts';
import type { OwnerCheck, ZoneOwner } from '../domain/resources/zoneOwner.ts';
import {
  decideEntry,
  decideEntryRemoval,
  ENTRY_VALUE,
  entryName,
  isEntered,
} from '../domain/resources/zoneOwner.ts';
import type { ResourceState, Written } from '../domain/resources/written.ts';
import type { Dns, Ports } from '../ports.ts';
import { endpointToRemove } from '../queries/observeRemoval.ts';
import { checkOwners, observeZone, readZonesNamed } from '../queries/observeZones.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { absent, act, removeEach } from './tearDown.ts';

export interface EnsureZoneInput {
  readonly connection: Connection;
  readonly zoneName: string;
  /** Sync acts on what is stored in tags, which anyone may write: it creates no regional zone, and adopts none. */
  readonly fromTags: boolean;
  readonly follow: boolean;
}

export interface EnsuredZone extends Written {
  /** Whether the connection's entry among the owners of the zone was written. */
  readonly entered: boolean;
}

/**
 * DNS step 1: submits the zone without waiting, or writes the connection's entry into one that exists. A zone without links has no
 * effect on any network.
 */
export async function ensureZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName, follow, fromTags }: EnsureZoneInput,
): Promise<EnsuredZone> {
  const placement = await placeZone(ports, policy, connection, zoneName);
  if (placement.kind === 'conflict') throw fail(placement.code, placement.detail);
  const { id, found } = placement;
  if (found) return ensureFound(ports, policy, { connection, fromTags }, found);
  await proveZone(ports, policy, { connection, fromTags, id, isNew: true });
  const tags = newSharedTags(Date.now(), connection.spec.tags);
  await ports.dns.createZone({ id, tags }, { follow });
  return { id, action: 'create', state: 'working', reason: 'there is no such zone', entered: false };
}

/** Marks a zone that exists, and writes the connection's entry into it. From tags alone it is not changed. */
async function ensureFound(
  ports: Ports,
  policy: Policy,
  { connection, fromTags }: Pick<EnsureZoneInput, 'connection' | 'fromTags'>,
  found: ObservedZone,
): Promise<EnsuredZone> {
  const { id, tags } = found.zone;
  const kept = { id, action: 'keep', state: 'ready', reason: 'it is there', entered: false } as const;
  if (fromTags && isEntered(connection, found)) return kept;
  const requested = requestedTags(connection, found);
  const verdict = decideZone(found.zone, await mayAdopt(ports, connection, found), requested);
  if (verdict.action === 'conflict') throw fail(verdict.code, verdict.reason);
  const { action, reason } = verdict;
  const entry = wantedEntry(connection, found);
  if (!entry && action === 'keep') return { ...kept, reason };
  await proveZone(ports, policy, { connection, fromTags, id, isNew: isUnused(found) });
  if (action === 'adopt' || action === 'tag') {
    const marks = action === 'adopt' ? adoptedMarks(Date.now()) : {};
    await ports.network.mergeTags(id, { ...lackingTags(tags, requested), ...marks });
  }
  if (entry) await enter(ports, entry);
  return { id, action, state: 'ready', reason, entered: entry !== null };
}

interface EntryToWrite {
  readonly set: Parameters<Dns['putText']>[0];
  readonly etag: string | null;
}

/** Returns the connection's entry if the one in the zone differs. Throws if another record set has its name. */
function wantedEntry(connection: Connection, zone: ObservedZone): EntryToWrite | null {
  const { verdict, metadata, etag } = decideEntry(connection, zone);
  const name = entryName(connection.id);
  const zoneId = zone.zone.id;
  if (verdict.action === 'conflict')
    throw fail(verdict.code, `${textSetId(zoneId, name)}: ${verdict.reason}`);
  if (verdict.action === 'keep') return null;
  return { set: { zoneId, name, ttlSeconds: RECORD_TTL_SECONDS, value: ENTRY_VALUE, metadata }, etag };
}

function enter(ports: Ports, { set, etag }: EntryToWrite): Promise<void> {
  return inZone(ports, set.zoneId, () => ports.dns.putText(set, etag));
}

/** Whether it is a zone as this app creates it: by the run itself, whose process may have died before it could enter it. */
function isUnused({ zone, links, records, owners, otherSets }: ObservedZone): boolean {
  return isOurs(zone.tags) && [...links, ...records, ...owners, ...otherSets].length === 0;
}

/** Throws if nothing proves that the zone may be created, changed or entered. */
async function proveZone(
  ports: Ports,
  policy: Policy,
  {
    connection,
    fromTags,
    id,
    isNew,
  }: Pick<EnsureZoneInput, 'connection' | 'fromTags'> & { readonly id: string; readonly isNew: boolean },
): Promise<void> {
  if (fromTags && (!isNew || connection.spec.dns.layout === 'regional'))
    throw fail('request-needed', `${id} is gone, or no entry of the connection names its networks`);
  await prove(ports, policy, connection, fromTags ? 'records' : 'endpoint');
}

async function placeZone(
  ports: Ports,
  { allowed }: Policy,
  connection: Connection,
  zoneName: string,
): Promise<ReturnType<typeof placeZoneWithin>> {
  const read = await readZonesNamed(ports, connection, [zoneName]);
  return placeZoneWithin(allowed, connection, zoneName, read);
}

/** Reads the address only if the zone could be part of a setup that the user created by hand. */
async function mayAdopt(ports: Ports, connection: Connection, found: ObservedZone): Promise<boolean> {
  if (!couldAdoptZone(connection, found.zone)) return false;
  const endpoint = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (!endpoint?.networkInterfaceId) return false;
  return mayAdoptZone(connection, found, await ports.network.privateIpAddress(endpoint.networkInterfaceId));
}

export interface EnteredZone extends ResourceState {
  readonly entered: boolean;
}

/** Waits for a zone that was just created: writes the connection's entry into it as soon as it exists. */
export async function enterZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName, fromTags }: Omit<EnsureZoneInput, 'follow'>,
): Promise<EnteredZone> {
  const enterFound = async (zone: ObservedZone): Promise<EnteredZone> => {
    const entry = wantedEntry(connection, zone);
    if (entry) {
      await proveZone(ports, policy, { connection, fromTags, id: zone.zone.id, isNew: true });
      await enter(ports, entry);
    }
    return { state: 'ready', entered: entry !== null };
  };
  // The expected place takes one read, a search several, and Azure Private DNS limits reads.
  const wanted = await ports.dns.zone(wantedZoneId(connection, zoneName));
  if (wanted && wanted.provisioningState !== 'Deleting') {
    const empty = { zone: wanted, links: [], records: [], owners: [], otherSets: [] };
    try {
      return await enterFound(empty);
    } catch (error) {
      if (!(error instanceof ProvisioningError)) throw error;
      // It is there already, or may be after a lost answer: only a read shows it, since each further write would be refused.
      if (error.failure.code !== 'precondition-failed' && !mayBeDone(error.failure)) throw error;
    }
  }
  const placement = await placeZone(ports, policy, connection, zoneName);
  if (placement.kind !== 'existing' || !placement.found) return { state: 'absent', entered: false };
  return enterFound(placement.found);
}

/** Codes with which Azure refuses an operation within a zone that does not exist. */
const mayMissZone: readonly FailureCode[] = ['azure-busy', 'azure-refused'];

/**
 * Runs an operation within a zone. If it fails because the zone does not exist any more, it fails as `zone-removed`, so that the
 * run ensures the zone again.
 */
export async function inZone<T>(ports: Ports, zoneId: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof ProvisioningError) await failIfRemoved(ports, zoneId, error.failure);
    throw error;
  }
}

/** Throws `zone-removed` if that is what is behind a failure. */
export async function failIfRemoved(ports: Ports, zoneId: string, { code }: Failure): Promise<void> {
  if (!mayMissZone.includes(code)) return;
  const zone = await ports.dns.zone(zoneId);
  if (!zone) throw fail('zone-removed', `${zoneId} was deleted during the run`);
}

/**
 * Removes the entries of the connection and of owners that are gone, then the zones that are empty, so that no resource that the
 * connection does not own is deleted with a zone.
 */
export async function removeZones(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly zones: readonly { readonly id: string }[];
    readonly entries: readonly { readonly id: string; readonly zoneId: string }[];
  },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  // With only records left, nothing is removed unless Azure reports that their private endpoint does not exist.
  if (!input.subject.connection) await endpointToRemove(ports, input.subject);
  const entries = await removeEach(input.entries, async ({ id, zoneId }) => {
    const found = await zoneToRemove(ports, reach, zoneId);
    const owner = found?.observed.owners.find(({ entry }) =>
      sameResource(textSetId(zoneId, entry?.name ?? ''), id),
    );
    return owner && found ? removeEntry(ports, owner, reach, found) : absent(id);
  });
  const zones = await removeEach(input.zones, async ({ id }) => {
    const found = await zoneToRemove(ports, reach, id);
    if (!found) return absent(id);
    const { tags } = found.observed.zone;
    return act(id, decideZoneRemoval(found.observed, { reach, ownerCheck: found.ownerCheck }), {
      remove: () => ports.dns.deleteZone(id),
      release: () => ports.network.removeTags(id, marksAmong(tags)),
    });
  });
  return { removed: [...entries.removed, ...zones.removed] };
}

interface ZoneToRemove {
  readonly observed: ObservedZone;
  readonly ownerCheck: OwnerCheck;
}

async function zoneToRemove(ports: Ports, { connectionId }: Reach, id: string): Promise<ZoneToRemove | null> {
  const zone = await ports.dns.zone(id);
  if (!zone) return null;
  const observed = await observeZone(ports, zone);
  return { observed, ownerCheck: await checkOwners(ports, [observed], connectionId) };
}

function removeEntry(
  ports: Ports,
  owner: ZoneOwner,
  reach: Reach,
  { observed, ownerCheck }: ZoneToRemove,
): Promise<Written> {
  const { name, etag } = owner.entry ?? { name: entryName(owner.connectionId), etag: '' };
  const zoneId = observed.zone.id;
  return act(textSetId(zoneId, name), decideEntryRemoval(owner, observed, { reach, ownerCheck }), {
    remove: () => ports.dns.deleteText(zoneId, name, etag),
  });
}

export interface ClusterZoneView {
  /** `kept`: the zone contains something that the connection may not remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Removes the zone of a single cluster whose record is gone. Each call does one step: first the links, then the entry and the zone.
 * If the connection may not remove something in it, the zone stays too.
 */
export async function removeClusterZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneId }: { readonly connection: Connection; readonly zoneId: string },
): Promise<ClusterZoneView> {
  const reach = reachOf(subjectOf(connection));
  const found = await zoneToRemove(ports, reach, zoneId);
  if (!found) return { state: 'absent', deletes: 0 };
  await prove(ports, policy, connection, 'records');
  const { observed, ownerCheck } = found;
  const needs = { reach, address: null, ownerCheck };
  const whenUnlinked = decideZoneRemoval({ ...observed, links: [] }, needs);
  if (whenUnlinked.action !== 'delete') return { state: 'kept', deletes: 0 };
  if (observed.links.length > 0) {
    const removable = observed.links.filter(
      (link) => decideLinkRemoval(link, observed, needs).action === 'delete',
    );
    for (const { id } of removable) await ports.dns.deleteLink(id);
    return { state: removable.length > 0 ? 'working' : 'kept', deletes: removable.length };
  }
  if (observed.zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  // A zone that may go has no entry that must stay.
  const removed = await Promise.all(observed.owners.map((owner) => removeEntry(ports, owner, reach, found)));
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 + removed.length };
}
