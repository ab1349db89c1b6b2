const SECOND_MS = 1000;

/** Lets at most so many calls go within any second. A short wait is slept; a long one is the caller's to make. */
export class CallsPerSecond {
  readonly #calls: number;
  readonly #longestWaitSeconds: number;
  /** When the last calls went or will go, oldest first; never more than may go in a second. */
  #times: readonly number[] = [];
  #restsUntil = 0;

  constructor(calls: number, longestWaitSeconds: number) {
    this.#calls = calls;
    this.#longestWaitSeconds = longestWaitSeconds;
  }

  /** Waits for its turn. `tooBusy` makes the error for a caller that would have to wait too long. */
  async turn(tooBusy: (waitSeconds: number) => Error): Promise<void> {
    const now = Date.now();
    const oldest = this.#times.length < this.#calls ? undefined : this.#times[0];
    const at = Math.max(now, this.#restsUntil, oldest === undefined ? now : oldest + SECOND_MS);
    const waitSeconds = (at - now) / 1000;
    if (waitSeconds > this.#longestWaitSeconds) throw tooBusy(Math.ceil(waitSeconds));
    this.#times = [...this.#times, at].slice(-this.#calls);
    if (at > now) await new Promise((resolve) => setTimeout(resolve, at - now));
  }

  /** The other side has refused a call and said when to ask again, which holds for all callers; a longer rest goes on. */
  rest(seconds: number): void {
    this.#restsUntil = Math.max(this.#restsUntil, Date.now() + seconds * SECOND_MS);
  }
}
