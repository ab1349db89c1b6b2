import type { Clock, Instant } from '../../kernel/clock.ts';
import type { Store } from '../../kernel/store.ts';
import type { AzureTimings } from '../timings.ts';
import { settleOperations } from '../protocol/settle.ts';
import type { Random } from './random.ts';
import type { AzureState } from './schema.ts';

/** What the simulator's parts share. */
export interface World {
  readonly state: AzureState;
  readonly random: Random;
  readonly timings: AzureTimings;
  now(): Instant;
  /** Brings the state to the present: what fell due since the last look happens now, in the order of its time. */
  settle(): void;
  save(): void;
}

export function openWorld(options: {
  clock: Clock;
  store: Store<AzureState>;
  random: Random;
  timings: AzureTimings;
}): World {
  const { clock, store, random, timings } = options;
  const now = (): Instant => Math.floor(clock.now());
  return {
    state: store.state,
    random,
    timings,
    now,
    settle: () => settleOperations(store.state, now()),
    save: () => store.save(),
  };
}
