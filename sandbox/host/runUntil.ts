import { VirtualClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Workload } from './workload.ts';

/** How often a clock that runs by itself is asked again; real milliseconds. */
const ASK_AGAIN_MS = 5;

/** Waits for `done`, moving a virtual clock whenever nothing is running. Rejects when that clock has nothing left. */
export async function runUntil(
  clock: Clock,
  workload: Workload,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  for (;;) {
    if (clock instanceof VirtualClock) await workload.whenIdle();
    if (await done()) return;
    if (!(clock instanceof VirtualClock)) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    else if (!clock.advance()) throw new Error('Nothing is left that the clock could bring about.');
  }
}
