import { ManagedIdentityCredential } from '@azure/identity';
import { SANDBOX_TENANT_ID } from '../../../sandbox/azure/control/accounts.ts';
import { APP_PRINCIPAL_ID } from '../../../sandbox/azure/state/schema.ts';
import { readAccessToken } from '../../../sandbox/identity/accessToken.ts';
import { APP_CLIENT_ID, startIdentity } from '../../../sandbox/identity/identity.ts';
import type { Identity } from '../../../sandbox/identity/identity.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';

const user = {
  principalId: '99999999-0000-4000-8000-000000000001',
  clientId: '99999999-0000-4000-8000-000000000002',
  resourceId:
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app',
};
const SCOPE = 'https://management.azure.com/.default';
const faults = new Faults();
const traffic = new Traffic();
let identity: Identity;

// One for all: the SDK remembers, per process, where it found the endpoint.
beforeAll(async () => {
  // Years ahead of the wall clock, as after a long fast run.
  identity = await startIdentity({
    clock: new VirtualClock(Date.UTC(2040, 0, 1)),
    faults,
    traffic,
    userAssigned: [user],
  });
  Object.assign(process.env, identity.environment);
});
beforeEach(() => {
  faults.clear();
  traffic.clear();
});
afterAll(async () => {
  await identity.stop();
  for (const name of Object.keys(identity.environment)) Reflect.deleteProperty(process.env, name);
});

/** The SDK keeps tokens per process: another resource each time makes it ask. */
let asked = 0;
const freshScope = (): string => `https://service-${asked++}.example/.default`;

const ask = (query: Record<string, string>, header = identity.environment.IDENTITY_HEADER) =>
  fetch(`${identity.environment.IDENTITY_ENDPOINT}?${new URLSearchParams(query).toString()}`, {
    headers: { 'X-IDENTITY-HEADER': header },
  });
const good = { 'api-version': '2019-08-01', resource: 'https://management.azure.com' };

describe('tokens for the Azure SDK', () => {
  it('gives the system-assigned identity to an app that names none', async () => {
    const { token, expiresOnTimestamp } = await new ManagedIdentityCredential().getToken(SCOPE);

    expect(readAccessToken(token)).toMatchObject({
      aud: 'https://management.azure.com',
      oid: APP_PRINCIPAL_ID,
      appid: APP_CLIENT_ID,
      tid: SANDBOX_TENANT_ID,
    });
    expect(expiresOnTimestamp).toBeGreaterThan(Date.UTC(2040, 0, 1));
  });

  it.each([['clientId'], ['resourceId']] as const)(
    'finds a user-assigned identity by its %s',
    async (key) => {
      const credential = new ManagedIdentityCredential({ [key]: user[key] });

      expect(readAccessToken((await credential.getToken(freshScope())).token)).toMatchObject({
        oid: user.principalId,
        appid: user.clientId,
      });
    },
  );

  it('fails for a client ID that is not assigned', async () => {
    const credential = new ManagedIdentityCredential({ clientId: '00000000-0000-4000-8000-000000000000' });

    await expect(credential.getToken(freshScope())).rejects.toThrow(/No managed identity found/);
  });

  it.each([[429], [410]])('gets over a moment of %d when it asks again', async (status) => {
    faults.order({ call: 'identity.getToken', fault: { kind: 'status', status, body: { message: 'busy' } } });
    const credential = new ManagedIdentityCredential({ retryOptions: { maxRetries: 0 } });
    const scope = freshScope();
    const first = await credential.getToken(scope).catch(() => undefined);
    const second = first ?? (await credential.getToken(scope));

    expect(readAccessToken(second.token)).toBeDefined();
    expect(traffic.of('identity.getToken').map(({ response }) => response.status)).toEqual([status, 200]);
  });
});

describe('tokens for clients of the older version', () => {
  const older = (query: Record<string, string>, secret = identity.olderEnvironment.MSI_SECRET) =>
    fetch(`${identity.olderEnvironment.MSI_ENDPOINT}/?${new URLSearchParams(query).toString()}`, {
      headers: { Secret: secret },
    });
  const asked = { 'api-version': '2017-09-01', resource: 'https://management.core.windows.net/' };

  it('writes the end of their life as a date and time', async () => {
    const body = (await (await older(asked)).json()) as { access_token: string; expires_on: string };

    expect(readAccessToken(body.access_token)).toMatchObject({ oid: APP_PRINCIPAL_ID });
    expect(body.expires_on).toBe('01/02/2040 00:00:00 +00:00');
  });

  it('finds a user-assigned identity, and refuses a wrong secret', async () => {
    expect((await older({ ...asked, clientid: user.clientId })).status).toBe(200);
    expect((await older(asked, 'wrong')).status).toBe(401);
  });
});

describe('what the endpoint refuses', () => {
  it('returns 401 for a wrong header', async () => {
    expect((await ask(good, 'wrong')).status).toBe(401);
  });

  it.each([
    ['another api-version', { ...good, 'api-version': '2018-02-01' }],
    ['no resource', { 'api-version': '2019-08-01' }],
    ['an unknown principal', { ...good, principal_id: 'nobody' }],
  ])('returns 400 for %s', async (_case, query) => {
    const response = await ask(query);

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ statusCode: 400 });
  });

  it('returns 400 when the app has no system-assigned identity', async () => {
    identity.control.setSystemAssigned(null);
    expect((await ask(good)).status).toBe(400);
    identity.control.setSystemAssigned({ principalId: APP_PRINCIPAL_ID, clientId: APP_CLIENT_ID });
    expect((await ask(good)).status).toBe(200);
  });

  it('stops knowing an identity that was taken away, and knows one that was given', async () => {
    const query = { ...good, client_id: user.clientId.toUpperCase() };
    expect((await ask(query)).status).toBe(200);
    identity.control.unassign(user.clientId);
    expect((await ask(query)).status).toBe(400);
    identity.control.assign(user);
    expect((await ask(query)).status).toBe(200);
  });
});
