import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Dns, Ports, Zilliz } from '../ports.ts';

/** Returns the port with some methods replaced. The port may be a plain object or an instance of a class. */
export function withMethods<P extends object>(port: P, methods: Partial<P>): P {
  return new Proxy(port, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name);
      if (own !== undefined) return own;
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const bound: unknown = member.bind(target);
      return bound;
    },
  });
}

/**
 * Returns ports that read each cluster list and zone only once, for one round: connections share them, and Azure Private DNS
 * allows 500 reads in five minutes.
 */
export function memoized(ports: Ports): Ports {
  const { dns, zilliz } = ports;
  const clusters = once((key) => {
    const [projectId = '', regionId = ''] = key.split(SEPARATOR);
    return zilliz.clusters({ projectId, regionId });
  });
  return {
    ...ports,
    zilliz: withMethods<Zilliz>(zilliz, {
      clusters: ({ projectId, regionId }) => clusters([projectId, regionId].join(SEPARATOR)),
    }),
    dns: withMethods<Dns>(dns, {
      zone: once((id) => dns.zone(id)),
      zones: once((subscriptionId) => dns.zones(subscriptionId)),
      links: once((zoneId) => dns.links(zoneId)),
      recordSets: once((zoneId) => dns.recordSets(zoneId)),
    }),
  };
}

const SEPARATOR = ' ';

function once<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const results = new Map<string, Promise<T>>();
  return (key) => {
    const known = results.get(key);
    if (known) return known;
    const result = read(key);
    results.set(key, result);
    // A failed read is not kept, so that it can be repeated.
    result.catch(() => results.delete(key));
    return result;
  };
}

/** The longest wait of an activity for one read. The whole activity may take ten minutes (host.json). */
const LONGEST_MS = 6 * 60_000;

/** Half of the burst of reads (src/wiring.ts). An activity with fewer reads than this fails, and finds more quota later. */
const READS_BEFORE_WAITING = 30;

/**
 * For an activity that may need more DNS reads than this process allows at once, for example with many zones of single clusters.
 * Normally such an activity fails and its run waits, at no cost, but then it starts from the first read and may never reach the
 * last. So after enough reads the remaining ones wait here.
 */
export function waitForDnsQuota(ports: Ports): Ports {
  const { dns } = ports;
  let completed = 0;
  const waiting =
    <K extends unknown[], T>(read: (...key: K) => Promise<T>) =>
    async (...key: K): Promise<T> => {
      const from = performance.now();
      for (;;) {
        try {
          const result = await read(...key);
          completed += 1;
          return result;
        } catch (error) {
          const waitMs = ownLimitMs(error);
          const isTooLong = performance.now() - from + (waitMs ?? 0) > LONGEST_MS;
          if (waitMs === null || completed < READS_BEFORE_WAITING || isTooLong) throw error;
          await new Promise((resolve) => setTimeout(resolve, waitMs));
        }
      }
    };
  return {
    ...ports,
    dns: withMethods<Dns>(dns, {
      zone: waiting((id) => dns.zone(id)),
      zones: waiting((subscriptionId) => dns.zones(subscriptionId)),
      links: waiting((zoneId) => dns.links(zoneId)),
      recordSets: waiting((zoneId) => dns.recordSets(zoneId)),
    }),
  };
}

/** Returns the wait that this process's own limit requests; null for any other failure. */
function ownLimitMs(error: unknown): number | null {
  if (!(error instanceof ProvisioningError)) return null;
  const { code, source, retryAfterSeconds } = error.failure;
  return code === 'azure-throttled' && source === 'app' ? (retryAfterSeconds ?? 1) * 1000 : null;
}

const TTL_MS = 30_000;

/** Keeps results for display for half a minute: a page reads every few seconds, and Azure Private DNS limits reads. */
export class TtlCache<T> {
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly at: number; readonly result: Promise<T> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the cached result for the ID, or reads it. A failed read is not cached. */
  of(id: string, read: () => Promise<T>): Promise<T> {
    const now = this.#now();
    for (const [old, { at }] of this.#entries) if (now - at >= TTL_MS) this.#entries.delete(old);
    const cached = this.#entries.get(id);
    if (cached) return cached.result;
    const result = read();
    this.#entries.set(id, { at: now, result });
    result.catch(() => this.#entries.delete(id));
    return result;
  }
}
