import type { Connection } from '../domain/connection/connection.ts';
import { adoptedMarks, isOurs, newSharedTags } from '../domain/connection/marks.ts';
import type { FailureCode } from '../domain/failure/catalog.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { fail, mayBeDone, ProvisioningError } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import { textSetId } from '../domain/connection/resourceId.ts';
import { RECORD_TTL_SECONDS } from '../domain/resources/aRecord.ts';
import { lackingTags, requestedTags } from '../domain/resources/sharedTags.ts';
import {
  couldAdoptZone,
  decideZone,
  mayAdoptZone,
  placeZoneWithin,
  wantedZoneId,
} from '../domain/resources/zone.ts';
import { decideEntry, ENTRY_VALUE, entryName, isEntered } from '../domain/resources/zoneOwner.ts';
import type { ResourceState, Written } from '../domain/resources/written.ts';
import type { Dns, Ports } from '../ports.ts';
import { readZonesNamed } from '../queries/observeZones.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';

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
  const entry = wantedEntry(connection, id, found);
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
function wantedEntry(connection: Connection, zoneId: string, zone: ObservedZone | null): EntryToWrite | null {
  const { verdict, metadata, etag } = decideEntry(connection, zone);
  const name = entryName(connection.id);
  if (verdict.action === 'conflict')
    throw fail(verdict.code, `${textSetId(zoneId, name)}: ${verdict.reason}`);
  if (verdict.action === 'keep') return null;
  return { set: { zoneId, name, ttlSeconds: RECORD_TTL_SECONDS, value: ENTRY_VALUE, metadata }, etag };
}

async function enter(ports: Ports, { set, etag }: EntryToWrite): Promise<void> {
  await inZone(ports, set.zoneId, () => ports.dns.putText(set, etag));
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

export interface EnterZoneInput extends Omit<EnsureZoneInput, 'follow'> {
  /** The zone was submitted so recently that it may not exist yet. */
  readonly isRecent: boolean;
}

/** Waits for a zone that was created: writes the connection's entry into it as soon as it exists. */
export async function enterZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName, fromTags, isRecent }: EnterZoneInput,
): Promise<EnteredZone> {
  const prove = (id: string): Promise<void> =>
    proveZone(ports, policy, { connection, fromTags, id, isNew: true });
  const zoneId = wantedZoneId(connection, zoneName);
  const entry = wantedEntry(connection, zoneId, null);
  // Azure limits reads, and a write that it refuses stands in the Activity Log as failed.
  const mayExist = !isRecent || isUsable(await ports.dns.zone(zoneId));
  try {
    if (entry && mayExist) {
      await prove(zoneId);
      await ports.dns.putText(entry.set, entry.etag);
      return { state: 'ready', entered: true };
    }
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !leavesOpen(error.failure)) throw error;
  }
  const placement = await placeZone(ports, policy, connection, zoneName);
  if (placement.kind !== 'existing' || !placement.found) return { state: 'absent', entered: false };
  const missing = wantedEntry(connection, placement.id, placement.found);
  if (missing) {
    await prove(placement.id);
    await enter(ports, missing);
  }
  return { state: 'ready', entered: missing !== null };
}

const isUsable = (zone: Awaited<ReturnType<Dns['zone']>>): boolean =>
  zone !== null && zone.provisioningState !== 'Deleting';

/** Whether only a read shows the zone after this failure of the entry: it may be missing, or may have the entry already. */
function leavesOpen(failure: Failure): boolean {
  return failure.code === 'precondition-failed' || mayMissZone.includes(failure.code) || mayBeDone(failure);
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
