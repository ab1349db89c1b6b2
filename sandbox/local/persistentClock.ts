import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { acceleratedClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';

/** How often the time is noted, in wall-clock milliseconds. */
const NOTED_EVERY_MS = 250;

/**
 * A clock that never goes back, also when its process was killed: the file holds an instant that the clock has not reached
 * yet, and the next process begins there. At speed 1 it is the wall clock, as soon as that has caught up.
 */
export function persistentClock(options: { readonly path: string; readonly speed: number }): {
  readonly clock: Clock;
  readonly stop: () => void;
} {
  const { path, speed } = options;
  const noted = existsSync(path)
    ? z.object({ notReached: z.number() }).parse(JSON.parse(readFileSync(path, 'utf8'))).notReached
    : Date.now();
  const startAt = speed === 1 ? Math.max(noted, Date.now()) : noted;
  const clock = acceleratedClock({ speed, startAt });
  const note = (): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.next`, JSON.stringify({ notReached: clock.now() + 3 * NOTED_EVERY_MS * speed }));
    renameSync(`${path}.next`, path);
  };
  note();
  const timer = setInterval(note, NOTED_EVERY_MS);
  return {
    clock,
    stop: () => {
      clearInterval(timer);
    },
  };
}
