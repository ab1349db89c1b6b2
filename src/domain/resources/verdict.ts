import type { FailureCode } from '../failure/catalog.ts';
import type { ARecordSet } from './model.ts';

/** The decision on one resource. The plan shows it. The step that carries it out reads the resource and decides again. */
export type Verdict =
  | { readonly action: 'create' | 'adopt' | 'keep' | 'change' | 'wait'; readonly reason: string }
  | { readonly action: 'conflict'; readonly reason: string; readonly code: FailureCode };

/** The tags API merges a change of marks alone: an approved connection never gets a second PUT. */
export type EndpointVerdict =
  | Verdict
  | { readonly action: 'change'; readonly reason: string; readonly marksOnly: true }
  | { readonly action: 'delete'; readonly reason: string };

export function taken(reason: string): Verdict {
  return { action: 'conflict', code: 'endpoint-name-taken', reason };
}

/** The decision on one resource in a disconnect. The plan shows it. The step that removes it reads it and decides again. */
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
