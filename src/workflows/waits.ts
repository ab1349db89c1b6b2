import type { Step } from '../durable/run.ts';

/** One wait of a run. */
export interface Wait<T> {
  /** Its own among the waits of the run. */
  readonly name: string;
  readonly look: () => Step<T>;
  /** What is still missing, in words; null ends the wait. */
  readonly missing: (view: T) => string | null;
  readonly schedule: Schedule;
  /** Whether what is awaited was asked for just now: the first look comes after the schedule's first pause. */
  readonly justBegun?: boolean;
  /** An instant, or the longest wait in seconds. */
  readonly until: number | { readonly seconds: number };
}

export interface WaitsTold {
  /** Before each pause: what is still missing. */
  readonly onMissing: (reason: string) => void;
  /** After each pause, when no task is open: the run may renew itself. Before it, a long pass would never pause at all. */
  readonly afterPause: () => void;
}

/**
 * Looks again and again, on durable timers. A wait keeps its beginning when the run renews itself, so that schedule and limit
 * go on instead of starting over.
 */
export class Waits {
  readonly #run: { now(): number; sleep(seconds: number): Step<void> };
  readonly #since: Map<string, number>;
  readonly #told: WaitsTold;

  constructor(
    run: { now(): number; sleep(seconds: number): Step<void> },
    since: Readonly<Record<string, number>>,
    told: WaitsTold,
  ) {
    this.#run = run;
    this.#since = new Map(Object.entries(since));
    this.#told = told;
  }

  /** When the waits under way began, by name. */
  get since(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#since);
  }

  /**
   * Asks for what a wait waits for, unless the run asked before it renewed itself: Azure shows some things only when they are
   * done, and would be asked a second time. Answers whether it asked.
   */
  *callOnce(name: string, ask: () => Step<void>): Step<boolean> {
    if (this.#since.has(name)) return false;
    yield* ask();
    this.#since.set(name, this.#run.now());
    return true;
  }

  /** Whether the run has asked for what that wait waits for, and did not get it yet. */
  hasAsked(name: string): boolean {
    return this.#since.has(name);
  }

  /** Answers the last view: with nothing missing, or as it was at the end of the time. */
  *until<T>(wait: Wait<T>): Step<T> {
    const from = this.#since.get(wait.name) ?? this.#run.now();
    this.#since.set(wait.name, from);
    const untilFirstLook = wait.schedule(0) - (this.#run.now() - from) / 1000;
    if (wait.justBegun === true && untilFirstLook > 0) yield* this.#run.sleep(untilFirstLook);
    const end = typeof wait.until === 'number' ? wait.until : from + wait.until.seconds * 1000;
    for (;;) {
      const view = yield* wait.look();
      const reason = wait.missing(view);
      if (reason === null) this.#since.delete(wait.name);
      // A wait that was in vain is remembered, so that a renewed run does not go through it again.
      if (reason === null || this.#run.now() >= end) return view;
      this.#told.onMissing(reason);
      const pause = wait.schedule((this.#run.now() - from) / 1000);
      yield* this.#run.sleep(Math.min(pause, (end - this.#run.now()) / 1000));
      this.#told.afterPause();
    }
  }
}

/** Seconds to wait before the next look, given the seconds that have passed since the wait began. */
export type Schedule = (elapsedSeconds: number) => number;

/** For Zilliz to list its service and Azure to show it, after the subscription was authorized. */
export const serviceShown: Schedule = (elapsed) => {
  if (elapsed < 10) return 10;
  return elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60;
};

/** For what takes seconds to a minute: zones. */
export const soon: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For a private endpoint: half a minute to three minutes, and likelier with each second. */
export const endpointReady: Schedule = (elapsed) => {
  if (elapsed < 30) return 30;
  if (elapsed < 90) return 14;
  if (elapsed < 140) return 10;
  return elapsed < 240 ? 6 : elapsed < 600 ? 15 : 60;
};

/**
 * For Zilliz's "about five minutes": little is expected in the first two, most of it between three and nine. Past that a look
 * costs more than it brings, so the pause grows with the wait, up to ten minutes. `npm run bench` shows what other schedules
 * would cost.
 */
export const allocation: Schedule = (elapsed) => {
  if (elapsed < 60) return 60;
  if (elapsed < 180) return 30;
  if (elapsed < 240) return 20;
  if (elapsed < 600) return 14;
  return elapsed < 1200 ? 30 : Math.min(600, elapsed / 20);
};

/** For a virtual network link: ten seconds to a minute, longer for a large network. */
export const linkCompleted: Schedule = (elapsed) => {
  if (elapsed < 10) return 10;
  if (elapsed < 40) return 7;
  return elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60;
};

/** For DNS to spread and the proof to hold: ten minutes at most. */
export const proof: Schedule = (elapsed) => (elapsed < 60 ? 10 : 30);

/** For what Azure takes away: links and zones in half a minute, a private endpoint in one or two; a quarter of an hour at most. */
export const removal: Schedule = (elapsed) => (elapsed < 30 ? 5 : elapsed < 120 ? 15 : 60);
