import { setTimeout as pause } from 'node:timers/promises';

export interface Limit {
  /** Calls that may go at once. */
  readonly burst: number;
  readonly perSecond: number;
  /** The longest wait that is slept away inside an activity, which is billed; beyond it the caller is turned away. */
  readonly longestWaitSeconds: number;
}

/**
 * Keeps this process below a limit of the other side. A short wait is slept; a long one is answered with its length, so
 * that the run waits for free on a durable timer. Other processes are not seen: the other side's own 429 stays the law.
 */
export class PoliteLimiter {
  readonly #limit: Limit;
  #tokens: number;
  #countedAt: number;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#countedAt = Date.now();
  }

  /** Waits for its turn. `tooBusy` makes the error for a caller that would have to wait too long. */
  async turn(tooBusy: (waitSeconds: number) => Error): Promise<void> {
    const { burst, perSecond, longestWaitSeconds } = this.#limit;
    const now = Date.now();
    const elapsedSeconds = Math.max(0, now - this.#countedAt) / 1000;
    this.#tokens = Math.min(burst, this.#tokens + elapsedSeconds * perSecond);
    this.#countedAt = now;
    const waitSeconds = Math.max(0, (1 - this.#tokens) / perSecond);
    if (waitSeconds > longestWaitSeconds) throw tooBusy(Math.ceil(waitSeconds));
    this.#tokens -= 1;
    if (waitSeconds > 0) await pause(waitSeconds * 1000);
  }
}
