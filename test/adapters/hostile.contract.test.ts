import { gzipSync } from 'node:zlib';
import { ArmCalls } from '../../src/adapters/azure/armCalls.ts';
import { ArmClients } from '../../src/adapters/azure/armClients.ts';
import { azureCredential } from '../../src/adapters/azure/credential.ts';
import { dnsAdapter } from '../../src/adapters/azure/dns.ts';
import { networkAdapter } from '../../src/adapters/azure/network.ts';
import { entraTokens } from '../../src/adapters/entra/tokens.ts';
import { secretReader } from '../../src/adapters/keyVault/secretReader.ts';
import { networkProbe } from '../../src/adapters/probe/probe.ts';
import { ZillizClient } from '../../src/adapters/zilliz/client.ts';
import { zillizAdapter } from '../../src/adapters/zilliz/zilliz.ts';
import type { Failure } from '../../src/domain/failure/failure.ts';
import { failureOf } from './failureOf.ts';
import { endless, json, startHostileServer } from './hostileServer.ts';
import type { Answer, HostileServer } from './hostileServer.ts';
import { plausibleToken } from './tokens.ts';

// Each service of the outside world, as a server that may send anything. The app's side is its adapters with the real SDKs.

const subscription = '11111111-1111-4111-8111-111111111111';
const zone = `/subscriptions/${subscription}/resourceGroups/rg/providers/Microsoft.Network/privateDnsZones/a.b`;
const PROJECT = 'proj-1';
const REGION = 'az-eastus';
const KEY = 'zk-Secret0123456789/AbCdEf+x';

let server: HostileServer;
beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.stop());

const someToken = {
  getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const armCalls = (credential: ConstructorParameters<typeof ArmClients>[1] = someToken) =>
  new ArmCalls(
    new ArmClients(
      {
        endpoint: server.origin,
        scope: 's',
        requestTimeoutMs: 20_000,
      },
      credential,
    ),
    20_000,
  );
const dns = () => dnsAdapter(armCalls());
const network = () => networkAdapter(armCalls());
const zilliz = () =>
  zillizAdapter(
    new ZillizClient(
      { apiUrl: server.origin, requestTimeoutMs: 20_000 },
      { keyFor: () => Promise.resolve(KEY), forget: () => undefined, toReplace: () => '' },
    ),
  );
const clusters = () => zilliz().clusters({ projectId: PROJECT, regionId: REGION });

/** The managed identity's endpoint is found by the environment. */
async function withIdentity<T>(call: () => Promise<T>): Promise<T> {
  process.env.IDENTITY_ENDPOINT = `${server.origin}/msi/token`;
  process.env.IDENTITY_HEADER = 'x';
  try {
    return await call();
  } finally {
    delete process.env.IDENTITY_ENDPOINT;
    delete process.env.IDENTITY_HEADER;
  }
}

const identity = { kind: 'managed-identity', clientId: undefined, authorityHost: undefined } as const;
const services: Readonly<Record<string, { readonly call: () => Promise<unknown>; readonly code: string }>> = {
  'a list of the SDK': { call: () => dns().zones(subscription), code: 'azure-unavailable' },
  'a list of our own': { call: () => network().subscriptions(), code: 'azure-unavailable' },
  'a read of Azure': { call: () => dns().zone(zone), code: 'azure-unavailable' },
  'a list of Zilliz': { call: clusters, code: 'zilliz-unavailable' },
  'a read of Zilliz': { call: () => zilliz().project(PROJECT), code: 'zilliz-unavailable' },
  'the vault': {
    call: () => secretReader({ url: server.origin, requestTimeoutMs: 20_000 }, someToken)('a-secret'),
    code: 'key-vault-unavailable',
  },
  'the identity endpoint': {
    call: () =>
      withIdentity(() => {
        const arm = armCalls(azureCredential({ ...identity, timeLimitMs: 20_000 }));
        return networkAdapter(arm).subscriptions();
      }),
    code: 'identity',
  },
  'the signing keys of Entra ID': {
    call: () =>
      entraTokens({
        ...plausibleToken.settings,
        authority: server.origin,
        requestTimeoutMs: 20_000,
      }).callerOf(plausibleToken.of({})),
    code: 'entra-unavailable',
  },
};

const bomb = gzipSync(Buffer.alloc(40_000_000, ' '));
const answers: Readonly<Record<string, Answer>> = {
  'a body without an end': endless,
  'a small body that unpacks into a large one': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    response.end(bomb);
  },
  'a redirect to itself': (response, { url }) => {
    response.writeHead(302, { location: url ?? '/' }).end();
  },
  'a redirect to nowhere': (response) => {
    response.writeHead(307).end();
  },
  'a page of a proxy': (response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>');
  },
  'an empty body': json(undefined),
  null: json(null),
  'NUL characters': (response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('\0\0\0');
  },
  'a body that is cut': (response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
    response.write('{"value":[{"id":');
    setImmediate(() => response.destroy());
  },
};

