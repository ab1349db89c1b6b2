import { setTimeout as pause } from 'node:timers/promises';

export interface Limit {
  /** Calls that may go at once. */
  readonly burst: number;
  /** The pace while nothing is known of what others use: a fair share. */
  readonly perSecond: number;
  /** The pace at most where the other side's figure is seen to count calls, and so shows what others leave. */
  readonly perSecondWhenCounted: number;
  /** The longest wait that is slept away inside an activity, which is billed; beyond it the caller is turned away. */
  readonly longestWaitSeconds: number;
}

/** What the other side says that everybody together may still send in its present window. */
export interface Remaining {
  readonly calls: number;
  readonly windowSeconds: number;
}

/** Of what is left for everybody so much is not touched: others use the same limit, and asking goes on when all else waits. */
const RESERVE = 50;
/** Of the rest so much at once, since other processes see the same figure at the same moment. */
const SHARE_AT_ONCE = 1 / 8;
/** A figure that falls with so many calls of ours, one after the other, counts them, and those of others as well. */
const FALLS_THAT_CONVINCE = 5;
/** How much faster than evenly over the window: what is left shrinks on the way, and the pace with it. */
const EAGERNESS = 2;
/** Nobody is sent away for longer, since the next window may begin at any moment; with nothing left it is the pace of asking. */
const LONGEST_SECONDS = 60;

/**
 * Keeps this process below a limit of the other side. A short wait is slept; a long one is answered with its length, so
 * that the run waits for free on a durable timer. Other processes are seen by what the other side says is left for all: the
 * less it is, the slower each of them goes. A figure that does not fall with our own calls shows nobody's: then each keeps to
 * a fair share.
 */
export class RequestLimiter {
  readonly #limit: Limit;
  #tokens: number;
  /** Turns that callers who were turned away have been told to come back for, and that are not due yet. */
  #promised = 0;
  #perSecond: number;
  #lastCalls = Infinity;
  #falls = 0;
  #isCounted = false;
  #countedAt: number;
  #restsUntil = 0;

  constructor(limit: Limit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#perSecond = limit.perSecond;
    this.#countedAt = Date.now();
  }

  /** Waits for its turn. `tooBusy` makes the error for a caller that would have to wait too long; each is told another time. */
  async turn(tooBusy: (waitSeconds: number) => Error): Promise<void> {
    this.#refill();
    const restSeconds = (this.#restsUntil - this.#countedAt) / 1000;
    const turnSeconds = (1 - this.#tokens) / this.#perSecond;
    const waitSeconds = Math.max(0, restSeconds, turnSeconds);
    if (waitSeconds > this.#limit.longestWaitSeconds) {
      const comeBackIn = Math.min(LONGEST_SECONDS, turnSeconds + this.#promised / this.#perSecond);
      this.#promised += 1;
      throw tooBusy(Math.ceil(Math.max(restSeconds, comeBackIn)));
    }
    this.#tokens -= 1;
    if (waitSeconds > 0) await pause(waitSeconds * 1000);
  }

  /** Goes no faster than what is left for all allows. */
  heed({ calls, windowSeconds }: Remaining): void {
    this.#refill();
    this.#watch(calls);
    const usable = Math.max(0, calls - RESERVE);
    const pace = Math.max(1 / LONGEST_SECONDS, (usable * EAGERNESS) / windowSeconds);
    const { perSecond, perSecondWhenCounted } = this.#limit;
    this.#perSecond = Math.min(this.#isCounted ? perSecondWhenCounted : perSecond, pace);
    this.#tokens = Math.min(this.#tokens, usable * SHARE_AT_ONCE);
  }

  /** The other side has refused a call and said when to ask again, which holds for all callers; a longer rest goes on. */
  rest(seconds: number): void {
    this.#restsUntil = Math.max(this.#restsUntil, Date.now() + seconds * 1000);
  }

  /** A rise proves nothing: the next window has begun, or an answer was overtaken by another. */
  #watch(calls: number): void {
    this.#falls = calls < this.#lastCalls ? this.#falls + 1 : 0;
    if (calls > 0 && calls === this.#lastCalls) this.#isCounted = false;
    if (this.#falls >= FALLS_THAT_CONVINCE) this.#isCounted = true;
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
