import type { Step } from '../durable/run.ts';
import type { Schedule } from './schedules.ts';
import type { SettlingRun } from './settle.ts';

/** One wait: the same read again and again, on durable timers. */
export interface Wait<T> {
  /** Unique within its stage. */
  readonly name: string;
  readonly read: () => Step<T>;
  /** The text of what is still missing. Null ends the wait. */
  readonly missing: (view: T) => string | null;
  readonly schedule: Schedule;
  /** Whether the awaited operation was requested just now: the first read comes after the schedule's first pause. */
  readonly justBegun?: boolean;
  /** The longest wait. */
  readonly seconds: number;
}

/**
 * Reads until nothing is missing, or the time is over. Returns the last view. `since` is when the wait began, in milliseconds
 * since the epoch: schedule and end go on after continue as new instead of starting over.
 */
export function* waitFor<T>(
  run: Pick<SettlingRun, 'now' | 'sleep' | 'waitingFor' | 'continueAsNewIfLong'>,
  { read, missing, schedule, justBegun = false, seconds }: Wait<T>,
  since: number,
): Step<T> {
  const untilFirstRead = schedule(0) - (run.now() - since) / 1000;
  if (justBegun && untilFirstRead > 0) yield* run.sleep(untilFirstRead);
  const end = since + seconds * 1000;
  for (;;) {
    const view = yield* read();
    const reason = missing(view);
    if (reason === null || run.now() >= end) return view;
    run.waitingFor(reason);
    yield* run.sleep(Math.min(schedule((run.now() - since) / 1000), (end - run.now()) / 1000));
    run.continueAsNewIfLong();
  }
}
