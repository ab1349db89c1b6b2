import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startControl } from '../../../sandbox/control/control.ts';
import type { Control } from '../../../sandbox/control/control.ts';
import { acceleratedClock, VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { sample, sampleWorld } from '../../../sandbox/sampleWorld.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';

const { projectId, regionId, clusterIds, apiKey, subscriptionId, resourceGroupId } = sample;
const [clusterId] = clusterIds;
const directory = mkdtempSync(join(tmpdir(), 'control-'));
let clock: VirtualClock;
let sandbox: Sandbox;
let control: Control;

beforeEach(async () => {
  clock = new VirtualClock();
  sandbox = await startSandbox({ clock, directory, keep: false, world: sampleWorld });
  control = await startControl({ ...sandbox, clock });
});
afterEach(async () => {
  await control.stop();
  await sandbox.stop();
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function ask(method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(control.baseUrl + path, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const act = (path: string, body: unknown): Promise<Answer> => ask('POST', `/actions/${path}`, body);
const zillizState = () => sandbox.zilliz.control.snapshot();
/** One call to a simulator that needs neither TLS nor a key: a token of the managed identity. */
const readToken = (): Promise<Response> => {
  const { IDENTITY_ENDPOINT, IDENTITY_HEADER } = sandbox.identity.environment;
  return fetch(`${IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net`, {
    headers: { 'X-IDENTITY-HEADER': IDENTITY_HEADER },
  });
};

describe('what goes wrong with calls', () => {
  it('is ordered, hits, and is called off', async () => {
    const order = { call: 'identity.getToken', fault: { kind: 'status', status: 429 }, times: 'always' };
    expect(await ask('POST', '/faults', order)).toEqual({ status: 200, body: { ordered: 1 } });
    expect((await readToken()).status).toBe(429);

    expect((await ask('DELETE', '/faults')).status).toBe(204);
    expect((await readToken()).status).toBe(200);
  });

  it('is ordered several times at once', async () => {
    const fault = { kind: 'status', status: 503 };
    const orders = [
      { call: '*', fault },
      { call: 'identity.getToken', fault, after: 1 },
    ];
    expect(await ask('POST', '/faults', orders)).toMatchObject({ body: { ordered: 2 } });
  });

  it.each([
    ['an unknown kind', { call: '*', fault: { kind: 'earthquake' } }, '0.fault.kind'],
    ['no call', { fault: { kind: 'reset' } }, '0.call'],
    ['no status', { call: '*', fault: { kind: 'status' } }, '0.fault.status'],
    ['an unknown field', { call: '*', fault: { kind: 'reset' }, often: true }, '0'],
  ])('is refused with %s', async (_case, order, path) => {
    expect(await ask('POST', '/faults', order)).toMatchObject({ status: 400, body: { faults: [{ path }] } });
  });
});

describe('time', () => {
  it('moves a virtual clock by seconds or to an instant, and what falls due happens', async () => {
    const start = clock.now();
    const { body } = await act('zilliz/createCluster', { projectId, regionId });
    const { clusterId: made } = body as { clusterId: string };
    const find = () => zillizState().clusters.find((cluster) => cluster.clusterId === made)!;
    expect(find().statusUntil).toBeGreaterThan(start);

    expect(await ask('POST', '/clock/advance', { seconds: 480 })).toMatchObject({ body: { virtual: true } });
    expect(clock.now()).toBe(start + 480_000);
    const to = new Date(start + 600_000).toISOString();
    expect(await ask('POST', '/clock/advance', { to })).toEqual({
      status: 200,
      body: { now: to, virtual: true },
    });
    expect(await ask('GET', '/clock')).toEqual({ status: 200, body: { now: to, virtual: true } });
  });

  it('does not move a clock that moves by itself', async () => {
    const running = await startControl({ ...sandbox, clock: acceleratedClock({ speed: 60 }) });
    const answer = await fetch(`${running.baseUrl}/clock/advance`, { method: 'POST', body: '{"seconds":1}' });
    expect(answer.status).toBe(409);
    await running.stop();
  });

  it.each([[{}], [{ seconds: -1 }], [{ seconds: 1, to: '2030-01-01T00:00:00Z' }], [{ to: 'tomorrow' }]])(
    'refuses to move by %j',
    async (by) => {
      expect((await ask('POST', '/clock/advance', by)).status).toBe(400);
    },
  );
});

describe('what was asked', () => {
  it('is read back, chosen, counted and cleared', async () => {
    await readToken();
    await readToken();
    await fetch(`${sandbox.identity.baseUrl}/elsewhere`);

    const seen = await ask('GET', '/traffic?service=identity&operation=identity.getToken&skip=1');
    expect(seen.body).toMatchObject({
      total: 2,
      exchanges: [{ operation: 'identity.getToken', write: false }],
    });
    expect((await ask('GET', '/traffic?writes=true')).body).toEqual({ total: 0, exchanges: [] });
    expect((await ask('GET', '/traffic/counts')).body).toEqual({
      calls: 3,
      writes: 0,
      services: { identity: 3 },
      operations: { 'identity.getToken': 2, unknown: 1 },
    });
    expect((await ask('DELETE', '/traffic')).status).toBe(204);
    expect((await ask('GET', '/traffic/counts')).body).toMatchObject({ calls: 0 });
  });

  it('is shown without keys, tokens and secrets', async () => {
    const { access_token: token } = (await (await readToken()).json()) as { access_token: string };
    const shown = JSON.stringify([await ask('GET', '/traffic'), await ask('GET', '/snapshot')]);

    expect(shown).toContain('***');
    for (const secret of [token, apiKey, sandbox.identity.environment.IDENTITY_HEADER]) {
      expect(shown).not.toContain(secret);
    }
  });

  it('refuses an unknown choice', async () => {
    expect((await ask('GET', '/traffic?colour=red')).status).toBe(400);
  });
});

describe('a world', () => {
  it('is seeded in one request and seen in the snapshot', async () => {
    const virtualNetwork = `${resourceGroupId}/providers/Microsoft.Network/virtualNetworks/vnet-two`;
    const zone = `${resourceGroupId}/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;
    const seed = {
      azure: {
        subscriptions: [{ subscriptionId: '22222222-2222-4222-8222-222222222222' }],
        resourceGroups: [{ id: '/subscriptions/22222222-2222-4222-8222-222222222222/resourceGroups/rg' }],
        virtualNetworks: [{ id: virtualNetwork, subnets: [{ name: 'one', addressPrefix: '10.9.0.0/24' }] }],
        zones: [{ id: zone }],
        links: [{ id: `${zone}/virtualNetworkLinks/link`, virtualNetworkId: virtualNetwork }],
        records: [{ zoneId: zone, name: 'a', addresses: ['10.9.0.4'] }],
      },
      zilliz: {
        projects: [{ projectId: 'proj-two', name: 'two', plan: 'Standard' }],
        keys: [{ key: 'second-key' }],
        clusters: [{ projectId: 'proj-two', regionId, name: 'new' }],
      },
      keyVault: { secrets: [{ name: 'zilliz-api-key-proj-two', value: 'second-key' }] },
    };
    expect(await ask('POST', '/seed', seed)).toEqual({ status: 200, body: { added: 10 } });

    const snapshot = (await ask('GET', '/snapshot')).body as {
      azure: object;
      zilliz: object;
      keyVault: object;
    };
    expect(snapshot.azure).toMatchObject({
      network: { virtualNetworks: { [virtualNetwork.toLowerCase()]: { name: 'vnet-two' } } },
    });
    expect(JSON.stringify(snapshot.zilliz)).toContain('proj-two');
    expect(JSON.stringify(snapshot.keyVault)).toContain('zilliz-api-key-proj-two');
  });

  it('is not touched by a faulty seed', async () => {
    const before = zillizState();
    const seed = { zilliz: { projects: [{ name: 'fine' }], clusters: [{ regionId }] } };
    const refused = await ask('POST', '/seed', seed);

    expect(refused).toMatchObject({
      status: 400,
      body: { faults: [{ path: 'zilliz.clusters.0.projectId' }] },
    });
    expect(zillizState()).toEqual(before);
  });

  it('takes nothing that is not JSON', async () => {
    expect(await ask('POST', '/seed', '{"zilliz":')).toMatchObject({ status: 400 });
  });
});

describe('what people do', () => {
  it('lists every action once, with a line on what it does', async () => {
    const { actions } = (await ask('GET', '/actions')).body as { actions: { path: string; does: string }[] };
    expect(new Set(actions.map(({ path }) => path)).size).toBe(actions.length);
    expect(actions).toContainEqual({
      path: '/actions/zilliz/deleteCluster',
      does: expect.stringContaining('deletes') as unknown,
    });
  });

  it('deletes and restores a cluster', async () => {
    expect((await act('zilliz/deleteCluster', { clusterId, answer: 'not-found' })).status).toBe(204);
    expect(zillizState().clusters[0]).toMatchObject({ deletedAnswer: 'not-found' });
    await act('zilliz/restoreCluster', { clusterId });
    expect(zillizState().clusters[0]).toMatchObject({ deletedAt: null });
  });

  it('rotates the API key: the vault has the new one, the old one is refused', async () => {
    const rights = zillizState().keys[0]!.scope;
    await act('keyVault/rotateKey', {});

    const [secret] = sandbox.keyVault.control.snapshot().secrets;
    expect(secret!.versions).toHaveLength(2);
    expect(zillizState().keys).toEqual([
      { key: secret!.versions[1]!.value, scope: rights, role: 'admin', organisation: 'sandbox' },
    ]);
    expect(zillizState().keys[0]!.key).not.toBe(apiKey);
  });

  it('acts on Azure, identities and the private network', async () => {
    const lock = { scope: resourceGroupId, name: 'keep', level: 'CanNotDelete' };
    const scope = `/subscriptions/${subscriptionId}`;
    const denial = { scope, actions: ['*/write'], name: 'stack' };
    for (const [path, body] of [
      ['azure/lock', lock],
      ['azure/assignRole', { scope, actions: ['*/read'], inSeconds: 60 }],
      ['azure/takeActions', { actions: ['Microsoft.Resources/tags/write'] }],
      ['azure/deny', denial],
      ['azure/allow', {}],
      ['azure/failNext', { call: 'privateEndpoints.put', code: 'InternalServerError', message: 'An error.' }],
      ['identity/setSystemAssigned', { identity: null }],
      ['privateNetwork/showCertificateFor', { host: null }],
      ['keyVault/deny', { reason: 'rbac' }],
    ] as const) {
      expect(await act(path, body)).toEqual({ status: 204, body: undefined });
    }
    expect((await readToken()).status).toBe(400);
    expect(sandbox.azure.control.snapshot().longRunning.orderedFailures).toHaveLength(1);
  });

  it.each([
    ['an unknown action', 'zilliz/explode', {}, 404],
    ['an unknown cluster', 'zilliz/deleteCluster', { clusterId: 'in01-none' }, 404],
    ['a wrong word', 'zilliz/setPublicAccess', { clusterId, access: 'maybe' }, 400],
    ['a missing field', 'azure/setConnection', { endpoint: 'pe.1' }, 400],
    ['no body', 'azure/remove', undefined, 400],
  ])('says what is wrong with %s', async (_case, path, body, status) => {
    const answer = await act(path, body);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: expect.any(String) as unknown });
  });

  it('knows no other routes', async () => {
    expect((await ask('GET', '/elsewhere')).status).toBe(404);
  });
});
