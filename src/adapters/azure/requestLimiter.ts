import { setTimeout as pause } from 'node:timers/promises';

export interface Limit {
  /** Calls that may be sent at once. */
  readonly burst: number;
  /** The pace while the use by other callers is unknown: a fair share. */
  readonly perSecond: number;
  /** The highest pace while the server's figure is known to count calls, and so includes other callers. */
  readonly perSecondWhenCounted: number;
  /** The longest sleep inside an activity, which is billed; for a longer wait the caller gets an error. */
  readonly longestWaitSeconds: number;
}

/** The calls that all callers together may still send in the server's present window. */
export interface Remaining {
  readonly calls: number;
  readonly windowSeconds: number;
}

/** Remaining calls that are not used, since other callers share the limit; a slow pace of calls goes on even so. */
const RESERVE = 50;
/** The share of the usable calls that may be sent at once, since other processes read the same figure at the same moment. */
const SHARE_AT_ONCE = 1 / 8;
/** After so many falls in a row, one with each own call, the figure is taken to count all calls, also those of others. */
const FALLS_TO_TRUST = 5;
/** The pace relative to an even use over the window: it may be faster, since it falls with the remaining calls. */
const EAGERNESS = 2;
/** The longest wait of a caller, since the next window may begin at any moment; with no calls left, the time between calls. */
const LONGEST_SECONDS = 60;

/**
 * Keeps this process below a limit of the server. A short wait is slept; for a long one the caller gets an error with its
 * length, so that the run waits for free on a durable timer. The server's figure of remaining calls includes other
 * processes: the lower it is, the slower each of them sends. A figure that does not fall with own calls counts no calls:
 * then each process keeps to a fair share.
 */
export class RequestLimiter {
  readonly #limit: Limit;
  #tokens: number;
  /** Turns that were promised to refused callers and are not due yet. */
  #promised = 0;
  #perSecond: number;
  #lastCalls = Infinity;
  #falls = 0;
  #isCounted = false;
  #countedAt: number;
  #pausedUntil = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#perSecond = limit.perSecond;
    this.#countedAt = Date.now();
  }

  /** Waits until the call may be sent. `tooBusy` creates the error for a caller whose wait is too long; each gets another time. */
  async turn(tooBusy: (waitSeconds: number) => Error): Promise<void> {
    this.#refill();
    const pauseSeconds = (this.#pausedUntil - this.#countedAt) / 1000;
    const turnSeconds = (1 - this.#tokens) / this.#perSecond;
    const waitSeconds = Math.max(0, pauseSeconds, turnSeconds);
    if (waitSeconds > this.#limit.longestWaitSeconds) {
      const retryIn = Math.min(LONGEST_SECONDS, turnSeconds + this.#promised / this.#perSecond);
      this.#promised += 1;
      throw tooBusy(Math.ceil(Math.max(pauseSeconds, retryIn)));
    }
    this.#tokens -= 1;
    if (waitSeconds > 0) await pause(waitSeconds * 1000);
  }

  /** Adapts the pace to the remaining calls. */
  heed({ calls, windowSeconds }: Remaining): void {
    this.#refill();
    this.#trackFigure(calls);
    const usable = Math.max(0, calls - RESERVE);
    const pace = Math.max(1 / LONGEST_SECONDS, (usable * EAGERNESS) / windowSeconds);
    const { perSecond, perSecondWhenCounted } = this.#limit;
    this.#perSecond = Math.min(this.#isCounted ? perSecondWhenCounted : perSecond, pace);
    this.#tokens = Math.min(this.#tokens, usable * SHARE_AT_ONCE);
  }

  /** Pauses all callers after a refusal with a time to wait. A longer pause that is already set stays. */
  rest(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + seconds * 1000);
  }

  /** A rise proves nothing: the next window has begun, or a response overtook another. */
  #trackFigure(calls: number): void {
    this.#falls = calls < this.#lastCalls ? this.#falls + 1 : 0;
    if (calls > 0 && calls === this.#lastCalls) this.#isCounted = false;
    if (this.#falls >= FALLS_TO_TRUST) this.#isCounted = true;
    this.#lastCalls = calls;
  }

  #refill(): void {
    const now = Date.now();
    const grown = (Math.max(0, now - this.#countedAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + grown);
    this.#promised = Math.max(0, this.#promised - grown);
    this.#countedAt = now;
  }
}
