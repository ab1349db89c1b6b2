import type { Instant } from '../kernel/clock.ts';
import { addVersion } from './newVersion.ts';
import { emptyKeyVaultState } from './state.ts';
import type { KeyVaultState } from './state.ts';

/** A vault that holds these values by their names, for a store that is empty yet. */
export function seededKeyVaultState(seed: {
  readonly at: Instant;
  readonly secrets: Readonly<Record<string, string>>;
}): KeyVaultState {
  const state = emptyKeyVaultState();
  const clock = { now: () => seed.at };
  for (const [name, value] of Object.entries(seed.secrets)) addVersion({ state, clock }, name, { value });
  return state;
}
