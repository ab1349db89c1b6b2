import type { Reply } from '../kernel/operation.ts';
import type { SecretState, SecretVersion } from './state.ts';
import { currentVersion, RETENTION_MS } from './world.ts';
import type { World } from './world.ts';

/** A secret with its value. */
export function secretBody(
  world: World,
  { name }: SecretState,
  version: SecretVersion,
): Record<string, unknown> {
  return { value: version.value, ...itemBody(world, name, version, true) };
}

/** A secret as lists show it: no value, and the ID without version unless versions are listed. */
export function itemBody(
  world: World,
  name: string,
  version: SecretVersion,
  withVersion: boolean,
): Record<string, unknown> {
  const id = `${world.vaultUrl()}/secrets/${name}`;
  return {
    ...(version.contentType !== null && { contentType: version.contentType }),
    id: withVersion ? `${id}/${version.version}` : id,
    attributes: {
      enabled: version.enabled,
      ...(version.notBefore !== null && { nbf: seconds(version.notBefore) }),
      ...(version.expires !== null && { exp: seconds(version.expires) }),
      created: seconds(version.createdAt),
      updated: seconds(version.updatedAt),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
    tags: version.tags,
  };
}

/** What is left to see of a soft-deleted secret. */
export function deletedBody(world: World, secret: SecretState, deletedAt: number): Record<string, unknown> {
  return {
    recoveryId: `${world.vaultUrl()}/deletedsecrets/${secret.name}`,
    deletedDate: seconds(deletedAt),
    scheduledPurgeDate: seconds(deletedAt + RETENTION_MS),
    ...itemBody(world, secret.name, currentVersion(secret), true),
  };
}

/** The vault's error body; `inner` distinguishes errors of one code. */
export function refuse(status: number, code: string, message: string, inner?: string): Reply {
  return { status, body: { error: { code, message, ...(inner && { innererror: { code: inner } }) } } };
}

export function notFound(name: string): Reply {
  return refuse(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. ` +
      'If it was deleted recently it may still be recoverable.',
  );
}

function seconds(instant: number): number {
  return Math.floor(instant / 1000);
}
