import { ZillizClient } from '../../src/adapters/zilliz/client.ts';
import { readiness } from '../../src/adapters/readiness.ts';
import { ProvisioningError } from '../../src/domain/failure/failure.ts';
import { KEY, PROJECT, startStage } from '../sandbox/zilliz/support.ts';
import type { Stage } from '../sandbox/zilliz/support.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.zilliz.stop());

interface Given {
  readonly key?: string | null;
  readonly projects?: readonly string[] | null;
  readonly subscriptions?: readonly string[];
}

async function check({ key = KEY, projects = null, subscriptions = ['s'] }: Given) {
  const asked: (string | null)[] = [];
  const apiKeys = {
    keyFor(projectId: string | null): Promise<string> {
      asked.push(projectId);
      if (key !== null) return Promise.resolve(key);
      const message = 'reading secret zilliz-api-key: HTTP 404, there is no such secret';
      return Promise.reject(
        new ProvisioningError({ kind: 'permission', code: 'api-key-missing', message, source: 'key-vault' }),
      );
    },
    forget: () => undefined,
    toReplace: () => '',
  };
  const zilliz = new ZillizClient({ apiUrl: stage.zilliz.baseUrl, requestTimeoutMs: 1000 }, apiKeys);
  const network = { subscriptions: () => Promise.resolve(subscriptions) };
  const checks = await readiness({ projects, apiKeys, zilliz, network }).check();
  return { asked, faults: Object.fromEntries(checks.map(({ name, fault }) => [name, fault])) };
}

it('finds everything in order', async () => {
  const { faults } = await check({});

  expect(faults).toEqual({ 'key-vault': null, zilliz: null, 'azure-resource-manager': null });
});

it('checks the keys of the projects that the app serves', async () => {
  const { asked } = await check({ projects: [PROJECT] });

  expect(new Set(asked)).toEqual(new Set([PROJECT]));
});

it('says that there is no key, and asks Zilliz nothing', async () => {
  const { faults } = await check({ key: null });

  expect(faults['key-vault']).toContain('api-key-missing: reading secret zilliz-api-key');
  expect(faults.zilliz).toBe('not asked: there is no key');
  expect(stage.traffic.all()).toHaveLength(0);
});

it('says that Zilliz refuses the key, without showing it', async () => {
  const { faults } = await check({ key: 'a-wrong-key' });

  expect(faults).toMatchObject({ 'key-vault': null, 'azure-resource-manager': null });
  expect(faults.zilliz).toContain('zilliz-key-rejected');
  expect(faults.zilliz).not.toContain('a-wrong-key');
});

it('says that the identity sees no subscription', async () => {
  const { faults } = await check({ subscriptions: [] });

  expect(faults['azure-resource-manager']).toBe('the identity of the app sees no subscription');
});
