import { ProvisioningError } from '../domain/failure.ts';
import type { Dns, Ports } from '../ports.ts';
import { replacing } from './replacing.ts';

/** So long an activity waits for a reading that it has begun with others; it may take ten minutes in all (host.json). */
const LONGEST_MS = 6 * 60_000;

/** Half of what may be read at once: an activity that got fewer had come at a bad moment, and will find more another time. */
const ENOUGH = 30;

/**
 * For an activity that may read more of private DNS than this process lets go at once, as with a zone for each of many clusters.
 * Sent back to its run each time, which waits at no cost, it would begin with the first reading again and never come to the
 * last. So what is still missing after enough of them waits here.
 */
export function patient(ports: Ports): Ports {
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
    dns: replacing<Dns>(dns, {
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
