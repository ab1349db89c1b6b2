import type { Step } from '../durable/run.ts';

/** One wait of a run. */
export interface Wait<T> {
  /** Unique among the waits of the run. */
  readonly name: string;
  readonly read: () => Step<T>;
  /** The text of what is still missing. Null ends the wait. */
  readonly missing: (view: T) => string | null;
  readonly schedule: Schedule;
  /** Whether the awaited operation was requested just now: the first read comes after the schedule's first pause. */
  readonly justBegun?: boolean;
  /** The deadline: a point in time, or the longest wait in seconds. */
  readonly until: number | { readonly seconds: number };
}

export interface WaitHooks {
  /** Called before each pause, with what is still missing. */
  readonly onMissing: (reason: string) => void;
  /** Called after each pause, when no task is open: the run may continue as new. Before it, a long pass would never pause. */
  readonly afterPause: () => void;
}

/**
 * Reads repeatedly, on durable timers. A wait keeps its start time when the run continues as new, so that its schedule and
 * deadline go on instead of starting over.
 */
export class Waits {
  readonly #run: { now(): number; sleep(seconds: number): Step<void> };
  readonly #since: Map<string, number>;
  readonly #hooks: WaitHooks;

  constructor(
    run: { now(): number; sleep(seconds: number): Step<void> },
    since: Readonly<Record<string, number>>,
    hooks: WaitHooks,
  ) {
    this.#run = run;
    this.#since = new Map(Object.entries(since));
    this.#hooks = hooks;
  }

  /** The start times of the waits under way, by name. */
  get since(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#since);
  }

  /**
   * Sends the request that a wait belongs to, unless the run sent it before it continued as new. Azure shows some resources
   * only when they are complete, so that a read cannot prevent a second request. Returns whether it sent the request.
   */
  *callOnce(name: string, request: () => Step<void>): Step<boolean> {
    if (this.#since.has(name)) return false;
    yield* request();
    this.#since.set(name, this.#run.now());
    return true;
  }

  /** Whether the run has sent the request of that wait, and the wait has not ended. */
  hasRequested(name: string): boolean {
    return this.#since.has(name);
  }

  /** Returns the last view: the one with nothing missing, or the one at the deadline. */
  *until<T>(wait: Wait<T>): Step<T> {
    const from = this.#since.get(wait.name) ?? this.#run.now();
    this.#since.set(wait.name, from);
    const untilFirstRead = wait.schedule(0) - (this.#run.now() - from) / 1000;
    if (wait.justBegun === true && untilFirstRead > 0) yield* this.#run.sleep(untilFirstRead);
    const end = typeof wait.until === 'number' ? wait.until : from + wait.until.seconds * 1000;
    for (;;) {
      const view = yield* wait.read();
      const reason = wait.missing(view);
      if (reason === null) this.#since.delete(wait.name);
      // A wait that reached its deadline is kept, so that it is not repeated after continue as new.
      if (reason === null || this.#run.now() >= end) return view;
      this.#hooks.onMissing(reason);
      const pause = wait.schedule((this.#run.now() - from) / 1000);
      yield* this.#run.sleep(Math.min(pause, (end - this.#run.now()) / 1000));
      this.#hooks.afterPause();
    }
  }
}

/** Returns the seconds to wait before the next read, given the seconds since the wait began. */
export type Schedule = (elapsedSeconds: number) => number;

/** For Zilliz to list its service and Azure to show it, after the subscription was authorized. */
export const serviceShown: Schedule = (elapsed) => {
  if (elapsed < 10) return 10;
  return elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60;
};

/** For operations of seconds to a minute: zones. */
export const soon: Schedule = (elapsed) => (elapsed < 60 ? 5 : elapsed < 300 ? 15 : 60);

/** For a private endpoint: half a minute to three minutes, more probable with each second. */
export const endpointReady: Schedule = (elapsed) => {
  if (elapsed < 30) return 30;
  if (elapsed < 90) return 14;
  if (elapsed < 140) return 10;
  return elapsed < 240 ? 6 : elapsed < 600 ? 15 : 60;
};

/**
 * For Zilliz's "about five minutes": few are ready in the first two, most between three and nine. After that a read costs more
 * than it brings, so the pause grows with the wait, up to ten minutes. `npm run bench` shows the cost of other schedules.
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

/** For DNS to spread and the verification to pass: ten minutes at most. */
export const verification: Schedule = (elapsed) => (elapsed < 60 ? 10 : 30);

/** For removals in Azure: links and zones in half a minute, a private endpoint in one or two; a quarter of an hour at most. */
export const removal: Schedule = (elapsed) => (elapsed < 30 ? 5 : elapsed < 120 ? 15 : 60);
