import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startIdentity } from '../../sandbox/identity/identity.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import { Faults } from '../../sandbox/kernel/faults.ts';
import type { Reply } from '../../sandbox/kernel/operation.ts';
import { memoryStore } from '../../sandbox/kernel/store.ts';
import { Traffic } from '../../sandbox/kernel/traffic.ts';
import { startKeyVault } from '../../sandbox/keyVault/keyVault.ts';
import { emptyKeyVaultState } from '../../sandbox/keyVault/state.ts';
import { azureCredential } from '../../src/adapters/azure/credential.ts';
import { dnsAdapter } from '../../src/adapters/azure/dns.ts';
import { networkAdapter } from '../../src/adapters/azure/network.ts';
import { requireOwnChallenge, secretReader } from '../../src/adapters/keyVault/secretReader.ts';
import { ForeignOriginError, requireOwnOrigin } from '../../src/adapters/http.ts';
import { PROJECT, startStage } from '../sandbox/zilliz/support.ts';
import { startArmServer } from './azure/armServer.ts';
import type { ArmServer } from './azure/armServer.ts';
import { failureOf } from './failureOf.ts';
import { trustedAuthority } from './trust.ts';

// The real SDKs follow the URLs in responses over real sockets. Another host, here on another port, must hear nothing: no
// token, and no call without one either.

interface Elsewhere {
  readonly origin: string;
  /** The `authorization` of each call that came. */
  readonly heard: (string | undefined)[];
  stop(): Promise<void>;
}

