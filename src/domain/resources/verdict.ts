import { isAdopted } from '../connection/marks.ts';
import type { FailureCode } from '../failure/catalog.ts';
import type { Failure } from '../failure/failure.ts';
import type { ARecordSet, Tags } from './model.ts';

export const verdictActions = [
  ...(['create', 'adopt', 'keep', 'update', 'tag'] as const),
  ...(['delete', 'wait', 'manual', 'conflict'] as const),
] as const;

/**
 * The decision on one resource, for setting up, tearing down, drift and sync alike. The plan shows it. The activity that carries
 * it out reads the resource and decides again.
 *
 * | action   | meaning                                                                                     |
 * |----------|---------------------------------------------------------------------------------------------|
 * | create   | it does not exist                                                                           |
 * | adopt    | it was created outside this app and is right: it gets our marks                             |
 * | keep     | nothing to do                                                                               |
 * | update   | it differs from what is desired                                                             |
 * | tag      | only its marks change: an approved private endpoint never gets a second PUT                 |
 * | delete   | it is ours and no longer desired                                                            |
 * | wait     | another operation comes first                                                               |
 * | manual   | no API does it, or nothing proves that it is ours                                           |
 * | conflict | it prevents the connection                                                                  |
 */
export type Verdict =
  | {
      readonly action: Exclude<(typeof verdictActions)[number], 'conflict'>;
      readonly reason: string;
    }
  | {
      readonly action: 'conflict';
      readonly reason: string;
      readonly code: FailureCode;
      /** Of a foreign record set that has the name. */
      readonly recordType?: string;
    };

export function taken(reason: string): Verdict {
  return { action: 'conflict', code: 'endpoint-name-taken', reason };
}

/** The verdicts of a removal. `tag`: it was adopted, so only its marks are taken off. */
export const removalActions = ['delete', 'tag', 'keep'] as const;

export interface Removal {
  readonly action: (typeof removalActions)[number];
  readonly reason: string;
  /** It is kept only because Zilliz could not be asked: a later disconnect may remove it. */
  readonly unasked?: true;
}

export function keepUnasked({ message }: Failure): Removal {
  return { action: 'keep', reason: `Zilliz could not be asked: ${message}`, unasked: true };
}

export function keep(reason: string): Removal {
  return { action: 'keep', reason };
}

/** Decides to delete a resource of ours. One that was adopted stays, without our marks. */
export function removeOwn(tags: Tags, reason: string): Removal {
  if (!isAdopted(tags)) return { action: 'delete', reason };
  return { action: 'tag', reason: 'it was adopted: our marks are taken off, and it stays' };
}

export function names(records: readonly ARecordSet[]): string {
  const shown = records.slice(0, 5).map(({ name }) => name);
  return (
    shown.join(', ') + (records.length > shown.length ? ` and ${records.length - shown.length} more` : '')
  );
}
