import type { Clock } from '../kernel/clock.ts';
import type { KeyVaultState, SecretState, SecretVersion } from './state.ts';

/** What every part of the simulator works on. */
export interface World {
  readonly state: KeyVaultState;
  readonly clock: Pick<Clock, 'now'>;
  /** Of the vault, without a trailing slash: secrets carry it in their IDs. */
  readonly vaultUrl: () => string;
}

/** What there is, and what time it is. */
export type Contents = Pick<World, 'state' | 'clock'>;

/** A soft-deleted secret can be recovered this long, then it is gone (the service's default). */
export const RETENTION_MS = 90 * 24 * 3600 * 1000;

/** Secret names are compared without regard to case. */
function findSecret({ state, clock }: Contents, name: string): SecretState | undefined {
  const found = state.secrets.find((secret) => secret.name.toLowerCase() === name.toLowerCase());
  return found && isPurged(found, clock.now()) ? undefined : found;
}

/** The secret when it is there and not soft-deleted. */
export function findActiveSecret(world: Contents, name: string): SecretState | undefined {
  const found = findSecret(world, name);
  return found?.deletedAt === null ? found : undefined;
}

export function findDeletedSecret(
  world: Contents,
  name: string,
): { readonly secret: SecretState; readonly deletedAt: number } | undefined {
  const secret = findSecret(world, name);
  return secret && secret.deletedAt !== null ? { secret, deletedAt: secret.deletedAt } : undefined;
}

export function currentVersion({ name, versions }: SecretState): SecretVersion {
  const current = versions.at(-1);
  if (!current) throw new Error(`The secret ${name} has no version.`);
  return current;
}

export function forgetSecret({ state }: Contents, name: string): void {
  state.secrets = state.secrets.filter((secret) => secret.name.toLowerCase() !== name.toLowerCase());
}

function isPurged({ deletedAt }: SecretState, now: number): boolean {
  return deletedAt !== null && now >= deletedAt + RETENTION_MS;
}
