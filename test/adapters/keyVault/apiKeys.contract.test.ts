import { startIdentity } from '../../../sandbox/identity/identity.ts';
import type { Identity } from '../../../sandbox/identity/identity.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { startKeyVault } from '../../../sandbox/keyVault/keyVault.ts';
import type { KeyVault } from '../../../sandbox/keyVault/keyVault.ts';
import { emptyKeyVaultState } from '../../../sandbox/keyVault/state.ts';
import { azureCredential } from '../../../src/adapters/azure/credential.ts';
import { KeyVaultApiKeys } from '../../../src/adapters/keyVault/apiKeys.ts';
import { secretReader } from '../../../src/adapters/keyVault/secretReader.ts';
import { failureOf } from '../failureOf.ts';
import { trustedAuthority } from '../trust.ts';

// The real client and credential of the Azure SDK against a vault and an identity endpoint on this machine.

const PROJECT = 'proj-0123456789abcdef';
const OWN = `zilliz-api-key-${PROJECT}`;
const DEFAULT = 'zilliz-api-key';
const MINUTE_MS = 60_000;

const clock = new VirtualClock();
const faults = new Faults();
const traffic = new Traffic();
let identity: Identity;
let vault: KeyVault;
let keys: KeyVaultApiKeys;

beforeAll(async () => {
  identity = await startIdentity({ clock, faults, traffic });
  Object.assign(process.env, identity.environment);
});
beforeEach(async () => {
  faults.clear();
  vault = await startKeyVault({
    clock,
    faults,
    traffic,
    certificate: await (await trustedAuthority()).issue(['localhost']),
    store: memoryStore(emptyKeyVaultState()),
  });
  vault.control.setSecret(DEFAULT, 'the-default-key');
  const credential = azureCredential({
    kind: 'managed-identity',
    clientId: undefined,
    authorityHost: undefined,
    timeLimitMs: 2000,
  });
  keys = new KeyVaultApiKeys(secretReader({ url: vault.baseUrl, requestTimeoutMs: 1000 }, credential), {
    secretName: DEFAULT,
    vaultUrl: vault.baseUrl,
    cacheMs: 5 * MINUTE_MS,
    now: () => clock.now(),
  });
  traffic.clear();
});
afterEach(() => vault.stop());
afterAll(async () => {
  await identity.stop();
  for (const name of Object.keys(identity.environment)) Reflect.deleteProperty(process.env, name);
});

const secretsAsked = (): readonly (string | undefined)[] =>
  traffic
    .all()
    .filter(({ service, response }) => service === 'keyVault' && response.status !== 401)
    .map(({ request }) => request.url.split('/')[2]);

describe('the key of a project', () => {
  it("is the project's own before the default", async () => {
    vault.control.setSecret(OWN, 'its-own-key');

    await expect(keys.keyFor(PROJECT)).resolves.toBe('its-own-key');
  });

  it('is the default where the project has none', async () => {
    await expect(keys.keyFor(PROJECT)).resolves.toBe('the-default-key');
    expect(secretsAsked()).toEqual([OWN, DEFAULT]);
  });

  it('is the default where no project is meant, and where its ID is no part of a secret name', async () => {
    await expect(keys.keyFor(null)).resolves.toBe('the-default-key');
    await expect(keys.keyFor('proj_with_underscores')).resolves.toBe('the-default-key');
    expect(secretsAsked()).toEqual([DEFAULT, DEFAULT]);
  });

  it('comes without the line break that a copied secret ends with', async () => {
    vault.control.setSecret(OWN, 'its-own-key\n');

    await expect(keys.keyFor(PROJECT)).resolves.toBe('its-own-key');
  });

  it('is read once for all who ask within five minutes', async () => {
    await Promise.all([keys.keyFor(PROJECT), keys.keyFor(PROJECT), keys.keyFor(PROJECT)]);
    clock.advanceTo(clock.now() + 4 * MINUTE_MS);
    await keys.keyFor(PROJECT);
    expect(secretsAsked()).toEqual([OWN, DEFAULT]);

    clock.advanceTo(clock.now() + 2 * MINUTE_MS);
    await keys.keyFor(PROJECT);
    expect(secretsAsked()).toEqual([OWN, DEFAULT, OWN, DEFAULT]);
  });

  it('is read again at once when it was refused: it may have been rotated', async () => {
    await keys.keyFor(PROJECT);
    vault.control.setSecret(DEFAULT, 'the-new-key');

    keys.forget(PROJECT);

    await expect(keys.keyFor(PROJECT)).resolves.toBe('the-new-key');
  });

  it('is found after it was not: failures are not remembered', async () => {
    vault.control.deleteSecret(DEFAULT);
    await failureOf(keys.keyFor(PROJECT));

    vault.control.setSecret(OWN, 'its-own-key');

    await expect(keys.keyFor(PROJECT)).resolves.toBe('its-own-key');
  });
});

