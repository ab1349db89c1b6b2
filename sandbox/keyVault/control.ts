import { putInto } from '../kernel/store.ts';
import { addVersion } from './newVersion.ts';
import type { NewVersion } from './newVersion.ts';
import type { Denial, KeyVaultState, SecretState } from './state.ts';
import { currentVersion, findActiveSecret, findDeletedSecret, forgetSecret } from './world.ts';
import type { World } from './world.ts';

/** What people do with the vault in the portal. Each change is saved at once; an unknown secret throws. */
export interface KeyVaultControl {
  /** Sets a value; again, to rotate. A soft-deleted secret of the name is purged first. @returns the version. */
  setSecret(name: string, value: string, options?: Omit<NewVersion, 'value'>): string;
  /** Disables the current version, or enables it again. */
  setEnabled(name: string, enabled: boolean): void;
  /** Lets the current version expire at `at`, by default now. */
  expire(name: string, at?: number): void;
  setNotBefore(name: string, at: number): void;
  /** Soft-deletes it. */
  deleteSecret(name: string): void;
  recoverSecret(name: string): void;
  purgeSecret(name: string): void;
  /** Refuses every call with 403, for want of a role or an access policy, or by the network rules; null lets callers in again. */
  deny(reason: Denial | null): void;
  /** Calls in ten seconds before 429. */
  setLimit(callsPerTenSeconds: number): void;
  /** A copy of the state as of now, values included. */
  snapshot(): KeyVaultState;
  /** Puts a snapshot in the place of the state. */
  restore(state: KeyVaultState): void;
}

export function keyVaultControl(world: World, save: () => void): KeyVaultControl {
  const find = (name: string): SecretState => {
    const secret = findActiveSecret(world, name);
    if (!secret) throw new Error(`There is no secret ${name}.`);
    return secret;
  };
  const findDeleted = (name: string): SecretState => {
    const found = findDeletedSecret(world, name);
    if (!found) throw new Error(`There is no soft-deleted secret ${name}.`);
    return found.secret;
  };
  const changeCurrent = (
    name: string,
    change: { enabled?: boolean; expires?: number; notBefore?: number },
  ) => {
    Object.assign(currentVersion(find(name)), { ...change, updatedAt: world.clock.now() });
    save();
  };
  return {
    setSecret(name, value, options) {
      if (findDeletedSecret(world, name)) forgetSecret(world, name);
      const { version } = addVersion(world, name, { value, ...options });
      save();
      return version;
    },
    setEnabled: (name, enabled) => changeCurrent(name, { enabled }),
    expire: (name, at = world.clock.now()) => changeCurrent(name, { expires: at }),
    setNotBefore: (name, at) => changeCurrent(name, { notBefore: at }),
    deleteSecret(name) {
      find(name).deletedAt = world.clock.now();
      save();
    },
    recoverSecret(name) {
      findDeleted(name).deletedAt = null;
      save();
    },
    purgeSecret(name) {
      forgetSecret(world, findDeleted(name).name);
      save();
    },
    deny(reason) {
      world.state.denial = reason;
      save();
    },
    setLimit(callsPerTenSeconds) {
      world.state.callsPerTenSeconds = callsPerTenSeconds;
      save();
    },
    snapshot: () => structuredClone(world.state),
    restore(state) {
      putInto(world.state, state);
      save();
    },
  };
}
