import { setTimeout as pause } from 'node:timers/promises';
import type { Reader } from '../../readAs.ts';

export type Sleep = (milliseconds: number) => Promise<unknown>;

const SECOND_MS = 1000;

/**
 * Limits the calls within any second. A short wait is slept; for a long one the caller gets an error. Sweep and sync may take
 * only half of the wait, so that runs and people always come in between.
 */
export class CallsPerSecond {
  readonly #calls: number;
  readonly #longestWaitSeconds: number;
  readonly #sleep: Sleep;
  /** The times of the last calls, past or scheduled, oldest first; at most as many as are allowed in a second. */
  #times: readonly number[] = [];
  /** When callers of the background that were refused come again. */
  #comeAgain: readonly number[] = [];
  #pausedUntil = 0;

  constructor(calls: number, longestWaitSeconds: number, sleep: Sleep = pause) {
    this.#calls = calls;
    this.#longestWaitSeconds = longestWaitSeconds;
    this.#sleep = sleep;
  }

  /** Waits until the call may be sent. `tooBusy` creates the error for a caller whose wait would be too long. */
  async turn(reader: Reader, tooBusy: (waitSeconds: number) => Error): Promise<void> {
    const now = Date.now();
    const oldest = this.#times.length < this.#calls ? undefined : this.#times[0];
    const at = Math.max(now, this.#pausedUntil, oldest === undefined ? now : oldest + SECOND_MS);
    const waitSeconds = (at - now) / 1000;
    const isBackground = reader === 'background';
    if (waitSeconds > this.#longestWaitSeconds / (isBackground ? 2 : 1)) {
      throw tooBusy(Math.ceil(isBackground ? this.#turnOfBackground(now, waitSeconds) : waitSeconds));
    }
    this.#times = [...this.#times, at].slice(-this.#calls);
    if (at > now) await this.#sleep(at - now);
  }

  /** Hundreds of syncs that all came again at once would be refused again: each is told a time of its own. */
  #turnOfBackground(now: number, waitSeconds: number): number {
    const before = this.#comeAgain.filter((time) => time > now);
    const seconds = waitSeconds + before.length / this.#calls;
    this.#comeAgain = [...before, now + seconds * SECOND_MS];
    return seconds;
  }

  /** Pauses all callers after a refusal with a time to wait. A longer pause that is already set stays. */
  rest(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + seconds * SECOND_MS);
  }
}
