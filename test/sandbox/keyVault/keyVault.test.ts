import { ManagedIdentityCredential } from '@azure/identity';
import { SecretClient } from '@azure/keyvault-secrets';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentity } from '../../../sandbox/identity/identity.ts';
import type { Identity } from '../../../sandbox/identity/identity.ts';
import { openCertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import type { CertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { fileStore, memoryStore } from '../../../sandbox/kernel/store.ts';
import type { Store } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { startKeyVault } from '../../../sandbox/keyVault/keyVault.ts';
import type { KeyVault } from '../../../sandbox/keyVault/keyVault.ts';
import { seededKeyVaultState } from '../../../sandbox/keyVault/seed.ts';
import { emptyKeyVaultState, keyVaultStateSchema } from '../../../sandbox/keyVault/state.ts';
import type { KeyVaultState } from '../../../sandbox/keyVault/state.ts';

// The real client of the Azure SDK, with the real managed identity credential, over TLS.

const NAME = 'zilliz-api-key';
const directory = mkdtempSync(join(tmpdir(), 'key-vault-'));
const clock = new VirtualClock();
const faults = new Faults();
const traffic = new Traffic();
let authority: CertificateAuthority;
let identity: Identity;
let vault: KeyVault;
let client: SecretClient;

beforeAll(async () => {
  authority = await openCertificateAuthority(directory);
  identity = await startIdentity({ clock, faults, traffic });
  Object.assign(process.env, identity.environment);
});
beforeEach(async () => {
  faults.clear();
  traffic.clear();
  vault = await start(memoryStore(emptyKeyVaultState()));
  client = clientOf(vault);
});
afterEach(() => vault.stop());
afterAll(async () => {
  await identity.stop();
  rmSync(directory, { recursive: true });
  for (const name of Object.keys(identity.environment)) Reflect.deleteProperty(process.env, name);
});

async function start(store: Store<KeyVaultState>): Promise<KeyVault> {
  const certificate = await authority.issue(['localhost']);
  return startKeyVault({ clock, faults, traffic, certificate, store });
}

function clientOf({ baseUrl }: KeyVault): SecretClient {
  return new SecretClient(baseUrl, new ManagedIdentityCredential(), {
    disableChallengeResourceVerification: true,
    retryOptions: { maxRetries: 0 },
    tlsOptions: { ca: authority.cert },
  });
}

const refusal = (status: number, inner?: string) => ({
  statusCode: status,
  ...(inner && { details: { error: { innerError: { code: inner } } } }),
});

describe('reading a secret', () => {
  it('responds to the first call with a challenge and the second with the value', async () => {
    vault.control.setSecret(NAME, 'first');
    const { value, properties } = await client.getSecret(NAME);

    expect(value).toBe('first');
    expect(properties).toMatchObject({ name: NAME, enabled: true, vaultUrl: vault.baseUrl });
    const [challenge, answer] = traffic.of('keyVault.getSecret');
    expect(challenge?.response.status).toBe(401);
    expect(challenge?.response.headers['www-authenticate']).toContain('resource="https://vault.azure.net"');
    expect(answer?.request.url).toMatch(/^\/secrets\/zilliz-api-key\/\?api%2Dversion=/);
  });

  it('gives the newest value after a rotation, and the old one by its version', async () => {
    const first = vault.control.setSecret(NAME, 'first');
    vault.control.setSecret(NAME, 'second');

    expect((await client.getSecret(NAME)).value).toBe('second');
    expect((await client.getSecret(NAME.toUpperCase(), { version: first })).value).toBe('first');
    const versions = [];
    for await (const version of client.listPropertiesOfSecretVersions(NAME)) versions.push(version);
    expect(versions).toHaveLength(2);
  });

  it('returns 404 for a secret or a version that is not there', async () => {
    await expect(client.getSecret(NAME)).rejects.toMatchObject({ ...refusal(404), code: 'SecretNotFound' });
    vault.control.setSecret(NAME, 'first');
    await expect(client.getSecret(NAME, { version: '0'.repeat(32) })).rejects.toMatchObject(refusal(404));
  });

  it('refuses a disabled version until it is enabled again', async () => {
    vault.control.setSecret(NAME, 'first');
    vault.control.setEnabled(NAME, false);
    await expect(client.getSecret(NAME)).rejects.toMatchObject(refusal(403, 'SecretDisabled'));

    vault.control.setEnabled(NAME, true);
    expect((await client.getSecret(NAME)).value).toBe('first');
  });

  it('still gives an expired and a not yet valid secret, with its dates', async () => {
    vault.control.setSecret(NAME, 'first');
    vault.control.expire(NAME);
    vault.control.setNotBefore(NAME, clock.now() + 3600_000);

    const { value, properties } = await client.getSecret(NAME);
    expect(value).toBe('first');
    expect(properties.expiresOn).toEqual(new Date(clock.now()));
    expect(properties.notBefore).toEqual(new Date(clock.now() + 3600_000));
  });

  it.each([
    ['rbac', 'ForbiddenByRbac'],
    ['policy', 'ForbiddenByPolicy'],
    ['firewall', 'ForbiddenByFirewall'],
    ['connection', 'ForbiddenByConnection'],
  ] as const)('returns 403 when access is denied by %s, until it is allowed', async (reason, inner) => {
    vault.control.setSecret(NAME, 'first');
    vault.control.deny(reason);
    await expect(client.getSecret(NAME)).rejects.toMatchObject(refusal(403, inner));

    vault.control.deny(null);
    expect((await client.getSecret(NAME)).value).toBe('first');
  });

  it('returns 429 with a time to wait beyond its limit', async () => {
    vault.control.setSecret(NAME, 'first');
    vault.control.setLimit(2);
    await client.getSecret(NAME);
    await client.getSecret(NAME);

    await expect(client.getSecret(NAME)).rejects.toMatchObject(refusal(429));
    expect(traffic.of('keyVault.getSecret').at(-1)?.response.headers).toMatchObject({ 'retry-after': '10' });
  });

  it('refuses a token for another resource', async () => {
    const credential = new ManagedIdentityCredential();
    const { token } = await credential.getToken('https://management.azure.com/.default');
    const foreign = new SecretClient(
      vault.baseUrl,
      { getToken: () => Promise.resolve({ token, expiresOnTimestamp: Date.now() + 3600_000 }) },
      { disableChallengeResourceVerification: true, tlsOptions: { ca: authority.cert } },
    );
    await expect(foreign.getSecret(NAME)).rejects.toMatchObject(refusal(401));
  });
});

describe('deleting a secret', () => {
  it('hides it, keeps its name, and gives it back', async () => {
    vault.control.setSecret(NAME, 'first');
    await (await client.beginDeleteSecret(NAME, { intervalInMs: 1 })).pollUntilDone();
    await expect(client.getSecret(NAME)).rejects.toMatchObject(refusal(404));
    await expect(client.setSecret(NAME, 'again')).rejects.toMatchObject(
      refusal(409, 'ObjectIsDeletedButRecoverable'),
    );
    const { deletedOn, scheduledPurgeDate } = await client.getDeletedSecret(NAME);
    expect((scheduledPurgeDate!.getTime() - deletedOn!.getTime()) / 86_400_000).toBe(90);

    await (await client.beginRecoverDeletedSecret(NAME, { intervalInMs: 1 })).pollUntilDone();
    expect((await client.getSecret(NAME)).value).toBe('first');
  });

  it('frees the name when it is purged, or after 90 days', async () => {
    for (const goAway of [
      () => client.purgeDeletedSecret(NAME),
      () => {
        clock.advanceTo(clock.now() + 90 * 86_400_000);
        return Promise.resolve();
      },
    ]) {
      await client.setSecret(NAME, 'first');
      vault.control.deleteSecret(NAME);
      await goAway();
      await expect(client.getDeletedSecret(NAME)).rejects.toMatchObject(refusal(404));
    }
    expect((await client.setSecret(NAME, 'new')).value).toBe('new');
  });
});

describe('setting a secret', () => {
  it('takes value, dates, type and tags', async () => {
    const expiresOn = new Date(clock.now() + 3600_000);
    await client.setSecret(NAME, 'first', { expiresOn, contentType: 'text/plain', tags: { owner: 'me' } });

    const { properties } = await client.getSecret(NAME);
    expect(properties).toMatchObject({ expiresOn, contentType: 'text/plain', tags: { owner: 'me' } });
    const names = [];
    for await (const { name } of client.listPropertiesOfSecrets()) names.push(name);
    expect(names).toEqual([NAME]);
  });

  it('remembers it after a restart', async () => {
    const seed = { at: clock.now(), secrets: { seeded: 'from the start' } };
    const open = () =>
      fileStore(join(directory, 'vault.json'), keyVaultStateSchema, () => seededKeyVaultState(seed));
    const before = await start(open());
    await clientOf(before).setSecret(NAME, 'kept');
    await before.stop();

    const after = await start(open());
    expect((await clientOf(after).getSecret(NAME)).value).toBe('kept');
    expect((await clientOf(after).getSecret('seeded')).value).toBe('from the start');
    await after.stop();
  });
});
