import type { Probe } from '../../ports.ts';
import { askService } from './askService.ts';
import { openSocket } from './openSocket.ts';
import { resolver } from './resolver.ts';

export interface ProbeSettings {
  /** `address[:port]`; empty: the system's. */
  readonly dnsServers: readonly string[];
  /** HTTP CONNECT proxy; undefined: none. */
  readonly connectProxy: string | undefined;
  /** The app's address in a virtual network, set by the platform; undefined without VNet integration. */
  readonly privateIp: string | undefined;
  readonly timeLimitMs: number;
}

/** Looks at names and ports from where the app runs: the proof that a connection works. */
export function networkProbe(settings: ProbeSettings): Probe {
  const { dnsServers, connectProxy, privateIp, timeLimitMs } = settings;
  return {
    insideNetwork: dnsServers.length > 0 || privateIp !== undefined,
    resolve: resolver(dnsServers, timeLimitMs),
    async connect({ host, address, port }) {
      const limit = AbortSignal.timeout(timeLimitMs);
      try {
        const socket = await openSocket({ address, port, proxy: connectProxy, limit });
        return await askService({ socket, host, port, limit });
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
