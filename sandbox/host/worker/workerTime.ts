import { VirtualClock } from '../../kernel/clock.ts';
import type { Clock } from '../../kernel/clock.ts';

/**
 * Sandbox time in the app's process. The app and its Azure SDKs read `Date`: with the wall clock's time, deadlines,
 * token lifetimes and Retry-After dates would not fit the timers of the host. `setTimeout` stays real.
 */
export type WorkerTime =
  | {
      readonly kind: 'running';
      readonly speed: number;
      /** Sandbox time at `measuredAt`, wall-clock milliseconds. */
      readonly instant: number;
      readonly measuredAt: number;
    }
  | { readonly kind: 'standing'; readonly instant: number };

/** The time for a worker that is about to start. A clock does not tell its speed, so that is measured. */
export async function measureTime(clock: Clock): Promise<WorkerTime> {
  if (clock instanceof VirtualClock) return { kind: 'standing', instant: clock.now() };
  const from = bothTimes(clock);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const to = bothTimes(clock);
  const speed = (to.instant - from.instant) / (to.measuredAt - from.measuredAt);
  return { kind: 'running', speed, ...to };
}

/** Both times within the same millisecond. */
function bothTimes(clock: Clock): { instant: number; measuredAt: number } {
  for (;;) {
    const measuredAt = Date.now();
    const instant = clock.now();
    if (Date.now() === measuredAt) return { instant, measuredAt };
  }
}

/** Lets `Date` follow the sandbox in this process. Returns a function that sets a standing time. */
export function installTime(time: WorkerTime): (instant: number) => void {
  const RealDate = Date;
  let instant = time.instant;
  installDate(
    time.kind === 'standing'
      ? () => instant
      : () => Math.floor(time.instant + (RealDate.now() - time.measuredAt) * time.speed),
  );
  return (next) => {
    instant = next;
  };
}

/** Puts a `Date` in the place of the global one that takes its time from `now`. Returns a function that undoes it. */
export function installDate(now: () => number): () => void {
  const RealDate = Date;
  const SandboxDate: DateConstructor = new Proxy(RealDate, {
    construct: (target, values: unknown[], newTarget) =>
      Reflect.construct(
        target,
        values.length === 0 ? [now()] : values,
        newTarget === SandboxDate ? target : newTarget,
      ) as object,
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown)),
  });
  globalThis.Date = SandboxDate;
  return () => {
    globalThis.Date = RealDate;
  };
}