it.each(
  Object.entries(services)
    .filter(([name]) => name !== 'the identity endpoint')
    .flatMap(([name, { call }]) => [401, 403].map((status) => ({ name, status, call }))),
)('the page of a firewall with $status in place of $name is no missing right', async ({ status, call }) => {
  server.answer((response) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Blocked by policy 7</html>');
  });

  const failure = await failureOf(call());

  expect(failure).toMatchObject({ kind: 'rejected', code: 'intercepted' });
  expect(failure.message).toMatch(new RegExp(`HTTP ${status}.*not in the form of`));
});

it('a host that does not exist is no passing fault', async () => {
  const settings = { apiUrl: 'https://api.zilliz.invalid', requestTimeoutMs: 20_000 };
  const keys = { keyFor: () => Promise.resolve(KEY), forget: () => undefined, toReplace: () => '' };
  const lost = zillizAdapter(new ZillizClient(settings, keys));

  const failure = await failureOf(lost.project(PROJECT));

  // A machine without a resolver does not know whether the name exists.
  expect(['host-not-found', 'zilliz-unavailable']).toContain(failure.code);
});

describe.each(Object.entries(services))('%s', (_, { call, code }) => {
  it.each(Object.entries(answers))('is unreadable for %s', async (_answer, answer) => {
    server.answer(answer);

    const failure: Failure = await failureOf(call());

    if (code === 'identity')
      expect(['identity-unavailable', 'azure-credential', 'azure-unavailable']).toContain(failure.code);
    else expect(failure).toMatchObject({ kind: 'transient', code });
    expect(failure.message.length).toBeLessThan(1000);
    expect(server.asked.length).toBeLessThan(6);
    // What the buffers of two sockets and one chunk add to the largest limit.
    expect(server.sentBytes()).toBeLessThan(60_000_000);
  });
});

describe.each([
  ['a service that is probed', null, ['answered', 'unreachable']],
  ['the proxy of the probe', 'proxy', ['unreachable']],
])('%s', (_, proxy, outcomes) => {
  it.each(Object.entries(answers))('is read within limits for %s', async (_answer, answer) => {
    server.answer(answer);
    const { hostname, port } = new URL(server.origin);
    const settings = { dnsServers: [], integrated: true, timeLimitMs: 2000 };
    const probe = networkProbe({ ...settings, connectProxy: proxy === null ? undefined : server.origin });

    const result = await probe.connect({ host: hostname, address: '127.0.0.1', port: Number(port) });

    expect(outcomes).toContain(result.outcome);
    expect(JSON.stringify(result).length).toBeLessThan(1000);
    expect(server.sentBytes()).toBeLessThan(60_000_000);
  });
});

const subscriptions = (from: number, count = 2) =>
  Array.from({ length: count }, (_, index) => ({
    subscriptionId: subscription.slice(0, -4) + String(1000 + from + index),
  }));
const zones = (from: number) =>
  subscriptions(from).map((_, index) => ({ id: zone, name: `z${from + index}`, location: 'global' }));

