import type { Call } from '../../kernel/operation.ts';
import type { Condition } from '../state/longRunningSchema.ts';

/** `If-Match` and `If-None-Match` of a request; the SDKs send what they are given, quoted or not. */
export function conditionOf(call: Call): Condition {
  const ifMatch = call.headers['if-match'];
  const ifNoneMatch = call.headers['if-none-match'];
  return { ...(ifMatch !== undefined && { ifMatch }), ...(ifNoneMatch !== undefined && { ifNoneMatch }) };
}

/** What the condition says against a write: there is such a thing already, or it is not the one that was read. */
export function violated(
  condition: Condition,
  existing: { readonly etag: string } | undefined,
): 'exists' | 'differs' | undefined {
  if (condition.ifNoneMatch === '*' && existing) return 'exists';
  const { ifMatch } = condition;
  if (ifMatch === undefined || ifMatch === '') return undefined;
  if (!existing) return 'differs';
  return ifMatch === '*' || bare(ifMatch) === bare(existing.etag) ? undefined : 'differs';
}

function bare(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}
