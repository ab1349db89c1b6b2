/** Milliseconds since the Unix epoch in the time of the sandbox, which may run faster than the wall clock. */
export type Instant = number;

/** Stops a scheduled call that has not happened yet; does nothing afterwards. */
export type Cancel = () => void;

/** The one source of time in the sandbox: the durable host's timers and the simulators' delays all read it. */
export interface Clock {
  now(): Instant;
  /** Runs `call` once, at `at` or as soon as possible when that has passed. */
  schedule(at: Instant, call: () => void): Cancel;
}

/** The longest delay that `setTimeout` keeps; longer ones are reached in steps. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * A clock that runs `speed` times as fast as the wall clock, from `startAt` on. `speed: 1` is the wall clock itself.
 */
export function acceleratedClock(options: { speed: number; startAt?: Instant }): Clock {
  const startedAt = Date.now();
  const startAt = options.startAt ?? startedAt;
  const now = (): Instant => startAt + (Date.now() - startedAt) * options.speed;

  return {
    now,
    schedule(at, call) {
      let timeout: NodeJS.Timeout;
      const wait = (): void => {
        const remaining = Math.max(0, Math.ceil((at - now()) / options.speed));
        timeout = setTimeout(
          () => {
            if (now() >= at) call();
            else wait();
          },
          Math.min(remaining, LONGEST_TIMEOUT_MS),
        );
      };
      wait();
      return () => {
        clearTimeout(timeout);
      };
    },
  };
}

/**
 * A clock that does not advance by itself: the durable host does so when nothing can run, so that a test
 * of a five-minute wait takes milliseconds and is repeatable.
 */
export class VirtualClock implements Clock {
  #now: Instant;
  #sequence = 0;
  #calls: { at: Instant; sequence: number; call: () => void }[] = [];

  constructor(startAt: Instant = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#now = startAt;
  }

  now(): Instant {
    return this.#now;
  }

  schedule(at: Instant, call: () => void): Cancel {
    const entry = { at, sequence: this.#sequence++, call };
    this.#calls.push(entry);
    return () => {
      this.#calls = this.#calls.filter((other) => other !== entry);
    };
  }

  /** When the next scheduled call is due, or undefined when none is left. */
  nextAt(): Instant | undefined {
    return this.#calls.length === 0 ? undefined : Math.min(...this.#calls.map(({ at }) => at));
  }

  /** Moves to the next scheduled call and runs it. Returns whether there was one. */
  advance(): boolean {
    const next = this.#calls.toSorted((a, b) => a.at - b.at || a.sequence - b.sequence)[0];
    if (next === undefined) return false;
    this.#calls = this.#calls.filter((other) => other !== next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
    return true;
  }

  /** Moves to `at`, running on the way, in order, each call that falls due. */
  advanceTo(at: Instant): void {
    while ((this.nextAt() ?? Infinity) <= at) this.advance();
    this.#now = Math.max(this.#now, at);
  }
}