describe.each([
  ['a list of the SDK', () => dns().zones(subscription), zones],
  ['a list of our own', () => network().subscriptions(), subscriptions],
] as const)('%s of Azure', (_, list, entries) => {
  const next = (path: string): string => `${server.origin}${path}`;

  it('has the entries of all pages', async () => {
    server.answer((response, request) => {
      const isFirst = !request.url?.includes('page=2');
      const body = { value: entries(isFirst ? 0 : 2), ...(isFirst && { nextLink: next('/x?page=2') }) };
      json(body)(response, request);
    });

    await expect(list()).resolves.toHaveLength(4);
  });

  it.each([
    ['itself', () => '/x?page=2', 'a next page that has been read already'],
    ['the page before', (asked: number) => `/x?page=${asked % 2}`, 'a next page that has been read already'],
  ])('whose next page leads to %s is unreadable', async (_to, path, reason) => {
    server.answer((response, request) => {
      json({ value: entries(0), nextLink: next(path(server.asked.length)) })(response, request);
    });

    const failure = await failureOf(list());

    expect(failure).toMatchObject({ kind: 'transient', code: 'azure-unavailable' });
    expect(failure.message).toContain(reason);
    expect(server.asked.length).toBeLessThanOrEqual(4);
  });

  it.each([
    ['does not exist', json({ error: { code: 'ResourceNotFound', message: 'gone' } }, 404)],
    ['has no entries', json({})],
    ['is a page of a proxy', (response) => response.writeHead(200).end('<html></html>')],
  ] as const satisfies readonly (readonly [string, Answer])[])(
    'whose second page %s is unreadable, and not shorter',
    async (_what, second: Answer) => {
      server.answer((response, request) => {
        if (request.url?.includes('page=2')) second(response, request);
        else json({ value: entries(0), nextLink: next('/x?page=2') })(response, request);
      });

      await expect(failureOf(list())).resolves.toMatchObject({
        kind: 'transient',
        code: 'azure-unavailable',
      });
    },
  );
});

describe('a list of Zilliz', () => {
  const cluster = (index: number, more: object = {}) => ({
    ...{ clusterId: `in01-${index}`, projectId: PROJECT, regionId: REGION, status: 'RUNNING' },
    ...more,
  });
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => cluster(from + index));
  const paged = (pageOf: (page: number) => readonly object[], count?: unknown): void => {
    server.answer((response, request) => {
      const page = Number(new URL(request.url ?? '', server.origin).searchParams.get('currentPage'));
      const body = { code: 0, data: { clusters: pageOf(page), ...(count !== undefined && { count }) } };
      json(body)(response, request);
    });
  };

  it.each([
    [
      'smaller pages than were asked for',
      (page: number) => numbered(10 * page - 10, Math.min(25, 10 * page)),
      25,
    ],
    ['pages that overlap', (page: number) => (page === 1 ? numbered(0, 15) : numbered(14, 25)), 25],
    ['a full page as its last', (page: number) => (page === 1 ? numbered(0, 100) : []), 100],
  ])('is whole with %s', async (_, pageOf, count) => {
    paged(pageOf, count);

    await expect(clusters()).resolves.toHaveLength(count);
  });

  it.each([
    ['ends after 10 of 25', (page: number) => (page === 1 ? numbered(0, 10) : []), 25],
    ['repeats its first page', () => numbered(0, 10), 25],
    ['repeats its first page and has no number', () => numbered(0, 10), undefined],
    ['has more than it says', () => numbered(0, 10), 5],
    ['has no end', (page: number) => numbered(page, page + 1), 1_000_000_000],
    ['has a text as its number', () => numbered(0, 10), '10'],
    ['has an entry without an ID', () => [{ ...cluster(1), clusterId: undefined }], 1],
    ['has an ID that is a path', () => [{ ...cluster(1), clusterId: '../../projects' }], 1],
  ])('that %s is unreadable', async (_, pageOf, count) => {
    paged(pageOf, count);

    await expect(failureOf(clusters())).resolves.toMatchObject({ code: 'zilliz-unavailable' });
    expect(server.asked.length).toBeLessThan(4);
  });

  it('is read with spaces around IDs and in any case', async () => {
    paged(() => [cluster(1, { clusterId: ' in01-1 ', projectId: 'PROJ-1', regionId: ' AZ-EastUS' })], 1);

    await expect(clusters()).resolves.toMatchObject([
      { clusterId: 'in01-1', projectId: PROJECT, regionId: REGION },
    ]);
  });

  it('has names without control characters', async () => {
    paged(() => [cluster(1, { clusterName: 'a\u0000b\nc' })], 1);

    await expect(clusters()).resolves.toMatchObject([{ name: 'a b c' }]);
  });
});

