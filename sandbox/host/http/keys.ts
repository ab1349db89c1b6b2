import { emptyReply, queryValue } from './message.ts';
import type { HostReply, HostRequest } from './message.ts';

export interface HostKeys {
  readonly master: string;
  readonly function: string;
  readonly system: string;
}

/** Fixed, so that a script against the sandbox need not ask for them. They open nothing but a local host. */
export const DEVELOPMENT_KEYS: HostKeys = {
  master: 'development-master-key',
  function: 'development-function-key',
  system: 'development-system-key',
};

/** The key that came with a request, in `x-functions-key` or `?code=`. */
export function keyOf(request: HostRequest): string | undefined {
  return request.headers['x-functions-key'] ?? queryValue(request, 'code');
}

/**
 * For the host's own routes: admin (master key) and extension webhooks (`system` or master key). A key that opens something
 * else is known, and forbidden here.
 */
export function refusal(
  request: HostRequest,
  keys: HostKeys,
  accepted: readonly (keyof HostKeys)[],
): HostReply | undefined {
  const key = keyOf(request);
  if (accepted.some((level) => keys[level] === key)) return undefined;
  if (key !== undefined && Object.values(keys).includes(key)) return emptyReply(403);
  return emptyReply(401, { 'www-authenticate': 'Bearer' });
}
