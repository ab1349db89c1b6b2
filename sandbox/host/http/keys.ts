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

/** For the host's own routes: admin (master key) and extension webhooks (`system` or master key). */
export function refusal(request: HostRequest, accepted: readonly string[]): HostReply | undefined {
  const key = keyOf(request);
  if (key !== undefined && accepted.includes(key)) return undefined;
  return emptyReply(401, { 'www-authenticate': 'Bearer' });
}
