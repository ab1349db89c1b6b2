import { z } from 'zod';
import type { Call, Operation, Reply } from '../kernel/operation.ts';
import { deletedBody, itemBody, notFound, refuse, secretBody } from './responses.ts';
import { addVersion } from './newVersion.ts';
import type { SecretState } from './state.ts';
import { currentVersion, findActiveSecret, findDeletedSecret, forgetSecret } from './world.ts';
import type { World } from './world.ts';

const attributesSchema = z.object({
  enabled: z.boolean().optional(),
  nbf: z.number().optional(),
  exp: z.number().optional(),
});
const newSecretSchema = z.object({
  value: z.string(),
  contentType: z.string().optional(),
  tags: z.record(z.string(), z.string()).optional(),
  attributes: attributesSchema.optional(),
});

/** Secrets: read, listed, set, soft-deleted, recovered and purged. */
export function secretOperations(world: World): Operation[] {
  const active = (name: string, method: string, path: string, answer: Answer): Operation => ({
    name: `keyVault.${name}`,
    method,
    path,
    write: method !== 'GET',
    handle(call) {
      const secret = findActiveSecret(world, call.params.name ?? '');
      return secret ? answer(secret, call) : notFound(call.params.name ?? '');
    },
  });
  return [
    {
      name: 'keyVault.listSecrets',
      method: 'GET',
      path: '/secrets',
      write: false,
      handle: () => listed(world),
    },
    active('listSecretVersions', 'GET', '/secrets/{name}/versions', (secret) => ({
      status: 200,
      body: {
        value: secret.versions.map((version) => itemBody(world, secret.name, version, true)),
        nextLink: null,
      },
    })),
    active('getSecret', 'GET', '/secrets/{name}', (secret, call) => getSecret(world, secret, call)),
    active('getSecret', 'GET', '/secrets/{name}/{version}', (secret, call) => getSecret(world, secret, call)),
    {
      name: 'keyVault.setSecret',
      method: 'PUT',
      path: '/secrets/{name}',
      write: true,
      handle: (call) => setSecret(world, call),
    },
    active('deleteSecret', 'DELETE', '/secrets/{name}', (secret) => {
      const deletedAt = world.clock.now();
      secret.deletedAt = deletedAt;
      return { status: 200, body: deletedBody(world, secret, deletedAt) };
    }),
  ];
}

/** What can still be done with soft-deleted secrets. */
export function deletedSecretOperations(world: World): Operation[] {
  const deleted = (name: string, method: string, path: string, answer: DeletedAnswer): Operation => ({
    name: `keyVault.${name}`,
    method,
    path,
    write: method !== 'GET',
    handle(call) {
      const found = findDeletedSecret(world, call.params.name ?? '');
      return found ? answer(found.secret, found.deletedAt) : notFound(call.params.name ?? '');
    },
  });
  return [
    deleted('getDeletedSecret', 'GET', '/deletedsecrets/{name}', (secret, deletedAt) => ({
      status: 200,
      body: deletedBody(world, secret, deletedAt),
    })),
    deleted('recoverDeletedSecret', 'POST', '/deletedsecrets/{name}/recover', (secret) => {
      secret.deletedAt = null;
      return { status: 200, body: itemBody(world, secret.name, currentVersion(secret), true) };
    }),
    deleted('purgeDeletedSecret', 'DELETE', '/deletedsecrets/{name}', ({ name }) => {
      forgetSecret(world, name);
      return { status: 204 };
    }),
  ];
}

type Answer = (secret: SecretState, call: Call) => Reply;
type DeletedAnswer = (secret: SecretState, deletedAt: number) => Reply;

/** Dates do not keep a secret from being read (documented): the caller sees `nbf` and `exp` and must judge for itself. */
function getSecret(world: World, secret: SecretState, { params }: Call): Reply {
  const version = params.version
    ? secret.versions.find((candidate) => candidate.version === params.version)
    : currentVersion(secret);
  if (!version) return notFound(`${secret.name}/${params.version ?? ''}`);
  if (!version.enabled) {
    return refuse(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
  }
  return { status: 200, body: secretBody(world, secret, version) };
}

function setSecret(world: World, { params, body }: Call): Reply {
  const name = params.name ?? '';
  const given = newSecretSchema.safeParse(body);
  if (!/^[0-9A-Za-z-]{1,127}$/.test(name) || !given.success) {
    return refuse(400, 'BadParameter', 'The name or the value of the secret is invalid.');
  }
  if (findDeletedSecret(world, name)) return deletedConflict(name);
  const { attributes = {}, value, contentType, tags } = given.data;
  const version = addVersion(world, name, {
    value,
    ...(contentType !== undefined && { contentType }),
    ...(tags && { tags }),
    ...(attributes.enabled !== undefined && { enabled: attributes.enabled }),
    ...(attributes.nbf !== undefined && { notBefore: attributes.nbf * 1000 }),
    ...(attributes.exp !== undefined && { expires: attributes.exp * 1000 }),
  });
  const secret = findActiveSecret(world, name);
  return secret ? { status: 200, body: secretBody(world, secret, version) } : notFound(name);
}

function deletedConflict(name: string): Reply {
  return refuse(
    409,
    'Conflict',
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; ` +
      'in this state, the secret can only be recovered or purged.',
    'ObjectIsDeletedButRecoverable',
  );
}

function listed(world: World): Reply {
  const value = world.state.secrets
    .filter(({ deletedAt }) => deletedAt === null)
    .map((secret) => itemBody(world, secret.name, currentVersion(secret), false));
  return { status: 200, body: { value, nextLink: null } };
}
