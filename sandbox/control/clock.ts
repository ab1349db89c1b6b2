import { z } from 'zod';
import { VirtualClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import { instant } from './inputs.ts';

export const advanceSchema = z
  .strictObject({ seconds: z.number().nonnegative().exactOptional(), to: instant.exactOptional() })
  .refine(({ seconds, to }) => (seconds === undefined) !== (to === undefined), 'give either seconds or to');

/** Something that is well said but cannot be done as things are. */
export class NotPossible extends Error {}

export function showClock(clock: Clock): { readonly now: string; readonly virtual: boolean } {
  return { now: new Date(clock.now()).toISOString(), virtual: clock instanceof VirtualClock };
}

/** Moves a virtual clock, running what falls due on the way. Other clocks move by themselves. */
export function advance(
  clock: Clock,
  { seconds = 0, to }: z.output<typeof advanceSchema>,
): ReturnType<typeof showClock> {
  if (!(clock instanceof VirtualClock))
    throw new NotPossible('The clock is not virtual: it moves by itself.');
  clock.advanceTo(to ?? clock.now() + seconds * 1000);
  return showClock(clock);
}
