import type { HttpRequest } from '@azure/functions';
import { sha256Hex } from '../domain/digest.ts';

/** Who started a run. Function keys have no name in the request, so a fingerprint tells them apart; it reveals none. */
export function callerOf(request: HttpRequest): string {
  const key = request.headers.get('x-functions-key') ?? request.query.get('code');
  return key === null || key === '' ? 'anonymous' : `function-key:${sha256Hex(key).slice(0, 8)}`;
}
