import { realClock } from '../sandbox/host/faults.ts';
import type { Schedule } from '../src/workflows/schedules.ts';
import { allocation, endpointReady, linkCompleted, serviceShown } from '../src/workflows/schedules.ts';
import { boundSeconds, drawWaits, seeded } from './draws.ts';
import { median, printTable, quantile } from './figures/figures.ts';

interface Schedules {
  readonly whitelisting: Schedule;
  readonly endpoint: Schedule;
  readonly allocation: Schedule;
  readonly link: Schedule;
}

const DRAWS = 5000;
/** A durable timer is asked for one second more than is wanted, and never for less than two. */
const asked = (seconds: number): number => Math.max(2, seconds + 1);

const chosen: Schedules = {
  whitelisting: serviceShown,
  endpoint: endpointReady,
  allocation,
  link: linkCompleted,
};

function everywhere(schedule: Schedule): Schedules {
  return { whitelisting: schedule, endpoint: schedule, allocation: schedule, link: schedule };
}

/** The chosen schedules with every pause made longer or shorter. */
function scaled(factor: number): Schedules {
  const by =
    (schedule: Schedule): Schedule =>
    (elapsed) =>
      schedule(elapsed) * factor;
  return {
    whitelisting: by(chosen.whitelisting),
    endpoint: by(chosen.endpoint),
    allocation: by(chosen.allocation),
    link: by(chosen.link),
  };
}

/** What each schedule would cost in time and executions, on the distributions alone: drawn, not run. */
export function benchSchedules(): void {
  const candidates: readonly (readonly [string, Schedules])[] = [
    ...[5, 8, 10, 15, 20, 30].map((pause) => [`every ${pause} s`, everywhere(() => pause)] as const),
    ...[0.5, 0.75].map((factor) => [`chosen × ${factor}`, scaled(factor)] as const),
    ['chosen', chosen],
    ...[1.5, 2].map((factor) => [`chosen × ${factor}`, scaled(factor)] as const),
  ];
  printTable(
    `Polling schedules on the stated distributions (${DRAWS} draws; reads cost three executions each)`,
    ['schedule', 'reads, median', 'overshoot s, median', 'overshoot s, p95', 'ratio to bound, median', 'p95'],
    candidates.map(([name, schedules]) => [name, ...rowOf(schedules)]),
  );
}

function rowOf(schedules: Schedules): readonly string[] {
  const random = seeded(1);
  const clock = realClock(1);
  const reads: number[] = [];
  const overshoots: number[] = [];
  const ratios: number[] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const waits = drawWaits(random);
    const parts = [
      polled(schedules.whitelisting, waits.whitelisting, clock),
      polled(schedules.endpoint, waits.endpoint, clock),
      polled(schedules.allocation, Math.max(waits.allocation, waits.approval), clock),
      polled(schedules.link, waits.link, clock),
    ];
    const overshoot = parts.reduce((sum, part) => sum + part.overshoot, 0);
    reads.push(parts.reduce((sum, part) => sum + part.reads, 0));
    overshoots.push(overshoot);
    ratios.push((boundSeconds(waits) + overshoot) / boundSeconds(waits));
  }
  return [
    median(reads).toFixed(0),
    median(overshoots).toFixed(1),
    quantile(overshoots, 0.95).toFixed(1),
    median(ratios).toFixed(3),
    quantile(ratios, 0.95).toFixed(3),
  ];
}

/** A look shows what was there when it began, and its result comes when the activity is over. */
function polled(
  schedule: Schedule,
  seconds: number,
  { timerDelay, activityDelay }: ReturnType<typeof realClock>,
): { readonly reads: number; readonly overshoot: number } {
  let elapsed = 0;
  let reads = 0;
  for (;;) {
    elapsed += timerDelay(asked(schedule(elapsed)) * 1000) / 1000;
    reads += 1;
    const isSeen = elapsed >= seconds;
    elapsed += activityDelay() / 1000;
    if (isSeen) return { reads, overshoot: elapsed - seconds };
  }
}
