import type { Clock } from '../kernel/clock.ts';
import type { Reply } from '../kernel/operation.ts';
import { refuse } from './envelope.ts';
import type { RateLimit } from './state.ts';

const SECOND_MS = 1000;

/**
 * Counts calls per user and endpoint within the last second. Its time runs with the sandbox's clock or with the wall clock,
 * whichever is faster at the moment: a virtual clock does not advance while a client backs off in real time.
 */
export class RateLimiter {
  #time = 0;
  #clockAt: number;
  #wallAt = Date.now();
  #calls = new Map<string, number[]>();

  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#clockAt = clock.now();
  }

  /** The refusal of this call, or undefined when it is within the limit; refused calls do not count. */
  check(limit: RateLimit | null, user: string, operation: string): Reply | undefined {
    if (limit === null) return undefined;
    const now = this.#advance();
    const name = `${user}\n${operation}`;
    const recent = (this.#calls.get(name) ?? []).filter((at) => at > now - SECOND_MS);
    if (recent.length < limit.perSecond) {
      this.#calls.set(name, [...recent, now]);
      return undefined;
    }
    const reply = refuse('tooManyRequests', limit.answer === 'http-429' ? 429 : 200);
    return limit.retryAfterSeconds === null
      ? reply
      : { ...reply, headers: { 'retry-after': String(limit.retryAfterSeconds) } };
  }

  #advance(): number {
    const clock = this.#clock.now();
    const wall = Date.now();
    this.#time += Math.max(clock - this.#clockAt, wall - this.#wallAt);
    this.#clockAt = clock;
    this.#wallAt = wall;
    return this.#time;
  }
}
