import { timeSchema } from './fieldSchemas.ts';
import { recordOwner } from './marks.ts';
import type { ARecordSet, Tags } from './model.ts';

/** Metadata of a record set whose cluster is gone: ISO 8601, when that was first seen. */
const GONE_SINCE = 'zpl-gone-since';
const HOUR_MS = 3_600_000;

/**
 * What is known of a record's cluster. `alive` and `gone` are Zilliz's own words, asked for this cluster; a list that lacks
 * it, a refusal or an error are no such word. `not-wanted` is the owner's: excluded, or not among the clusters named.
 */
export type ClusterWord = 'alive' | 'gone' | 'not-wanted';

export type RemovalDecision =
  | { readonly action: 'keep' | 'remove'; readonly reason: string }
  | { readonly action: 'mark' | 'unmark'; readonly reason: string; readonly metadata: Tags };

export interface RemovalQuestion {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly word: ClusterWord;
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