/** A host whose response fits a page of a list, an operation, a secret and Zilliz's envelope alike. */
async function startElsewhere(): Promise<Elsewhere> {
  const heard: (string | undefined)[] = [];
  const certificate = await (await trustedAuthority()).issue(['localhost']);
  const server = createServer({ ...certificate }, (request, response) => {
    heard.push(request.headers.authorization);
    response.writeHead(200, { 'content-type': 'application/json' });
    const data = { projectId: PROJECT, projectName: 'taken over' };
    response.end(JSON.stringify({ value: [], status: 'Succeeded', visible: true, code: 0, data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://localhost:${port}`,
    heard,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

let elsewhere: Elsewhere;

beforeAll(async () => {
  elsewhere = await startElsewhere();
});
afterAll(() => elsewhere.stop());
afterEach(() => {
  elsewhere.heard.length = 0;
});

const refusal = { kind: 'rejected', code: 'foreign-origin' };

describe('the token for Azure', () => {
  const subscription = '11111111-1111-4111-8111-111111111111';
  const zone = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/a.b`;
  let server: ArmServer;

  beforeAll(async () => {
    server = await startArmServer();
  });
  afterAll(() => server.stop());

  const adapters = () => ({ dns: dnsAdapter(server.arm), network: networkAdapter(server.arm) });
  const there = (path: string): string => `${elsewhere.origin}${path}?sig=secret`;
  const page = (nextLink: string): Reply => ({ status: 200, body: { value: [], nextLink } });
  const createZone = () => adapters().dns.createZone({ id: zone, tags: {} }, { follow: true });
  const isVisible = () =>
    adapters().network.isPrivateLinkServiceVisible({
      subscriptionId: subscription,
      resourceGroup: 'g',
      location: 'l',
      alias: 'a',
    });

  interface Case {
    readonly operation: string;
    readonly reply: () => Reply;
    readonly call: () => Promise<unknown>;
  }
  const cases: Readonly<Record<string, Case>> = {
    'the next page of a list of the SDK': {
      operation: 'zone.list',
      reply: () => page(there('/next')),
      call: () => adapters().dns.zones(subscription),
    },
    'the next page of a list of our own': {
      operation: 'subscriptions.list',
      reply: () => page(there('/next')),
      call: () => adapters().network.subscriptions(),
    },
    'the next page without TLS': {
      operation: 'subscriptions.list',
      reply: () => page(there('/next').replace('https:', 'http:')),
      call: () => adapters().network.subscriptions(),
    },
    'the state of an operation (Azure-AsyncOperation)': {
      operation: 'zone.put',
      reply: () => ({ status: 202, body: {}, headers: { 'azure-asyncoperation': there('/op') } }),
      call: createZone,
    },
    'the state of an operation (Location)': {
      operation: 'zone.put',
      reply: () => ({ status: 202, body: {}, headers: { location: there('/op') } }),
      call: createZone,
    },
    'the result of an operation': {
      operation: 'visibility.post',
      reply: () => ({ status: 202, headers: { location: there('/result') } }),
      call: isVisible,
    },
    'a redirect of a read': {
      operation: 'zone.list',
      reply: () => ({ status: 302, headers: { location: there('/moved') } }),
      call: () => adapters().dns.zones(subscription),
    },
    'a redirect of a read of our own': {
      operation: 'subscriptions.list',
      reply: () => ({ status: 307, headers: { location: there('/moved') } }),
      call: () => adapters().network.subscriptions(),
    },
    'a redirect of a write': {
      operation: 'zone.put',
      reply: () => ({ status: 307, headers: { location: there('/moved') } }),
      call: createZone,
    },
  };

  it.each(Object.entries(cases))(
    'does not go to another host for %s',
    async (_, { operation, reply, call }) => {
      server.answer(operation, reply());

      const failure = await failureOf(call());

      expect(failure).toMatchObject({ ...refusal, source: 'azure' });
      expect(failure.message).toMatch(/: the answer leads to https?:\/\/localhost:\d+, and only https:/);
      expect(failure.message).not.toContain('sig');
      expect(elsewhere.heard).toEqual([]);
    },
  );

  it('goes to the next page and the operation of its own host', async () => {
    server.answer('zone.list', page(`${server.baseUrl}/operations/1`));
    server.answer('operation.get', { status: 200, body: { value: [] } });

    await expect(adapters().dns.zones(subscription)).resolves.toEqual([]);
  });

  it('takes no redirect for an answer, also where it stays on its host', async () => {
    const location = `${server.baseUrl}/operations/1`;
    server.answer('tags.patch', { status: 307, headers: { location } });

    const endpoint = zone.replace('privateDnsZones/a.b', 'privateEndpoints/pe-1');
    const failure = await failureOf(adapters().network.mergeTags(endpoint, { a: 'b' }));

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-unavailable' });
  });
});

describe('an origin', () => {
  it.each([
    'https://management.azure.com:443/subscriptions/s?api-version=1',
    'https://MANAGEMENT.azure.com/',
    'https://management.azure.com',
  ])('is the own one in %s', (address) => {
    expect(() => {
      requireOwnOrigin(address, 'https://management.azure.com');
    }).not.toThrow();
  });

  it.each([
    'https://management.azure.com.localhost/',
    'https://management.azure.com@localhost/',
    'https://management.azure.com:444/',
    'http://management.azure.com/',
    'https://management.azure.com./',
    '//localhost/x',
    'no address',
    '',
  ])('is another one in %j', (address) => {
    expect(() => {
      requireOwnOrigin(address, 'https://management.azure.com');
    }).toThrow(ForeignOriginError);
  });
});

describe('the key for Zilliz', () => {
  it.each([301, 302, 303, 307, 308])(
    'is not sent after a redirect (%i), nor is the answer there taken',
    async (status) => {
      const stage = await startStage();
      const headers = { location: `${elsewhere.origin}/v2/projects/${PROJECT}` };
      stage.faults.order({ call: '*', fault: { kind: 'status', status, headers }, times: 'always' });

      const failure = await failureOf(stage.app.project(PROJECT));
      await stage.zilliz.stop();

      expect(failure).toMatchObject({ ...refusal, source: 'zilliz' });
      expect(elsewhere.heard).toEqual([]);
    },
  );

  it('is not sent after a redirect that stays on the host either', async () => {
    const stage = await startStage();
    const fault = { kind: 'status', status: 302, headers: { location: '/v2/clusters' } } as const;
    stage.faults.order({ call: '*', fault });

    const failure = await failureOf(stage.app.project(PROJECT));
    await stage.zilliz.stop();

    expect(failure).toMatchObject({ kind: 'transient', code: 'zilliz-unavailable' });
    expect(stage.traffic.all()).toHaveLength(1);
  });
});

describe('the token for the vault', () => {
  it.each([0, 1])('is not sent after a redirect, call %i of a read', async (after) => {
    const [clock, faults, traffic] = [new VirtualClock(), new Faults(), new Traffic()];
    const identity = await startIdentity({ clock, faults, traffic });
    Object.assign(process.env, identity.environment);
    const certificate = await (await trustedAuthority()).issue(['localhost']);
    const vault = await startKeyVault({
      clock,
      faults,
      traffic,
      certificate,
      store: memoryStore(emptyKeyVaultState()),
    });
    const headers = { location: `${elsewhere.origin}/secrets/x` };
    faults.order({ call: 'keyVault.getSecret', fault: { kind: 'status', status: 302, headers }, after });
    const developer = { clientId: undefined, authorityHost: undefined, timeLimitMs: 2000 };
    const credential = azureCredential({ kind: 'managed-identity', ...developer });
    const read = secretReader({ url: vault.baseUrl, requestTimeoutMs: 2000 }, credential);

    const failure = await failureOf(read('zilliz-api-key'));
    await Promise.all([vault.stop(), identity.stop()]);
    for (const name of Object.keys(identity.environment)) Reflect.deleteProperty(process.env, name);

    expect(failure).toMatchObject({ ...refusal, source: 'key-vault' });
    expect(elsewhere.heard).toEqual([]);
  });

  const url = 'https://kv-1.vault.azure.net';
  const challenge = (resource: string): string =>
    `Bearer authorization="https://login.microsoftonline.com/t", resource="${resource}"`;

  it('is for the service of the vault', () => {
    expect(() => {
      requireOwnChallenge(challenge('https://vault.azure.net'), url);
    }).not.toThrow();
  });

  it.each([
    'https://azure.net',
    'https://net',
    'https://management.azure.com',
    'https://graph.microsoft.com',
    'x',
  ])('is for nothing else that the vault asks for, as %s', (resource) => {
    expect(() => {
      requireOwnChallenge(challenge(resource), url);
    }).toThrow(ForeignOriginError);
  });
});
