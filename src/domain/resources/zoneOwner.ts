import type { Connection } from '../connection/connection.ts';
import { entryMetadata, entryNetworks, isAdopted, isOurs, recordOwner } from '../connection/marks.ts';
import { isConnectionId, networkHash } from '../connection/names.ts';
import { namesItsEndpoint } from '../connection/orphan.ts';
import type { ObservedZone } from '../plan/observation.ts';
import { recordsOf } from './aRecord.ts';
import type { Tags, TxtRecordSet } from './model.ts';
import type { Reach } from './reach.ts';
import { zoneBeyond } from './reach.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep } from './verdict.ts';

/** The only value of an entry: the version of its metadata. */
export const ENTRY_VALUE = 'v1';
const PREFIX = '_zpl-';

/**
 * The entry of a connection among the owners of a zone: a TXT record set `_zpl-<connection ID>`. Zones and links are shared, and
 * the identity of one deployment need not see the private endpoints of another: an entry protects what its connection needs.
 */
export interface ZoneOwner {
  readonly connectionId: string;
  /** False: a record set of that name, but not an entry of this app. It protects the zone all the same. */
  readonly isEntry: boolean;
  /** Resource ID; null if nothing proves that the endpoint is the one of the connection. */
  readonly privateEndpointId: string | null;
  /** The hashes of the networks that the connection links; null if they are not known: it may need any link. */
  readonly networks: readonly string[] | null;
  /** Those of them whose link is created by this app. */
  readonly createdLinks: readonly string[];
  /** Null if only records show the owner, as in zones from before there were entries. */
  readonly entry: { readonly name: string; readonly etag: string } | null;
}

/** The owners whose private endpoint was read. Those in neither list are there. */
export interface OwnerCheck {
  /** Connection IDs: Azure reports that the private endpoint does not exist. */
  readonly gone: readonly string[];
  /** Why the private endpoint could not be read, by connection ID. Such an owner counts as there. */
  readonly unread: Readonly<Record<string, string>>;
}

export function entryName(connectionId: string): string {
  return `${PREFIX}${connectionId}`;
}

/** Reads a TXT record set as an entry; null if it has another name. */
export function zoneOwner({ name, values, metadata, etag }: TxtRecordSet): ZoneOwner | null {
  const connectionId = name.toLowerCase().slice(PREFIX.length);
  if (!name.toLowerCase().startsWith(PREFIX) || !isConnectionId(connectionId)) return null;
  const owner = recordOwner(metadata);
  const isEntry = owner?.connectionId === connectionId && values.length === 1 && values[0] === ENTRY_VALUE;
  const networks = isEntry ? entryNetworks(metadata) : null;
  return {
    ...{ connectionId, isEntry, entry: { name, etag } },
    privateEndpointId: isEntry && namesItsEndpoint(owner) ? owner.privateEndpointId : null,
    networks: networks?.map(({ hash }) => hash) ?? null,
    createdLinks: (networks ?? []).flatMap(({ hash, created }) => (created ? [hash] : [])),
  };
}

/** Returns the owners of a zone: the entries, and the connections that only their records show. */
export function ownersIn({
  owners,
  records,
}: Pick<ObservedZone, 'owners' | 'records'>): readonly ZoneOwner[] {
  const all = new Map(owners.map((owner) => [owner.connectionId, owner]));
  for (const { metadata } of records) {
    const owner = recordOwner(metadata);
    if (!owner || all.has(owner.connectionId)) continue;
    const { connectionId } = owner;
    const privateEndpointId = namesItsEndpoint(owner) ? owner.privateEndpointId : null;
    const withoutEntry = { isEntry: false, networks: null, createdLinks: [], entry: null };
    all.set(connectionId, { connectionId, privateEndpointId, ...withoutEntry });
  }
  return [...all.values()];
}

export function isOwnedBy(zone: Pick<ObservedZone, 'owners' | 'records'>, connectionId: string): boolean {
  return ownersIn(zone).some((owner) => owner.connectionId === connectionId);
}

/** Whether the zone has an entry of the connection that names the networks that it links there: a request was carried out. */
export function isEntered(
  { id, linkedNetworks, spec }: Pick<Connection, 'id' | 'linkedNetworks' | 'spec'>,
  zone: Pick<ObservedZone, 'owners'>,
): boolean {
  const entry = entryOf(zone, id);
  if (entry?.isEntry !== true) return false;
  // Of a regional zone sync links no network.
  if (spec.dns.layout === 'regional') return true;
  return linkedNetworks.every((network) => entry.networks?.includes(networkHash(network)) === true);
}

/** Returns the connection's own entry in a zone; null if it has none. */
export function entryOf({ owners }: Pick<ObservedZone, 'owners'>, connectionId: string): ZoneOwner | null {
  return owners.find((owner) => owner.connectionId === connectionId) ?? null;
}

