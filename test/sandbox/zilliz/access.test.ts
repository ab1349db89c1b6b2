import { AzureSide, adapterFor, KEY, PROJECT, REGION, startStage, SUBSCRIPTION } from './support.ts';
import type { Answer, Stage } from './support.ts';
import { fileStore } from '../../../sandbox/kernel/store.ts';
import { seededZillizState } from '../../../sandbox/zilliz/seed.ts';
import { zillizStateSchema } from '../../../sandbox/zilliz/state.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const where = { projectId: PROJECT, regionId: REGION };
const whitelist = { method: 'POST', body: { regionId: REGION, outerUserId: SUBSCRIPTION } };
let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.zilliz.stop());

const refusal = ({ status, body }: Answer): [number, number] => [status, body.code];

describe('who may ask what', () => {
  it('returns 401 for a bad key, and 200 with a code for a call without one', async () => {
    expect(refusal(await stage.call('/v2/projects', { key: 'wrong' }))).toEqual([401, 21119]);
    expect(refusal(await stage.call('/v2/projects', { key: null }))).toEqual([200, 1800]);
    stage.zilliz.control.revokeKey(KEY);
    expect(refusal(await stage.call('/v2/projects'))).toEqual([401, 21119]);
  });

  it('carries a request ID on each answer', async () => {
    const ids = [await stage.call('/v2/projects'), await stage.call('/v2/nothing')].map(({ headers }) =>
      headers.get('requestid'),
    );
    expect(new Set(ids).size).toBe(2);
    expect(ids.every((id) => id !== null && id.length > 0)).toBe(true);
  });

  it('keeps the projects of other organisations, and those outside a key, to itself', async () => {
    const { control } = stage.zilliz;
    const foreign = control.addProject({ name: 'foreign', organisation: 'elsewhere' });
    const other = control.addProject({ name: 'other' });
    const narrow = control.addKey({ key: 'narrow', scope: { projectIds: [PROJECT] } });

    expect(refusal(await stage.call(`/v2/projects/${foreign}`))).toEqual([200, 96012]);
    expect(refusal(await stage.call(`/v2/projects/${other}`, { key: narrow }))).toEqual([200, 96027]);
    expect(refusal(await stage.call('/v2/projects/proj-none'))).toEqual([200, 96005]);
    expect((await stage.call('/v2/projects', { key: narrow })).body.data).toHaveLength(1);
    expect(await adapterFor(stage.zilliz.baseUrl).project('proj-none')).toBeNull();
  });

  it('lets only an admin manage private endpoints', async () => {
    const viewer = stage.zilliz.control.addKey({ key: 'viewer', role: 'viewer' });

    const path = `/v2/projects/${PROJECT}/privateEndpointWhitelist`;
    expect(refusal(await stage.call(path, { ...whitelist, key: viewer }))).toEqual([200, 96013]);
  });

  it('lets a key that is limited to clusters see nothing else', async () => {
    const { control } = stage.zilliz;
    const [seen, hidden] = [control.addCluster(where), control.addCluster(where)];
    const key = control.addKey({ key: 'cluster-key', scope: { clusterIds: [seen] } });

    expect(await adapterFor(stage.zilliz.baseUrl, key).clusters(where)).toMatchObject([{ clusterId: seen }]);
    expect(refusal(await stage.call(`/v2/clusters/${hidden}`, { key }))).toEqual([200, 96016]);
  });

  it('refuses clusters of other organisations and changes by a viewer with different errors', async () => {
    const { control } = stage.zilliz;
    const foreign = control.addProject({ name: 'foreign', organisation: 'elsewhere' });
    const theirs = control.addCluster({ projectId: foreign, regionId: REGION });
    const ours = control.addCluster(where);
    const viewer = control.addKey({ key: 'viewer', role: 'viewer' });

    expect(refusal(await stage.call(`/v2/clusters/${theirs}`))).toEqual([200, 96014]);
    const drop = { method: 'DELETE', key: viewer };
    expect(refusal(await stage.call(`/v2/clusters/${ours}/drop`, drop))).toEqual([200, 96015]);
    expect(refusal(await stage.call('/v2/jobs/job-1'))).toEqual([200, 96026]);
  });

  it('offers private link from the Enterprise plan on', async () => {
    const path = `/v2/projects/${PROJECT}/privateEndpointWhitelist`;
    stage.zilliz.control.setPlan(PROJECT, 'Standard');
    expect(refusal(await stage.call(path, whitelist))).toEqual([200, 96028]);
    stage.zilliz.control.setPlan(PROJECT, 'BusinessCritical');
    expect(refusal(await stage.call(path, whitelist))).toEqual([200, 0]);
  });

  it('knows its regions and clouds', async () => {
    expect(refusal(await stage.call('/v2/regions?cloudId=ibm'))).toEqual([200, 96000]);
    expect(refusal(await stage.call('/v2/clusters?region=azure-eastus'))).toEqual([200, 96001]);
    expect(await stage.app.regions(PROJECT)).toContainEqual({ regionId: 'az-eastus', cloudId: 'azure' });
  });
});

describe('the rate limit', () => {
  const burst = (count: number): Promise<Answer[]> =>
    Promise.all(Array.from({ length: count }, () => stage.call('/v2/projects')));

  it('allows 20 calls a second per key and endpoint, and returns 429 beyond', async () => {
    const answers = await burst(21);
    expect(answers.map(({ status }) => status).filter((status) => status === 429)).toHaveLength(1);
    const refused = answers.find(({ status }) => status === 429)!;
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await stage.call('/v2/clouds')).status).toBe(200);

    stage.pass(1);
    expect((await stage.call('/v2/projects')).status).toBe(200);
  });

  it('can say it with HTTP 200, or not at all', async () => {
    stage.zilliz.control.setRateLimit({ perSecond: 1, answer: 'http-200' });
    const answers = await burst(2);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.find(({ body }) => body.code !== 0)!.body.message).toMatch(/rate limit/i);

    stage.zilliz.control.setRateLimit(null);
    expect((await burst(40)).every(({ body }) => body.code === 0)).toBe(true);
  });
});

describe('faults and memory', () => {
  it('does the work of a call whose answer is lost, and counts it as a write', async () => {
    stage.faults.order({ call: 'zilliz.addWhitelistEntry', fault: { kind: 'answerLost' } });

    await expect(stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION })).rejects.toThrow();
    expect(stage.zilliz.control.snapshot().whitelist).toHaveLength(1);
    expect(stage.traffic.writes()).toHaveLength(1);
  });

  it('continues after a restart from the same state', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'zilliz-'));
    const open = () =>
      fileStore(join(directory, 'zilliz.json'), zillizStateSchema, () =>
        seededZillizState({
          at: 0,
          projects: [{ projectId: PROJECT, name: 'orders' }],
          keys: [{ key: KEY }],
        }),
      );
    const before = await startStage({ store: open() });
    await before.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    await before.zilliz.stop();

    const after = await startStage({ store: open() });
    expect(after.azure).toBeInstanceOf(AzureSide);
    after.pass(60);
    expect(after.azure.allowed).toHaveLength(1);
    expect(await after.app.endpointService(where)).not.toBeNull();
    await after.zilliz.stop();
    rmSync(directory, { recursive: true });
  });
});
