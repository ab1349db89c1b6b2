import { createHash } from 'node:crypto';
import type { SecretVersion } from './state.ts';
import { findActiveSecret, forgetSecret } from './world.ts';
import type { Contents } from './world.ts';

export interface NewVersion {
  readonly value: string;
  readonly enabled?: boolean;
  readonly notBefore?: number | null;
  readonly expires?: number | null;
  readonly contentType?: string | null;
  readonly tags?: Readonly<Record<string, string>>;
}

/** Adds a version, which becomes the current one; makes the secret when there is none. */
export function addVersion(world: Contents, name: string, given: NewVersion): SecretVersion {
  const { state, clock } = world;
  const now = clock.now();
  const made: SecretVersion = {
    version: createHash('sha256').update(`${name} ${state.versionsMade++}`).digest('hex').slice(0, 32),
    value: given.value,
    enabled: given.enabled ?? true,
    notBefore: given.notBefore ?? null,
    expires: given.expires ?? null,
    contentType: given.contentType ?? null,
    tags: { ...given.tags },
    createdAt: now,
    updatedAt: now,
  };
  const secret = findActiveSecret(world, name);
  if (secret) secret.versions.push(made);
  else {
    // What was soft-deleted longer ago than the vault keeps it.
    forgetSecret(world, name);
    state.secrets.push({ name, versions: [made], deletedAt: null });
  }
  return made;
}
