import { ENDPOINT, PROJECT, REGION, startStage, SUBSCRIPTION } from './support.ts';
import type { Answer, Stage } from './support.ts';

const where = { projectId: PROJECT, regionId: REGION };
const DAY_S = 24 * 3600;
let stage: Stage;

beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.zilliz.stop());

/** Goes through the guide up to the endpoint being available. */
async function connect(): Promise<void> {
  await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
  stage.pass(60);
  stage.azure.connect(ENDPOINT);
  await stage.app.registerPrivateEndpoint({ ...where, endpointId: ENDPOINT });
  stage.pass(400);
}

describe('the life of a cluster', () => {
  it('creates one over some minutes, with its progress', async () => {
    const clusterId = stage.zilliz.control.createClusterSlowly(where);
    stage.pass(100);
    const creating = await stage.call(`/v2/clusters/${clusterId}`);
    stage.pass(480);
    const running = await stage.call(`/v2/clusters/${clusterId}`);

    expect(creating.body.data).toMatchObject({
      status: 'CREATING',
      createProgress: expect.any(Number) as unknown,
    });
    expect((creating.body.data as { createProgress: number }).createProgress).toBeLessThan(100);
    expect(running.body.data).toMatchObject({ status: 'RUNNING', createProgress: 100 });
  });

  it('keeps a deleted one in the recycle bin for 30 days, out of the list', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    stage.zilliz.control.deleteCluster(clusterId);
    expect(await stage.app.clusters(where)).toMatchObject([{ status: 'DELETING' }]);

    stage.pass(120);
    expect(await stage.app.clusters(where)).toEqual([]);
    expect(await stage.call(`/v2/clusters/${clusterId}`)).toMatchObject({
      body: { data: { status: 'DELETED' } },
    });
    expect(await stage.app.cluster(PROJECT, clusterId)).toBe('gone');

    stage.pass(30 * DAY_S);
    expect(await stage.call(`/v2/clusters/${clusterId}`)).toMatchObject({
      status: 200,
      body: { code: 96018 },
    });
  });

  it('may say of a deleted one that it is not found', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    stage.zilliz.control.deleteCluster(clusterId, { answer: 'not-found' });
    stage.pass(120);

    expect(await stage.call(`/v2/clusters/${clusterId}`)).toMatchObject({ body: { code: 96018 } });
  });

  it('gives a restored one its private link address anew', async () => {
    await connect();
    const clusterId = stage.zilliz.control.addCluster(where);
    stage.zilliz.control.deleteCluster(clusterId);
    stage.pass(120);
    stage.zilliz.control.restoreCluster(clusterId);

    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({ privateLinkAddress: null });
    stage.pass(60);
    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({
      status: 'RUNNING',
      privateLinkAddress: expect.stringContaining('-privatelink.') as unknown,
    });
  });

  it('shows SET_PRIVATE_LINK while the address is being made', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    await stage.app.addWhitelistEntry({ ...where, subscriptionId: SUBSCRIPTION });
    stage.pass(60);
    stage.azure.connect(ENDPOINT);
    await stage.app.registerPrivateEndpoint({ ...where, endpointId: ENDPOINT });
    stage.pass(120);

    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({ status: 'SET_PRIVATE_LINK' });
  });

  it('holds the address back from a cluster under maintenance', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    stage.zilliz.control.setClusterStatus(clusterId, 'UPGRADING', 3600_000);
    await connect();
    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({
      status: 'UPGRADING',
      privateLinkAddress: null,
    });

    stage.pass(3600);
    expect(await stage.app.cluster(PROJECT, clusterId)).toMatchObject({
      status: 'RUNNING',
      privateLinkAddress: expect.stringContaining('-privatelink.') as unknown,
    });
  });

  it('gives no address to Serverless and Free clusters', async () => {
    const serverless = stage.zilliz.control.addCluster({ ...where, deploymentOption: 'Serverless' });
    const free = stage.zilliz.control.addCluster({ ...where, deploymentOption: 'Free' });
    await connect();
    stage.pass(DAY_S);

    expect([serverless.slice(0, 5), free.slice(0, 5)]).toEqual(['in05-', 'in03-']);
    expect(await stage.app.clusters(where)).toMatchObject([
      {
        connectAddress: `https://${serverless}.serverless.${REGION}.cloud.zilliz.com`,
        privateLinkAddress: null,
      },
      { privateLinkAddress: null },
    ]);
  });
});

