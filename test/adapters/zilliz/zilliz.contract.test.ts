import { regionalAlias } from '../../../sandbox/zilliz/seed.ts';
import { ZillizClient } from '../../../src/adapters/zilliz/client.ts';
import { zillizAdapter } from '../../../src/adapters/zilliz/zilliz.ts';
import { ENDPOINT, KEY, PROJECT, REGION, startStage, SUBSCRIPTION } from '../../sandbox/zilliz/support.ts';
import type { Stage } from '../../sandbox/zilliz/support.ts';
import { failureOf } from '../failureOf.ts';

const where = { projectId: PROJECT, regionId: REGION };
const endpoint = { ...where, endpointId: ENDPOINT };
let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await stage.zilliz.stop();
});

async function allowed(): Promise<void> {
  await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
  stage.pass(60);
  stage.azure.connect(ENDPOINT);
}

describe('the key', () => {
  const rotating = (keys: string[]) => {
    const forgotten: (string | null)[] = [];
    const apiKeys = {
      keyFor: () => Promise.resolve(keys[Math.min(forgotten.length, keys.length - 1)] ?? ''),
      forget: (projectId: string | null) => void forgotten.push(projectId),
      toReplace: () => 'Store another key.',
    };
    const client = new ZillizClient({ apiUrl: stage.zilliz.baseUrl, requestTimeoutMs: 1000 }, apiKeys);
    return { app: zillizAdapter(client), forgotten };
  };

  it('is read again when Zilliz refuses it, and the call goes through with the new one', async () => {
    const { app, forgotten } = rotating(['key-before-the-rotation', KEY]);

    await expect(app.project(PROJECT)).resolves.toMatchObject({ projectId: PROJECT });
    expect(forgotten).toEqual([PROJECT]);
  });

  it('that is still refused is reported as such, and never shown', async () => {
    const { app } = rotating(['a-wrong-key', 'another-wrong-key']);

    const failure = await failureOf(app.project(PROJECT));

    expect(failure).toMatchObject({ kind: 'permission', code: 'zilliz-key-rejected', source: 'zilliz' });
    expect(failure.requestId).toMatch(/^[0-9a-f]{32}$/);
    expect(JSON.stringify(failure)).not.toContain('wrong-key');
    expect(stage.traffic.all()).toHaveLength(2);
  });

  it('opens no project that is not there', async () => {
    await expect(stage.app.project('proj-nobodys')).resolves.toBeNull();
  });
});

describe('lists', () => {
  it('hold all pages', async () => {
    const ids = Array.from({ length: 105 }, () => stage.zilliz.control.addCluster(where));

    const found = await stage.app.clusters(where);

    expect(found.map(({ clusterId }) => clusterId).toSorted()).toEqual(ids.toSorted());
  });

  it('hold the clusters of the project and region only', async () => {
    const other = stage.zilliz.control.addProject({ name: 'other' });
    stage.zilliz.control.addCluster({ projectId: other, regionId: REGION });
    const own = stage.zilliz.control.addCluster(where);

    await expect(stage.app.clusters(where)).resolves.toMatchObject([{ clusterId: own }]);
  });
});

describe('the whitelist', () => {
  it('takes the same subscription twice, also where Zilliz calls the second a mistake', async () => {
    stage.zilliz.control.setRepeatedWhitelistEntry('failure');
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });

    await expect(
      stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION }),
    ).resolves.toBeUndefined();
  });

  it('is not taken for repeated because something does not exist', async () => {
    const body = { code: 63208, message: 'The requested path does not exist.' };
    stage.faults.order({
      call: 'zilliz.addWhitelistEntry',
      fault: { kind: 'status', status: 404, body },
    });

    const failure = await failureOf(stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION }));

    expect(failure).toMatchObject({ kind: 'rejected', code: 'zilliz-refused' });
  });
});

describe('registering an endpoint', () => {
  it('that is registered already is done', async () => {
    await allowed();
    await stage.app.registerPrivateEndpoint(endpoint);

    await expect(
      stage.app.registerPrivateEndpoint({ ...endpoint, endpointId: ENDPOINT.toUpperCase() }),
    ).resolves.toBeUndefined();
  });

  it('that Zilliz does not know from Azure yet is worth another try', async () => {
    await allowed();

    const failure = await failureOf(
      stage.app.registerPrivateEndpoint({
        ...where,
        endpointId: 'pe-new.3f6e0f7c-9d56-4b8e-8a39-0f3ac1e5d702',
      }),
    );

    expect(failure).toMatchObject({ kind: 'transient', code: 'registration-failed' });
    expect(failure.message).toContain('not found at the cloud provider');
  });

  it('beyond ten of a project is refused for good', async () => {
    await allowed();
    for (let index = 0; index < 10; index++) {
      stage.azure.connect(`pe-${index}.guid`, regionalAlias(REGION));
      await stage.app.registerPrivateEndpoint({ ...where, endpointId: `pe-${index}.guid` });
    }

    await expect(failureOf(stage.app.registerPrivateEndpoint(endpoint))).resolves.toMatchObject({
      kind: 'rejected',
      code: 'endpoint-quota',
    });
  });
});

describe('removing an endpoint', () => {
  it('that is not registered is done', async () => {
    await allowed();

    await expect(stage.app.deletePrivateEndpoint(endpoint)).resolves.toBeUndefined();
  });
});

