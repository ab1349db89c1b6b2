import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { actionsOf } from '../action.ts';
import type { Action, Controlled } from '../action.ts';
import { instant, newSecret, secretName } from '../inputs.ts';

const action = actionsOf('keyVault', ({ keyVault }) => keyVault.control);
const everywhere = actionsOf('keyVault', (controlled) => controlled);

/** What happens to secrets. */
export const keyVaultActions: readonly Action[] = [
  action(
    'setSecret',
    'sets a secret, or a new version of it',
    newSecret,
    (vault, { name, value, ...more }) => ({
      version: vault.setSecret(name, value, more),
    }),
  ),
  everywhere(
    'rotateKey',
    'replaces the Zilliz API key in a secret by a new one; the old one is revoked unless `keepOld`',
    z.strictObject({ name: z.string().default('zilliz-api-key'), keepOld: z.boolean().default(false) }),
    (controlled, { name, keepOld }) => rotateKey(controlled, name, keepOld),
  ),
  action('disable', 'disables the current version', secretName, (vault, { name }) =>
    vault.setEnabled(name, false),
  ),
  action('enable', 'enables the current version', secretName, (vault, { name }) =>
    vault.setEnabled(name, true),
  ),
  action(
    'expire',
    'lets the current version expire, by default now',
    secretName.extend({ at: instant.exactOptional() }),
    (vault, { name, at }) => vault.expire(name, at),
  ),
  action('deleteSecret', 'soft-deletes a secret', secretName, (vault, { name }) => vault.deleteSecret(name)),
  action('recoverSecret', 'recovers a soft-deleted secret', secretName, (vault, { name }) =>
    vault.recoverSecret(name),
  ),
  action('purgeSecret', 'purges a soft-deleted secret', secretName, (vault, { name }) =>
    vault.purgeSecret(name),
  ),
  action(
    'deny',
    'refuses every call for want of a role, or by the network rules; null lets callers in again',
    z.strictObject({ reason: z.enum(['rbac', 'policy', 'firewall', 'connection']).nullable() }),
    (vault, { reason }) => vault.deny(reason),
  ),
  action(
    'setLimit',
    'changes the number of calls in ten seconds',
    z.strictObject({ callsPerTenSeconds: z.number().int().positive() }),
    (vault, { callsPerTenSeconds }) => vault.setLimit(callsPerTenSeconds),
  ),
];

/** The new key may do what the old one may. */
function rotateKey({ zilliz, keyVault }: Controlled, name: string, keepOld: boolean): { version: string } {
  const secret = keyVault.control.snapshot().secrets.find((candidate) => candidate.name === name);
  const old = secret?.versions.at(-1)?.value;
  const known = zilliz.control.snapshot().keys.find(({ key }) => key === old);
  if (!known) throw new Error(`The secret ${name} holds no API key of Zilliz.`);
  const { key: oldKey, ...rights } = known;
  const key = zilliz.control.addKey({ ...rights, key: randomBytes(20).toString('hex') });
  const version = keyVault.control.setSecret(name, key);
  if (!keepOld) zilliz.control.revokeKey(oldKey);
  return { version };
}
