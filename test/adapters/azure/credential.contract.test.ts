import { startIdentity } from '../../../sandbox/identity/identity.ts';
import type { Identity } from '../../../sandbox/identity/identity.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { armFailure } from '../../../src/adapters/azure/armErrors.ts';
import { azureCredential } from '../../../src/adapters/azure/credential.ts';
import { credentialFailure } from '../../../src/adapters/azure/credential.ts';

const faults = new Faults();
const traffic = new Traffic();
let identity: Identity;
const user = {
  principalId: '99999999-0000-4000-8000-000000000001',
  clientId: '99999999-0000-4000-8000-000000000002',
  resourceId:
    '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app',
};

beforeAll(async () => {
  identity = await startIdentity({ clock: new VirtualClock(), faults, traffic, userAssigned: [user] });
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
async function tokenFor(clientId?: string): Promise<string> {
  const credential = azureCredential({
    kind: 'managed-identity',
    clientId,
    authorityHost: undefined,
    timeLimitMs: 500,
  });
  const token = await credential.getToken(`https://service-${asked++}.example/.default`);
  return token.token;
}

async function errorOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('there was a token');
}

it('gets a token of the system-assigned identity, and of a named one', async () => {
  await expect(tokenFor()).resolves.toMatch(/./);
  await expect(tokenFor(user.clientId)).resolves.toMatch(/./);
});

it('says that the identity is wrong when there is none of that client ID', async () => {
  const failure = credentialFailure(await errorOf(tokenFor('99999999-9999-4999-8999-999999999999')));

  expect(failure?.code).toBe('azure-credential');
  expect(failure?.text).toBe(
    'No managed identity found for the specified client ID, resource ID or principal ID.',
  );
});

it.each([
  [{ kind: 'status', status: 500 }],
  [{ kind: 'status', status: 429 }],
  [{ kind: 'reset' }],
  [{ kind: 'hang' }],
  [{ kind: 'slowBody', milliseconds: 1000 }],
] as const)('takes an identity endpoint out of order as something that passes: %j', async (fault) => {
  faults.order({ call: '*', fault, times: 'always' });

  const { failure } = armFailure({ doing: 'reading x', error: await errorOf(tokenFor()) });

  expect(failure).toMatchObject({ kind: 'transient', code: 'identity-unavailable', source: 'identity' });
  expect(traffic.all().length).toBe(1);
});
