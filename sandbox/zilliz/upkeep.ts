import type { Cancel } from '../kernel/clock.ts';
import { nextDueAt, settle } from './settle.ts';
import type { World } from './world.ts';

/** Keeps the state in step with time, and the file in step with the state. */
export interface Upkeep {
  /** Brings the state up to the present; saves it when that changed anything. */
  readonly refresh: () => void;
  /** To be called after each change: brings the state up to the present and saves it. */
  readonly changed: () => void;
  readonly stop: () => void;
}

/**
 * Nearly everything follows from the clock at the next request. The exception is what Zilliz does on Azure's side: a caller
 * who asks Azure only must see it too, so the next such moment is asked of the clock.
 */
export function upkeep(world: World, save: () => void): Upkeep {
  let cancel: Cancel | undefined;
  const changed = (): void => {
    settle(world);
    save();
    cancel?.();
    const due = nextDueAt(world);
    cancel = due === undefined ? undefined : world.clock.schedule(due, refresh);
  };
  const refresh = (): void => {
    if (settle(world)) changed();
  };
  return { refresh, changed, stop: () => cancel?.() };
}
