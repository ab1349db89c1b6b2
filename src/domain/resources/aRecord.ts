import { timeSchema } from '../connection/fieldSchemas.ts';
import { recordOwner } from '../connection/marks.ts';
import { sameEndpointId } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import type { ObservedZone } from '../plan/observation.ts';
import type { ARecordSet, Tags } from './model.ts';
import type { Reach } from './reach.ts';
import { zoneBeyond } from './reach.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep } from './verdict.ts';

export interface WantedRecord {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly address: string;
  /** As Zilliz registers the private endpoint; compared only where it is known. */
  readonly endpointId?: string | null;
  /** Resource ID; compared only where it is given. */
  readonly privateEndpointId?: string;
}

export const RECORD_TTL_SECONDS = 600;

export function decideRecord(wanted: WantedRecord, found: ARecordSet | null): Verdict {
  if (found === null) return { action: 'create', reason: 'there is no such record' };
  const matches = found.addresses.length === 1 && found.addresses[0] === wanted.address;
  const owner = recordOwner(found.metadata);
  if (owner && owner.connectionId !== wanted.connectionId) {
    return {
      action: 'conflict',
      code: 'record-owned-by-other',
      reason: `it belongs to the connection ${owner.connectionId}`,
    };
  }
  if (owner) {
    if (!matches || found.ttlSeconds !== RECORD_TTL_SECONDS) {
      const said = `${found.addresses.join(', ')} with a TTL of ${found.ttlSeconds} s`;
      return { action: 'change', reason: `it says ${said}` };
    }
    const names = owner.endpointId;
    if (wanted.endpointId && (names === null || !sameEndpointId(names, wanted.endpointId))) {
      return { action: 'change', reason: `it was made for the endpoint ID ${names ?? 'that nobody noted'}` };
    }
    const { privateEndpointId } = wanted;
    if (privateEndpointId !== undefined && !sameResource(owner.privateEndpointId ?? '', privateEndpointId)) {
      return { action: 'change', reason: 'it does not say which private endpoint it was made for' };
    }
    return { action: 'keep', reason: 'it is there' };
  }
  if (found.autoRegistered || !matches) {
    return {
      action: 'conflict',
      code: 'record-conflict',
      reason: `it says ${found.addresses.join(', ')} and is not ours`,
    };
  }
  return { action: 'adopt', reason: 'somebody made it, and it is right' };
}

export function decideOwnRecord(
  record: ARecordSet,
  zone: Pick<ObservedZone['zone'], 'name'>,
  reach: Reach,
): Removal {
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  const owner = recordOwner(record.metadata);
  if (!owner) return keep('somebody else made the record');
  if (owner.connectionId !== reach.connectionId)
    return keep(`it belongs to the connection ${owner.connectionId}`);
  return { action: 'delete', reason: 'it is ours' };
}

/** Records that neither we nor Azure's auto registration made. */
export function foreignRecords(records: readonly ARecordSet[]): readonly ARecordSet[] {
  return records.filter(({ metadata, autoRegistered }) => !autoRegistered && recordOwner(metadata) === null);
}

/** The connections whose records these are. */
export function ownersOf(records: readonly ARecordSet[]): readonly string[] {
  return [...new Set(records.flatMap(({ metadata }) => recordOwner(metadata)?.connectionId ?? []))];
}

/** Metadata of a record set whose cluster is gone: ISO 8601, when that was first seen. */
const GONE_SINCE = 'zpl-gone-since';
const HOUR_MS = 3_600_000;

/**
 * What is known of a record's cluster. `alive` and `gone` are Zilliz's own words, asked for this cluster; a list that lacks
 * it, a refusal or an error are no such word. `not-wanted` is the owner's: excluded, or not among the clusters named.
 */
export type ClusterLife = 'alive' | 'gone' | 'not-wanted';

export type RemovalDecision =
  | { readonly action: 'keep' | 'remove'; readonly reason: string }
  | { readonly action: 'mark' | 'unmark'; readonly reason: string; readonly metadata: Tags };

export interface RemovalQuestion {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly word: ClusterLife;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly delayHours: number;
}

/**
 * What becomes of the record of a cluster:
 *
 * | cluster     | first seen gone      | action                                                     |
 * |-------------|----------------------|------------------------------------------------------------|
 * | alive       | never                | keep                                                       |
 * | alive       | before               | unmark: it came back from the recycle bin                  |
 * | gone        | never                | mark                                                       |
 * | gone        | less than the delay  | keep                                                       |
 * | gone        | the delay or more    | remove                                                     |
 * | not wanted  | –                    | remove: its owner said so                                  |
 *
 * A record without the mark of this connection and cluster is always kept.
 */
export function decideRecordRemoval(question: RemovalQuestion, found: ARecordSet): RemovalDecision {
  const { connectionId, clusterId, word, now, delayHours } = question;
  const owner = recordOwner(found.metadata);
  if (owner?.connectionId !== connectionId || owner.clusterId !== clusterId) {
    return { action: 'keep', reason: 'it does not carry the mark of this connection and cluster' };
  }
  if (word === 'not-wanted') return { action: 'remove', reason: 'the cluster was taken out' };
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
    ? { action: 'remove', reason: `gone since ${new Date(since).toISOString()}` }
    : { action: 'keep', reason: `gone since ${new Date(since).toISOString()}; the delay is not over` };
}

/** When the cluster of a record was first seen gone, in milliseconds since the epoch; null when it was not, or the mark is no time. */
export function goneSince(metadata: Tags): number | null {
  const entry = Object.entries(metadata).find(([name]) => name.toLowerCase() === GONE_SINCE);
  const time = timeSchema.safeParse(entry?.[1]);
  return time.success ? Date.parse(time.data) : null;
}

/** Whether the delay since then is over. A time in the future, from a clock that ran ahead, counts as not over. */
export function isOver(since: number, now: number, delayHours: number): boolean {
  return now - since >= delayHours * HOUR_MS;
}

function without(metadata: Tags): Tags {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name.toLowerCase() !== GONE_SINCE));
}