it('a key whose secret has expired is used: the date is a reminder, and connections do not stop on it', async () => {
  vault.control.expire(DEFAULT);

  await expect(keys.keyFor(null)).resolves.toBe('the-default-key');
});

describe('a key that cannot be had', () => {
  it('is named by both secrets that were looked for', async () => {
    vault.control.deleteSecret(DEFAULT);

    const failure = await failureOf(keys.keyFor(PROJECT));

    expect(failure).toMatchObject({ kind: 'permission', code: 'api-key-missing', source: 'key-vault' });
    expect(failure.message).toBe(
      `reading secret ${OWN}: HTTP 404, there is no such secret; reading secret ${DEFAULT}: HTTP 404, there is no such secret`,
    );
  });

  it.each([
    ['is disabled', () => vault.control.setEnabled(DEFAULT, false)],
    ['holds nothing that could be a key', () => vault.control.setSecret(DEFAULT, 'two\nlines')],
  ])('because the secret %s', async (words, spoil) => {
    spoil();

    const failure = await failureOf(keys.keyFor(null));

    expect(failure.code).toBe('api-key-missing');
    expect(failure.message).toContain(words);
    expect(failure.cure).toContain(`az keyvault secret set --vault-name localhost --name ${DEFAULT} `);
    expect(JSON.stringify(failure)).not.toMatch(/the-default-key|two/);
  });

  it.each([
    [
      'rbac',
      'the identity has no role that may read the secret',
      /az role assignment create --assignee-object-id [0-9a-f-]{36} .*--role "Key Vault Secrets User" --scope "\$\(az keyvault show --name /,
    ],
    [
      'policy',
      'no access policy of the vault lets the identity read secrets',
      /az keyvault set-policy --name \S+ --object-id [0-9a-f-]{36} --secret-permissions get/,
    ],
    [
      'firewall',
      'the firewall of the vault refuses the address of the app',
      /az keyvault network-rule add .*Roles have nothing to do with it/,
    ],
    [
      'connection',
      'the vault is open to its private endpoints only',
      /privatelink\.vaultcore\.azure\.net.*Roles have nothing to do with it/,
    ],
  ] as const)('for want of access: %s, with the command that cures it', async (denial, words, cure) => {
    vault.control.deny(denial);

    const failure = await failureOf(keys.keyFor(PROJECT));

    expect(failure).toMatchObject({ kind: 'permission', code: 'key-vault-denied' });
    expect(failure.message).toContain(words);
    expect(failure.cure).toMatch(cure);
  });

  it.each([
    [{ kind: 'status', status: 503 }],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '7' } }],
    [{ kind: 'reset' }],
    [{ kind: 'hang' }],
    [{ kind: 'garbage' }],
  ] as const)('because the vault is out of order: %j', async (fault) => {
    // After the challenge, which a reader without a token is met with.
    faults.order({ call: 'keyVault.getSecret', fault, times: 'always', after: 1 });

    const failure = await failureOf(keys.keyFor(null));

    expect(failure).toMatchObject({ kind: 'transient', code: 'key-vault-unavailable' });
    if ('headers' in fault) expect(failure.retryAfterSeconds).toBe(7);
  });
});
