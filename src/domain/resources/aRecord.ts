import type { Connection } from '../connection/connection.ts';
import { timeSchema } from '../connection/fieldSchemas.ts';
import type { RecordOwner } from '../connection/marks.ts';
import { isAdopted, recordOwner, tagsOfOthers } from '../connection/marks.ts';
import { sameEndpointId } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import type { ObservedZone } from '../plan/observation.ts';
import type { Warning } from '../plan/warnings.ts';
import type { ARecordSet, OtherSet, Tags } from './model.ts';
import type { Reach } from './reach.ts';
import { zoneBeyond } from './reach.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep, removeOwn } from './verdict.ts';

export interface WantedRecord {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly address: string;
  /** As Zilliz registers the private endpoint; compared only if it is known. */
  readonly endpointId?: string | null;
  /** Resource ID; compared only if it is given. */
  readonly privateEndpointId?: string;
  readonly adopt: Connection['adopt'];
}

export const RECORD_TTL_SECONDS = 600;

/** `holder`: a record set of another type that has the name. */
export function decideRecord(
  wanted: WantedRecord,
  found: ARecordSet | null,
  holder: OtherSet | null = null,
): Verdict {
  if (holder !== null) {
    const reason = heldBecause(holder);
    return { action: 'conflict', code: 'record-conflict', reason, recordType: holder.type };
  }
  if (found === null) return { action: 'create', reason: 'there is no such record' };
  const owner = recordOwner(found.metadata);
  if (owner && owner.connectionId !== wanted.connectionId) {
    return {
      action: 'conflict',
      code: 'record-owned-by-other',
      reason: `it belongs to the connection ${owner.connectionId}`,
    };
  }
  if (owner) {
    const reason = reasonToChange(wanted, found, owner);
    return reason === null ? { action: 'keep', reason: 'it is there' } : { action: 'update', reason };
  }
  if (found.autoRegistered || !hasOnly(wanted.address, found)) {
    return {
      action: 'conflict',
      code: 'record-conflict',
      reason: `it contains ${found.addresses.join(', ')} and is not ours`,
      recordType: 'A',
    };
  }
  if (wanted.adopt === 'never') {
    const reason = 'it was created outside this app, and the request does not allow its adoption';
    return { action: 'conflict', code: 'record-conflict', reason };
  }
  const reason = 'it was created outside this app, and it is right';
  const { ttlSeconds } = found;
  return {
    action: 'adopt',
    reason: ttlSeconds === RECORD_TTL_SECONDS ? reason : `${reason}; ${ttlChange(ttlSeconds)}`,
  };
}

