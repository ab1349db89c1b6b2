import type { FailureCode } from '../failure/catalog.ts';
import type { ARecordSet } from './model.ts';

/** What is to be done about one resource. The plan shows it; the ensuring step reads afresh, asks again and does it. */
export type Verdict =
  | { readonly action: 'create' | 'adopt' | 'keep' | 'change' | 'wait'; readonly reason: string }
  | { readonly action: 'conflict'; readonly reason: string; readonly code: FailureCode };

/** A change of marks alone is merged through the tags API: an approved connection is never put a second time. */
export type EndpointVerdict =
  | Verdict
  | { readonly action: 'change'; readonly reason: string; readonly marksOnly: true }
  | { readonly action: 'delete'; readonly reason: string };

export function taken(reason: string): Verdict {
  return { action: 'conflict', code: 'endpoint-name-taken', reason };
}

/** What becomes of one resource when its connection goes. The plan shows it; the removing step reads afresh and asks again. */
export interface Removal {
  readonly action: 'delete' | 'keep';
  readonly reason: string;
}

export function keep(reason: string): Removal {
  return { action: 'keep', reason };
}

export function names(records: readonly ARecordSet[]): string {
  const shown = records.slice(0, 5).map(({ name }) => name);
  return (
    shown.join(', ') + (records.length > shown.length ? ` and ${records.length - shown.length} more` : '')
  );
}
