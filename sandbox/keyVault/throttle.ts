import type { Reply } from '../kernel/operation.ts';
import { refuse } from './responses.ts';

const WINDOW_MS = 10_000;

/** Counts calls within the last ten seconds of the wall clock: a client in real time meets it at any speed of the sandbox's clock. */
export class Throttle {
  #calls: number[] = [];

  /** The refusal of this call, or undefined when it is within the limit. */
  check(callsPerTenSeconds: number): Reply | undefined {
    const now = Date.now();
    this.#calls = this.#calls.filter((at) => at > now - WINDOW_MS);
    if (this.#calls.length >= callsPerTenSeconds) {
      return {
        ...refuse(429, 'Throttled', 'Request was not processed because too many requests were received.'),
        headers: { 'retry-after': '10' },
      };
    }
    this.#calls.push(now);
    return undefined;
  }
}
