import { lookup, Resolver } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Probe } from '../../ports.ts';

const TRIES = 2;

/** Asks the named servers, or the system as any application on this machine does. */
export function resolver(servers: readonly string[], timeLimitMs: number): Probe['resolve'] {
  const ask = servers.length === 0 ? askSystem : askServers(servers, timeLimitMs);
  return async (host) => {
    try {
      const giveUp = new AbortController();
      const late = pause(timeLimitMs, 'late' as const, { signal: giveUp.signal, ref: false });
      const answer = await Promise.race([ask(host), late.catch(() => 'late' as const)]);
      giveUp.abort();
      return answer === 'late' ? { error: 'no answer in time' } : { addresses: answer };
    } catch (error) {
      return { error: wordsOf(error) };
    }
  };
}

async function askSystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, family: 4 });
  return found.map(({ address }) => address);
}

function askServers(
  servers: readonly string[],
  timeLimitMs: number,
): (host: string) => Promise<readonly string[]> {
  const own = new Resolver({ timeout: Math.ceil(timeLimitMs / (2 * TRIES)), tries: TRIES });
  own.setServers(servers);
  return (host) => own.resolve4(host);
}

function wordsOf(error: unknown): string {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOTFOUND') return 'there is no such name';
  if (code === 'ENODATA') return 'the name has no IPv4 address';
  return code;
}