/** Returns the A record set of a name in a zone; null if there is none. */
export function recordAt(name: string, zone: Pick<ObservedZone, 'records'> | null): ARecordSet | null {
  return zone?.records.find((record) => record.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** Returns the record set of another type that has the name; null if there is none. */
export function holderOf(name: string, zone: Pick<ObservedZone, 'otherSets'> | null): OtherSet | null {
  return zone?.otherSets.find((other) => other.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** What to do about a foreign record set that has the name of a record, with the command. `id`: of the record. */
export function removeForeignRecord(id: string, type: string): string {
  const [, subscription = '', group = '', zone = '', name = ''] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*\/privateDnsZones\/([^/]+)\/\w+\/([^/]+)$/i.exec(
      id,
    ) ?? [];
  const command = `az network private-dns record-set ${type.toLowerCase()} delete --subscription ${subscription} -g ${group} -z ${zone} -n ${name}`;
  return `If nothing else needs the record set, remove it: \`${command}\`; or leave the cluster out. A record without the marks of this app is never overwritten.`;
}

export function heldBecause({ type }: OtherSet): string {
  return `a ${type} record set that is not ours has this name`;
}

/** Returns how our own record differs from the wanted one; null if it does not. */
function reasonToChange(
  wanted: WantedRecord,
  found: ARecordSet,
  owner: Pick<RecordOwner, 'endpointId' | 'privateEndpointId'>,
): string | null {
  if (!hasOnly(wanted.address, found) || found.ttlSeconds !== RECORD_TTL_SECONDS) {
    return `it contains ${found.addresses.join(', ')} with a TTL of ${found.ttlSeconds} s`;
  }
  if (wanted.endpointId && !sameEndpointId(owner.endpointId ?? '', wanted.endpointId)) {
    return `it was created for the endpoint ID ${owner.endpointId ?? '(not noted)'}`;
  }
  const { privateEndpointId } = wanted;
  if (privateEndpointId !== undefined && !sameResource(owner.privateEndpointId ?? '', privateEndpointId)) {
    return 'it does not name the private endpoint that it was created for';
  }
  return null;
}

/** An adopted record gets the TTL of every record of this app: a client follows a change of address within that time. */
function ttlChange(ttlSeconds: number): string {
  return `its TTL of ${ttlSeconds} s becomes ${RECORD_TTL_SECONDS} s`;
}

/** `id`: of the record set on which was decided. */
export function ttlWarning(id: string, { action }: Verdict, found: ARecordSet | null): readonly Warning[] {
  if (action !== 'adopt' || found === null || found.ttlSeconds === RECORD_TTL_SECONDS) return [];
  const detail = `the A record set ${id} is adopted, and ${ttlChange(found.ttlSeconds)}`;
  return [{ code: 'record-ttl-changed', detail }];
}

function hasOnly(address: string, { addresses }: ARecordSet): boolean {
  return addresses.length === 1 && addresses[0] === address;
}

export function decideOwnRecord(
  record: ARecordSet,
  zone: Pick<ObservedZone['zone'], 'name'>,
  reach: Reach,
): Removal {
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  const owner = recordOwner(record.metadata);
  if (!owner) return keep('the record has another owner');
  if (owner.connectionId !== reach.connectionId)
    return keep(`it belongs to the connection ${owner.connectionId}`);
  return removeOwn(record.metadata, 'it is ours');
}

/** Returns the records that neither this app nor Azure's auto registration created. */
export function foreignRecords(records: readonly ARecordSet[]): readonly ARecordSet[] {
  return records.filter(({ metadata, autoRegistered }) => !autoRegistered && recordOwner(metadata) === null);
}

/** Returns the records of other owners that contain the private address; none if it is not known. */
export function foreignRecordsTo(
  records: readonly ARecordSet[],
  address: string | null,
): readonly ARecordSet[] {
  return foreignRecords(records).filter(({ addresses }) => address !== null && addresses.includes(address));
}

/** Returns the records of a connection. */
export function recordsOf(records: readonly ARecordSet[], connectionId: string): readonly ARecordSet[] {
  return records.filter(({ metadata }) => recordOwner(metadata)?.connectionId === connectionId);
}

/** Metadata of a record set whose cluster is gone: the time of the first such reading, ISO 8601. */
const GONE_SINCE = 'zpl-gone-since';
const HOUR_MS = 3_600_000;

/**
 * The state of a record's cluster. `alive` and `gone` come from Zilliz's own response for this cluster. A list without it, a
 * refusal or an error is no evidence. `not-wanted`: the specification excludes it or does not name it.
 */
export type ClusterLife = 'alive' | 'gone' | 'not-wanted';

export type RemovalDecision =
  | { readonly action: 'keep' | 'remove'; readonly reason: string }
  | { readonly action: 'mark' | 'unmark' | 'release'; readonly reason: string; readonly metadata: Tags };

export interface RemovalQuestion {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly word: ClusterLife;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly delayHours: number;
}

/**
 * Returns what to do with the record of a cluster:
 *
 * | cluster     | first seen gone      | action                                                     |
 * |-------------|----------------------|------------------------------------------------------------|
 * | alive       | never                | keep                                                       |
 * | alive       | before               | unmark: it is back from the recycle bin                    |
 * | gone        | never                | mark                                                       |
 * | gone        | less than the delay  | keep                                                       |
 * | gone        | the delay or more    | remove                                                     |
 * | not wanted  | –                    | remove: the specification excludes it                      |
 *
 * A record without the mark of this connection and cluster is always kept.
 */
export function decideRecordRemoval(question: RemovalQuestion, found: ARecordSet): RemovalDecision {
  const { connectionId, clusterId, word, now, delayHours } = question;
  const owner = recordOwner(found.metadata);
  if (owner?.connectionId !== connectionId || owner.clusterId !== clusterId) {
    return { action: 'keep', reason: 'it does not carry the mark of this connection and cluster' };
  }
  if (word === 'not-wanted') return removeOrRelease(found.metadata, 'the cluster was taken out');
  const since = goneSince(found.metadata);
  if (word === 'alive') {
    return since === null
      ? { action: 'keep', reason: 'the cluster is there' }
      : { action: 'unmark', reason: 'the cluster is back', metadata: without(found.metadata) };
  }
  if (since === null) {
    const metadata = { ...without(found.metadata), [GONE_SINCE]: new Date(now).toISOString() };
    return { action: 'mark', reason: `first seen gone; to be removed in ${delayHours} hours`, metadata };
  }
  return isOver(since, now, delayHours)
    ? removeOrRelease(found.metadata, `gone since ${new Date(since).toISOString()}`)
    : { action: 'keep', reason: `gone since ${new Date(since).toISOString()}; the delay is not over` };
}

function removeOrRelease(metadata: Tags, reason: string): RemovalDecision {
  if (!isAdopted(metadata)) return { action: 'remove', reason };
  const released = `${reason}; it was adopted, so only our marks are taken off`;
  return { action: 'release', reason: released, metadata: tagsOfOthers(metadata) };
}

/** Returns when a reading first showed the cluster as gone, in milliseconds since the epoch; null without a valid mark. */
export function goneSince(metadata: Tags): number | null {
  const entry = Object.entries(metadata).find(([name]) => name.toLowerCase() === GONE_SINCE);
  const time = timeSchema.safeParse(entry?.[1]);
  return time.success ? Date.parse(time.data) : null;
}

/** Returns whether the delay is over. With a time in the future, from a clock that ran ahead, it is not over. */
export function isOver(since: number, now: number, delayHours: number): boolean {
  return now - since >= delayHours * HOUR_MS;
}

function without(metadata: Tags): Tags {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name.toLowerCase() !== GONE_SINCE));
}