describe('the API key', () => {
  const parts: Readonly<Record<string, string>> = {
    'as it is': KEY,
    'cut off': KEY.slice(0, 12),
    'cut off after 8 characters': KEY.slice(0, 8),
    'in lower case': KEY.toLowerCase(),
    'in base64': Buffer.from(KEY).toString('base64'),
    'in base64 behind another text': Buffer.from(`Bearer ${KEY}`).toString('base64'),
    'in base64 between other texts': Buffer.from(`user:${KEY}:x`).toString('base64'),
    'in base64 for URLs': Buffer.from(KEY).toString('base64url'),
  };

  it.each(Object.entries(parts))('is never shown: %s', async (_, shown) => {
    const message = `the header "Bearer ${shown}" is wrong`;
    server.answer(json({ code: 99999, message }, 200, { requestid: shown }));

    const failure = await failureOf(zilliz().project(PROJECT));

    expect(failure.message).toContain('[API key]');
    const text = JSON.stringify(failure).toLowerCase();
    expect(text).not.toContain(KEY.slice(0, 8).toLowerCase());
    expect(text).not.toContain(shown.slice(0, 12).toLowerCase());
    expect(failure.requestId).toBeUndefined();
  });

  it('is never shown in an answer either', async () => {
    server.answer(json({ code: 0, data: { projectId: PROJECT, projectName: `x${KEY}`, plan: '' } }));

    await expect(zilliz().project(PROJECT)).resolves.toMatchObject({ name: 'x[API key]' });
  });
});

describe('a name that a user has chosen', () => {
  const entry = { projectId: 'already-a-duplicate', regionId: REGION, subscriptionId: subscription };

  it.each([
    ['the project already-a-duplicate may not do this', 'zilliz-refused'],
    ['Project "ALREADY-A-DUPLICATE" may not do this', 'zilliz-refused'],
    [`${subscription}: the quota of already-a-duplicate is used up`, 'zilliz-refused'],
  ])('is no word of Zilliz: %s', async (message, code) => {
    server.answer(json({ code: 99999, message }));

    await expect(failureOf(zilliz().addWhitelistEntry(entry))).resolves.toMatchObject({ code });
  });

  it('does not hide what Zilliz says', async () => {
    server.answer(json({ code: 99999, message: `a duplicate of already-a-duplicate` }));

    await expect(zilliz().addWhitelistEntry(entry)).resolves.toBeUndefined();
  });

  it.each([
    [
      'the refusal',
      () => json({ error: { code: 'BadRequest', message: 'tag overlapping namespaces is bad' } }, 400),
    ],
    [
      'the result of the operation',
      (): Answer => (response, request) => {
        const error = { code: 'BadRequest', message: 'tag overlapping namespaces is bad' };
        const operation = { 'azure-asyncoperation': `${server.origin}/op` };
        const reply =
          request.url?.startsWith('/op') === true
            ? json({ status: 'Failed', error })
            : json({}, 202, operation);
        reply(response, request);
      },
    ],
  ])('is no word of Azure, in %s', async (_, answer) => {
    server.answer(answer());
    const tags = { note: 'overlapping namespaces' };

    const failure = await failureOf(dns().createZone({ id: zone, tags }, { follow: true }));

    expect(failure.code).not.toBe('overlapping-zone');
    expect(failure.message).toContain('overlapping namespaces');
  });

  it('does not hide what Azure says', async () => {
    const message = 'A virtual network cannot be linked to zones with overlapping namespaces: a.b';
    server.answer(json({ error: { code: 'BadRequest', message } }, 400));

    await expect(
      failureOf(dns().createZone({ id: zone, tags: {} }, { follow: true })),
    ).resolves.toMatchObject({ code: 'overlapping-zone' });
  });
});

it('a refusal of a million characters is read in no time', async () => {
  const message = "/subnets/ was not found perform action 'x' on scope '".repeat(20_000);
  server.answer(json({ error: { code: 'AuthorizationFailed', message } }, 403));
  const before = performance.now();

  const failure = await failureOf(dns().zone(zone));

  expect(failure.message.length).toBeLessThan(1000);
  expect(performance.now() - before).toBeLessThan(2000);
});

it.each(['/subscriptions/s?x=1', '/subscriptions/../providers', '/a//b', '/a/%2e%2e/b', '/a/b#c', '/a\\b'])(
  'a path that leads elsewhere is not sent: %s',
  async (path) => {
    server.answer(json({}));

    const failure = await failureOf(network().permissions(path));

    expect(failure).toMatchObject({ kind: 'rejected', code: 'internal-error' });
    expect(server.asked).toEqual([]);
  },
);