describe('what a pipeline does with clusters', () => {
  const create = (kind: string, more: object = {}) =>
    stage.call(`/v2/clusters/create${kind}`, {
      method: 'POST',
      body: { projectId: PROJECT, regionId: REGION, clusterName: 'orders', ...more },
    });
  const idOf = (answer: Answer): string => (answer.body.data as { clusterId: string }).clusterId;
  const status = async (clusterId: string): Promise<unknown> =>
    ((await stage.call(`/v2/clusters/${clusterId}`)).body.data as { status: string }).status;
  const change = (clusterId: string, verb: string, body?: object) =>
    stage.call(`/v2/clusters/${clusterId}/${verb}`, { method: verb === 'drop' ? 'DELETE' : 'POST', body });

  it('creates, suspends, resumes, scales and drops a Dedicated cluster', async () => {
    const clusterId = idOf(await create('Dedicated', { cuSize: 2, plan: 'Enterprise' }));
    const seen = [await status(clusterId)];
    for (const [verb, body] of [['suspend'], ['resume'], ['modify', { cuSize: 4 }], ['drop']] as const) {
      stage.pass(480);
      seen.push(await status(clusterId));
      expect(await change(clusterId, verb, body)).toMatchObject({ body: { code: 0, data: { clusterId } } });
      seen.push(await status(clusterId));
    }
    stage.pass(480);
    seen.push(await status(clusterId));

    expect(seen).toEqual([
      ...['CREATING', 'RUNNING', 'STOPPING', 'STOPPED', 'RESUMING', 'RUNNING'],
      ...['MODIFYING', 'RUNNING', 'DELETING', 'DELETED'],
    ]);
    expect((await stage.call(`/v2/clusters/${clusterId}`)).body.data).toMatchObject({ cuSize: 4 });
  });

  it('refuses what cannot be', async () => {
    const free = idOf(await create('Free'));
    const serverless = idOf(await create('Serverless', { clusterName: 'small' }));
    const answers = [
      await create('Dedicated'),
      await create('Dedicated', { clusterName: 'no spaces' }),
      await create('Dedicated', { clusterName: 'a', regionId: 'az-nowhere' }),
      await create('Dedicated', { clusterName: 'a', cuSize: 0 }),
      await create('Dedicated', { clusterName: 'a', projectId: 'proj-none' }),
      await change(free, 'suspend'),
      await change(serverless, 'suspend'),
      await change('in01-none', 'drop'),
    ];
    expect(answers.map(({ body }) => body.code)).toEqual([
      40013, 96010, 96001, 96002, 96005, 96021, 96022, 96018,
    ]);
  });

  it('creates projects and raises their plan', async () => {
    const body = { projectName: 'new', plan: 'Standard' };
    const created = await stage.call('/v2/projects', { method: 'POST', body });
    const path = `/v2/projects/${created.body.data as string}/plan`;
    const set = (plan: string) => stage.call(path, { method: 'PATCH', body: { plan } });

    expect((await set('Enterprise')).body.code).toBe(0);
    expect((await set('Standard')).body.code).toBe(63104);
    expect((await set('Golden')).body.code).toBe(96004);
  });
});

describe('lists of clusters', () => {
  it('pages, and falls back to ten when the page size is out of range', async () => {
    for (let index = 0; index < 23; index++) stage.zilliz.control.addCluster(where);
    const third = await stage.call('/v2/clusters?pageSize=10&currentPage=3');
    const fallback = await stage.call('/v2/clusters?pageSize=1000&currentPage=0');
    const beyond = await stage.call('/v2/clusters?pageSize=100&currentPage=9');

    expect(third.body.data).toMatchObject({ count: 23, currentPage: 3, pageSize: 10 });
    expect((third.body.data as { clusters: unknown[] }).clusters).toHaveLength(3);
    expect(fallback.body.data).toMatchObject({ currentPage: 1, pageSize: 10 });
    expect(beyond.body.data).toMatchObject({ count: 23, clusters: [] });
  });

  it('holds the clusters of all projects of the region, so that the client must choose', async () => {
    stage.zilliz.control.addCluster(where);
    const other = stage.zilliz.control.addProject({ name: 'other' });
    stage.zilliz.control.addCluster({ projectId: other, regionId: REGION });
    stage.zilliz.control.addCluster({ projectId: PROJECT, regionId: 'az-northeurope' });

    const listed = await stage.call(`/v2/clusters?region=${REGION}`);
    expect(listed.body.data).toMatchObject({ count: 2 });
    expect(await stage.app.clusters(where)).toHaveLength(1);
  });

  it('lists more than a hundred through the app', async () => {
    for (let index = 0; index < 105; index++) stage.zilliz.control.addCluster(where);

    expect(await stage.app.clusters(where)).toHaveLength(105);
  });

  it('lists on-demand clusters with the endpoint of their project', async () => {
    const clusterId = stage.zilliz.control.addOnDemandCluster({ ...where, name: 'nightly' });

    expect(await stage.app.onDemandClusters(where)).toEqual([
      {
        clusterId,
        name: 'nightly',
        status: 'RUNNING',
        endpoint: `https://${PROJECT}.${REGION}.api.zillizcloud.com`,
        privateLink: null,
      },
    ]);
    expect(await stage.app.onDemandClusters({ ...where, regionId: 'az-centralus' })).toEqual([]);
  });
});

describe('the data plane', () => {
  it('responds to public names unless public access is off, and to private ones through the endpoint', async () => {
    const clusterId = stage.zilliz.control.addCluster(where);
    const [open, closed] = [`${clusterId}.${REGION}`, `${clusterId}-privatelink.${REGION}`].map(
      (name) => `${name}.vectordb.zillizcloud.com`,
    );
    const { dataPlane, control } = stage.zilliz;
    expect(dataPlane.clusterAt(`${open!.toUpperCase()}.`)).toEqual({
      clusterId,
      access: 'public',
      open: true,
    });
    expect(dataPlane.clusterAt(closed!)).toBeUndefined();

    await connect();
    control.setPublicAccess(clusterId, 'disabled');

    expect(dataPlane.clusterAt(open!)).toEqual({ clusterId, access: 'public', open: false });
    expect(dataPlane.clusterAt(closed!)).toEqual({ clusterId, access: 'private', open: true });
    expect(dataPlane.servedThrough(ENDPOINT.toUpperCase(), clusterId)).toBe(true);
    expect(dataPlane.servedThrough('pe-other.1', clusterId)).toBe(false);
    control.suspend(clusterId);
    expect(dataPlane.servedThrough(ENDPOINT, clusterId)).toBe(false);
  });
});