/** Returns why another owner needs the zone, or its link to a network; null if none does. */
export function neededByOther(
  zone: Pick<ObservedZone, 'owners' | 'records'>,
  connectionId: string,
  { gone, unread }: OwnerCheck,
  virtualNetworkId?: string,
): string | null {
  const hash = virtualNetworkId === undefined ? null : networkHash(virtualNetworkId);
  const owner = ownersIn(zone).find(
    (other) =>
      other.connectionId !== connectionId &&
      !gone.includes(other.connectionId) &&
      (hash === null || other.networks === null || other.networks.includes(hash)),
  );
  if (!owner) return null;
  const doubt = unread[owner.connectionId];
  const reason = `the connection ${owner.connectionId} ${hash === null ? 'uses' : 'needs'} it`;
  return doubt === undefined ? reason : `${reason}; whether it still exists is not known: ${doubt}`;
}

/** Whether the entry of another connection names the network. The setting of such a link is not changed. */
export function isSharedLink(
  { owners }: Pick<ObservedZone, 'owners'>,
  connectionId: string,
  virtualNetworkId: string,
): boolean {
  return (
    neededByOther({ owners, records: [] }, connectionId, { gone: [], unread: {} }, virtualNetworkId) !== null
  );
}

/** The entry that a connection wants in a zone. */
export interface WantedEntry {
  readonly verdict: Verdict;
  readonly metadata: Tags;
  /** Of the entry that it replaces; null if there is none. */
  readonly etag: string | null;
}

/** Decides on the connection's entry in a zone, which may not exist yet. An entry names a network until our link to it is gone. */
export function decideEntry(connection: Connection, zone: ObservedZone | null): WantedEntry {
  const found = zone && entryOf(zone, connection.id);
  const named = new Set(connection.linkedNetworks.map(networkHash));
  const hashes = [...named, ...(zone ? linkedStill(zone, connection.id, named) : [])].toSorted();
  const verdict = ((): Verdict => {
    if (!found) return { action: 'create', reason: 'the zone has no entry of the connection' };
    if (!found.isEntry) {
      const reason = 'a TXT record set of this name is not ours';
      return { action: 'conflict', code: 'record-conflict', reason };
    }
    const isRight = found.privateEndpointId !== null && found.networks?.join() === hashes.join();
    return isRight
      ? { action: 'keep', reason: 'it is there' }
      : { action: 'update', reason: 'it names other networks' };
  })();
  const networks = hashes.map((hash) => ({ hash, created: isCreated(hash, zone) }));
  return { verdict, metadata: entryMetadata(connection, networks), etag: found?.entry?.etag ?? null };
}

/** Whether this app created the link of a network, or will: a link that exists without our marks needs an entry that notes it. */
function isCreated(hash: string, zone: ObservedZone | null): boolean {
  const link = zone?.links.find(({ virtualNetworkId }) => networkHash(virtualNetworkId) === hash);
  if (!zone || !link) return true;
  return isOurs(link.tags) ? !isAdopted(link.tags) : isNotedAsCreated(hash, zone.owners);
}

export function isNotedAsCreated(hash: string, owners: readonly ZoneOwner[]): boolean {
  return owners.some(({ createdLinks }) => createdLinks.includes(hash));
}

/** Networks of an earlier specification whose link is still to be removed: until then the entry shows that the link is ours. */
function linkedStill(
  zone: ObservedZone,
  connectionId: string,
  named: ReadonlySet<string>,
): readonly string[] {
  const others = zone.owners.filter((owner) => owner.connectionId !== connectionId);
  const isLinked = (hash: string): boolean =>
    zone.links.some((link) => isOurs(link.tags) && networkHash(link.virtualNetworkId) === hash);
  return (entryOf(zone, connectionId)?.networks ?? []).filter(
    (hash) =>
      !named.has(hash) && isLinked(hash) && !others.some(({ networks }) => networks?.includes(hash) === true),
  );
}

/**
 * Decides on the removal of an entry, after links and records: the connection's own when nothing in the zone needs it, and that
 * of a connection that is gone.
 */
export function decideEntryRemoval(
  owner: ZoneOwner,
  zone: ObservedZone,
  { reach, ownerCheck }: { readonly reach: Reach; readonly ownerCheck: OwnerCheck },
): Removal {
  const beyond = zoneBeyond(reach, zone.zone.name);
  if (beyond !== null) return keep(beyond);
  const { connectionId, isEntry, networks } = owner;
  const isOwn = connectionId === reach.connectionId;
  if (!isOwn && !ownerCheck.gone.includes(connectionId))
    return keep(`it belongs to the connection ${connectionId}`);
  if (!isEntry) return keep('a TXT record set of this name is not ours');
  if (recordsOf(zone.records, connectionId).length > 0)
    return keep('records of the connection are in the zone');
  // With only records left, Azure has reported that the private endpoint does not exist: a link that stays needs no owner.
  if (!isOwn || reach.networks === null)
    return { action: 'delete', reason: `the private endpoint of ${connectionId} does not exist` };
  const isLinked = zone.links.some(
    ({ tags, virtualNetworkId }) =>
      isOurs(tags) &&
      networks?.includes(networkHash(virtualNetworkId)) === true &&
      neededByOther(zone, connectionId, ownerCheck, virtualNetworkId) === null,
  );
  return isLinked ? keep('a link of the connection stays') : { action: 'delete', reason: 'it is ours' };
}