describe('a cluster', () => {
  it('is gone only on the word of Zilliz', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    await expect(stage.app.cluster(PROJECT, clusterId)).resolves.toMatchObject({ clusterId });

    await expect(stage.app.cluster(PROJECT, 'in01-000000000000000')).resolves.toBe('gone');
  });

  it.each([
    [{ kind: 'status', status: 404 }, 'zilliz-unavailable'],
    [{ kind: 'status', status: 403 }, 'zilliz-permission-denied'],
    [{ kind: 'status', status: 200, body: { code: 99999, message: 'new' } }, 'zilliz-refused'],
    [{ kind: 'status', status: 500 }, 'zilliz-unavailable'],
    [{ kind: 'status', status: 200, body: { code: 96014, message: 'no' } }, 'zilliz-permission-denied'],
    [{ kind: 'status', status: 429, headers: { 'retry-after': '9' } }, 'zilliz-throttled'],
    [{ kind: 'garbage' }, 'zilliz-unavailable'],
    [{ kind: 'truncated' }, 'zilliz-unavailable'],
    [{ kind: 'answerLost' }, 'zilliz-unavailable'],
  ] as const)('is not gone for %j', async (fault, code) => {
    const clusterId = stage.zilliz.control.addCluster(where);
    stage.faults.order({ call: '*', fault, times: 'always' });

    const failure = await failureOf(stage.app.cluster(PROJECT, clusterId));

    expect(failure.code).toBe(code);
    if ('headers' in fault) expect(failure.retryAfterSeconds).toBe(9);
  });
});

describe('a connection that is cut', () => {
  it('once is not noticed by a read', async () => {
    stage.faults.order({ call: '*', fault: { kind: 'reset' } });

    await expect(stage.app.project(PROJECT)).resolves.toMatchObject({ projectId: PROJECT });
  });

  it('makes no write twice', async () => {
    await allowed();
    stage.faults.order({ call: 'zilliz.createPrivateEndpoint', fault: { kind: 'answerLost' } });

    const failure = await failureOf(stage.app.registerPrivateEndpoint(endpoint));

    expect(failure).toMatchObject({ kind: 'transient', code: 'zilliz-unavailable' });
    expect(stage.traffic.of('zilliz.createPrivateEndpoint')).toHaveLength(1);
  });
});

describe('a limit that one caller met', () => {
  it.each([
    ['as HTTP status', { status: 429, body: { code: 99999, message: 'no' } }],
    ['as code in a good answer', { status: 200, body: { code: 99999, message: 'Too many requests' } }],
    ['by something on the way', { status: 429 }],
  ])('makes all callers of that kind wait for as long as was asked: %s', async (_, answer) => {
    stage.faults.order({
      call: '*',
      fault: { kind: 'status', headers: { 'retry-after': '9' }, ...answer },
    });
    await failureOf(stage.app.project(PROJECT));

    const next = await failureOf(stage.app.project(PROJECT));

    expect(next).toMatchObject({ kind: 'transient', code: 'zilliz-throttled', retryAfterSeconds: 9 });
    expect(next.message).toContain('not sent');
    expect(stage.traffic.all()).toHaveLength(1);
  });

  it('holds for a second where Zilliz says no time', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    stage.faults.order({ call: '*', fault: { kind: 'status', status: 429 } });
    const sleep = jest.fn(() => Promise.resolve());
    const apiKeys = { keyFor: () => Promise.resolve(KEY), forget: () => undefined, toReplace: () => '' };
    const settings = { apiUrl: stage.zilliz.baseUrl, requestTimeoutMs: 1000, sleep };
    const app = zillizAdapter(new ZillizClient(settings, apiKeys));
    await failureOf(app.project(PROJECT));

    await app.project(PROJECT);

    expect(sleep.mock.calls).toEqual([[1000]]);
  });
});

describe('the private link service', () => {
  const shown = (endpointService: string) => {
    const services = [{ regionId: REGION, endpointService, whitelistRequired: true }];
    const body = { code: 0, data: { count: 1, currentPage: 1, pageSize: 100, endpointServices: services } };
    stage.faults.order({ call: 'zilliz.listEndpointServices', fault: { kind: 'status', status: 200, body } });
    return stage.app.endpointService(where);
  };
  const service = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/privateLinkServices/pls`;

  it.each([regionalAlias(REGION), service])('is what an alias or a resource ID names: %s', async (text) => {
    await expect(shown(text)).resolves.toMatchObject({ service: text });
  });

  it.each([
    'alias',
    'zilliz.eastus.azure.privatelinkservice',
    `${regionalAlias(REGION)}.localhost`,
    `a/${regionalAlias(REGION)}`,
    service.replace('privateLinkServices', 'virtualNetworks'),
    service.replace('/pls', '/../pls'),
    service.replace('Microsoft.Network/privateLinkServices', 'Microsoft.Storage/storageAccounts'),
  ])('is nothing else: %s', async (text) => {
    await expect(failureOf(shown(text))).resolves.toMatchObject({ code: 'zilliz-unavailable' });
  });
});

it.each(['', '.', '..'])('an ID that would shorten the path is not sent: %j', async (id) => {
  const calls = [
    () => stage.app.cluster(PROJECT, id),
    () => stage.app.deletePrivateEndpoint({ ...where, endpointId: id }),
    () => stage.app.project(id),
  ];

  for (const call of calls) {
    await expect(failureOf(call())).resolves.toMatchObject({ kind: 'rejected', code: 'internal-error' });
  }
  expect(stage.traffic.all()).toEqual([]);
});
