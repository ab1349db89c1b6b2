import { lookup, Resolver } from 'node:dns/promises';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { connect } from 'node:tls';
import type { Probe, ProbeResult, Resolved } from '../../ports.ts';
import { openSocket } from './openSocket.ts';

export interface ProbeSettings {
  /** `address[:port]`; empty: the system's. */
  readonly dnsServers: readonly string[];
  /** HTTP CONNECT proxy; undefined: none. */
  readonly connectProxy: string | undefined;
  /** Whether the app is integrated into the virtual network. */
  readonly integrated: boolean;
  readonly timeLimitMs: number;
}

/** Resolves names and connects to ports from where the app runs, to verify that a connection works. */
export function networkProbe(settings: ProbeSettings): Probe {
  const { dnsServers, connectProxy, integrated, timeLimitMs } = settings;
  return {
    insideNetwork: dnsServers.length > 0 || integrated,
    resolve: resolver(dnsServers, timeLimitMs),
    async connect({ host, address, port }) {
      const limit = AbortSignal.timeout(timeLimitMs);
      try {
        const socket = await openSocket({ address, port, proxy: connectProxy, limit });
        return await probeService({ socket, host, port, limit });
      } catch (error) {
        const detail = limit.aborted ? `no answer within ${timeLimitMs / 1000} s` : reasonOf(error);
        return { outcome: 'unreachable', detail: `${address}, port ${port}: ${detail}` };
      }
    },
  };
}

function reasonOf(error: unknown): string {
  return typeof error === 'object' && error && 'message' in error ? String(error.message) : 'unknown reason';
}

const TRIES = 2;

/** Queries the configured DNS servers, or the system resolver, as any application on this machine does. */
function resolver(servers: readonly string[], timeLimitMs: number): Probe['resolve'] {
  const query = servers.length === 0 ? querySystem : queryServers(servers, timeLimitMs);
  return async (host) => {
    try {
      const stopTimer = new AbortController();
      const late = pause(timeLimitMs, 'late' as const, { signal: stopTimer.signal, ref: false });
      const result = await Promise.race([query(host), late.catch(() => 'late' as const)]);
      stopTimer.abort();
      return result === 'late'
        ? { outcome: 'no-answer', detail: 'the resolver gave no answer in time' }
        : { outcome: 'resolved', addresses: result };
    } catch (error) {
      return resolveFault(error);
    }
  };
}

async function querySystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true, family: 4 });
  return found.map(({ address }) => address);
}

function queryServers(
  servers: readonly string[],
  timeLimitMs: number,
): (host: string) => Promise<readonly string[]> {
  const own = new Resolver({ timeout: Math.ceil(timeLimitMs / (2 * TRIES)), tries: TRIES });
  own.setServers(servers);
  return (host) => own.resolve4(host);
}

function resolveFault(error: unknown): Resolved {
  const code = typeof error === 'object' && error && 'code' in error ? String(error.code) : 'unknown reason';
  if (code === 'ENOTFOUND') return { outcome: 'no-such-name', detail: 'there is no such name' };
  if (code === 'ENODATA') return { outcome: 'no-such-name', detail: 'the name has no IPv4 address' };
  return { outcome: 'no-answer', detail: `the resolver could not be asked: ${code}` };
}

interface ServiceTarget {
  readonly socket: Socket;
  readonly host: string;
  readonly port: number;
  readonly limit: AbortSignal;
}

/** TLS with the host as server name, checked against the trusted authorities, and one HTTPS GET. */
async function probeService(target: ServiceTarget): Promise<ProbeResult> {
  const { socket, host, limit } = target;
  const abort = (): void => {
    socket.destroy(new Error('time limit'));
  };
  limit.addEventListener('abort', abort);
  try {
    const secure = await handshake(socket, host);
    if ('outcome' in secure) return secure;
    return { outcome: 'answered', status: await get(secure, target) };
  } finally {
    limit.removeEventListener('abort', abort);
    socket.destroy();
  }
}

/** Error codes of OpenSSL and Node for a certificate that is not valid for the host, as opposed to a failed connection. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|ALTNAME|HOSTNAME/;

function handshake(socket: Socket, host: string): Promise<TLSSocket | ProbeResult> {
  return new Promise((resolve, reject) => {
    const secure = connect({ socket, servername: host });
    secure.once('secureConnect', () => {
      resolve(secure);
    });
    secure.once('error', (error: Error) => {
      const code = 'code' in error ? String(error.code) : '';
      if (CERTIFICATE.test(code)) {
        resolve({ outcome: 'wrong-name', detail: `the certificate is not for ${host}: ${error.message}` });
      } else reject(new Error(`TCP answered, TLS did not: ${error.message}`));
    });
    secure.once('close', () => {
      reject(new Error('TCP answered, TLS was closed'));
    });
  });
}

function get(secure: TLSSocket, { host, port, limit }: ServiceTarget): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({
      createConnection: () => secure,
      method: 'GET',
      path: '/',
      headers: { host: `${host}:${port}`, connection: 'close' },
      signal: limit,
    });
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once('error', (error) => {
      reject(new Error(`TLS answered, HTTP did not: ${error.message}`));
    });
    sent.end();
  });
}
