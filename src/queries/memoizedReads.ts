import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Dns, Ports, Zilliz } from '../ports.ts';

/** A port with some of its methods replaced, whether it is an object or of a class. */
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
 * Keeps the answers of one round: connections share clusters and zones, and Azure Private DNS allows 500 reads in five
 * minutes.
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
      records: once((zoneId) => dns.records(zoneId)),
    }),
  };
}

const SEPARATOR = ' ';

function once<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const answers = new Map<string, Promise<T>>();
  return (key) => {
    const known = answers.get(key);
    if (known) return known;
    const answer = read(key);
    answers.set(key, answer);
    // What failed may be asked for again.
    answer.catch(() => answers.delete(key));
    return answer;
  };
}

/** So long an activity waits for a reading that it has begun with others; it may take ten minutes in all (host.json). */
const LONGEST_MS = 6 * 60_000;

/** Half of what may be read at once: an activity that got fewer had come at a bad moment, and will find more another time. */
const ENOUGH = 30;

/**
 * For an activity that may read more of private DNS than this process lets go at once, as with a zone for each of many clusters.
 * Sent back to its run each time, which waits at no cost, it would begin with the first reading again and never come to the
 * last. So what is still missing after enough of them waits here.
 */
export function waitForDnsQuota(ports: Ports): Ports {
  const { dns } = ports;
  let made = 0;
  const reading =
    <K extends unknown[], T>(read: (...key: K) => Promise<T>) =>
    async (...key: K): Promise<T> => {
      const from = performance.now();
      for (;;) {
        try {
          const answer = await read(...key);
          made += 1;
          return answer;
        } catch (error) {
          const waitMs = ownLimitMs(error);
          if (waitMs === null || made < ENOUGH || performance.now() - from + waitMs > LONGEST_MS) throw error;
          await new Promise((resolve) => setTimeout(resolve, waitMs));
        }
      }
    };
  return {
    ...ports,
    dns: withMethods<Dns>(dns, {
      zone: reading((id) => dns.zone(id)),
      zones: reading((subscriptionId) => dns.zones(subscriptionId)),
      links: reading((zoneId) => dns.links(zoneId)),
      records: reading((zoneId) => dns.records(zoneId)),
    }),
  };
}

/** How long this process's own limit says to wait; null for any other failure. */
function ownLimitMs(error: unknown): number | null {
  if (!(error instanceof ProvisioningError)) return null;
  const { code, source, retryAfterSeconds } = error.failure;
  return code === 'azure-throttled' && source === 'app' ? (retryAfterSeconds ?? 1) * 1000 : null;
}

const KEPT_MS = 30_000;

/** Readings for people to look at, kept for half a minute: a page asks every few seconds, and Azure Private DNS limits reads. */
export class TtlCache<T> {
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly at: number; readonly reading: Promise<T> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The kept reading of that ID, or a new one. One that failed is not kept. */
  of(id: string, read: () => Promise<T>): Promise<T> {
    const now = this.#now();
    for (const [old, { at }] of this.#kept) if (now - at >= KEPT_MS) this.#kept.delete(old);
    const kept = this.#kept.get(id);
    if (kept) return kept.reading;
    const reading = read();
    this.#kept.set(id, { at: now, reading });
    reading.catch(() => this.#kept.delete(id));
    return reading;
  }
}
