import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { footprint } from './support.ts';
import { nightly } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.stop());

interface ListBody {
  readonly connections: readonly {
    readonly id: string;
    readonly status: string;
    readonly run: { readonly workflow: string; readonly status: string } | null;
  }[];
  readonly next: string | null;
  readonly syncs: readonly object[];
  readonly incomplete: readonly { readonly scope: string; readonly reason: string }[];
}

async function list(path = '/api/connections'): Promise<ListBody> {
  return (await rig.call('GET', path)).body as ListBody;
}

test('an Azure without connections has an empty list', async () => {
  expect(await list()).toEqual({
    ...{ connections: [], next: null, declared: [], syncs: [], incomplete: [] },
  });
});

test('a connection is listed with its status and its last run', async () => {
  const { id } = await rig.connect();

  expect((await list()).connections).toMatchObject([
    { id, status: 'connected', run: { workflow: 'connect', status: 'Completed' } },
  ]);
});

describe('a run under way is listed', () => {
  nightly('before its private endpoint is there, and until it is over', async () => {
    const id = await rig.post(sampleRequest);

    expect((await list()).connections).toMatchObject([
      { id, status: 'running', projectId: sample.projectId, run: { workflow: 'connect', status: 'Running' } },
    ]);
    await rig.until(id, ({ phases }) => phases.some(({ phase }) => phase === 'await-allocation'));
    expect((await list()).connections).toHaveLength(1);
    await rig.finish(id);
    expect((await list()).connections).toMatchObject([
      { id, status: 'connected', run: { status: 'Completed' } },
    ]);
  });

  it('when it takes a connection down, until nothing of it is left', async () => {
    const { id } = await rig.connect();
    await rig.call('DELETE', `/api/connections/${id}`);
    await rig.runUntil(() => Object.keys(footprint(rig).endpoints).length === 0);

    expect((await list()).connections).toMatchObject([
      { id, status: 'disconnecting', run: { status: 'Running' } },
    ]);
    await rig.finish(id);
    expect((await list()).connections).toEqual([]);
  });

  it('when it keeps the records of a project and region', async () => {
    const { projectId, regionId } = sample;
    const { id } = await rig.connect();
    rig.sandbox.zilliz.control.addCluster(sampleRequest);

    await rig.call('PUT', `/api/connections/${id}/clusters/${sample.clusterIds[0]}`);

    expect((await list()).syncs).toEqual([
      { projectId, regionId, status: expect.stringMatching(/Pending|Running/) as string, faults: [] },
    ]);
  });
});

test('pages go on where the last one ended', async () => {
  const names = ['pe-a', 'pe-b', 'pe-c'];
  const ids: string[] = [];
  for (const name of names) {
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    const { id } = await rig.connect({ ...sampleRequest, privateEndpoint: { name }, clusters: [clusterId] });
    ids.push(id);
  }

  const first = await list('/api/connections?size=2');
  const second = await list(first.next ?? '');

  expect(first.connections).toHaveLength(2);
  expect(second.connections).toHaveLength(1);
  expect(second.next).toBeNull();
  expect([...first.connections, ...second.connections].map(({ id }) => id)).toEqual(ids.toSorted());
});

test('a subscription that may not be read is said, and does not hide the others', async () => {
  const other = 'c0ffee00-0000-4000-8000-000000000001';
  const { id } = await rig.connect();
  const { control } = rig.sandbox.azure;
  control.addSubscription({ subscriptionId: other, displayName: 'Other' });
  control.assignRole({
    scope: `/subscriptions/${other}`,
    actions: ['Microsoft.Resources/subscriptions/read'],
  });

  const { connections, incomplete } = await list();

  expect(connections.map((entry) => entry.id)).toEqual([id]);
  expect(incomplete).toMatchObject([{ scope: `/subscriptions/${other}` }]);
});

test.each([
  ['Rejected', 'rejected'],
  ['Disconnected', 'removed-by-zilliz'],
  ['Pending', 'degraded'],
] as const)('an endpoint that is %s is listed as %s', async (connection, status) => {
  const { result } = await rig.connect();
  rig.sandbox.azure.control.setConnection(result?.privateEndpoint.endpointId ?? '', connection);

  expect((await list()).connections).toMatchObject([{ status }]);
});

describe('once the run is over, GET says what has become of the connection', () => {
  interface Shown {
    readonly status: string;
    readonly problem: { readonly type: string; readonly detail: string; readonly remedy: string } | null;
    readonly live: { readonly clusters: readonly { readonly state: string; readonly reason: string }[] };
  }

  /** A reading is kept for half a minute. */
  async function shownLater(id: string): Promise<Shown> {
    rig.clock.advanceTo(rig.clock.now() + 31_000);
    return (await rig.call('GET', `/api/connections/${id}`)).body as Shown;
  }

  it.each([
    ['Rejected', 'rejected', 'connection-rejected', /Zilliz rejected/],
    ['Disconnected', 'removed-by-zilliz', 'connection-disconnected', /Zilliz removed/],
  ] as const)(
    '%s: %s, with the remedy, and no cluster waits for an address',
    async (connection, status, code, reason) => {
      const { id, result } = await rig.connect();
      const { endpointId = '' } = result?.privateEndpoint ?? {};
      rig.sandbox.azure.control.setConnection(endpointId, connection, { description: 'not our customer' });

      const shown = await shownLater(id);

      expect(shown).toMatchObject({ status, problem: { detail: 'not our customer' } });
      expect(shown.problem?.type).toMatch(new RegExp(`${code}$`));
      expect(shown.live.clusters.map(({ state }) => state)).toEqual(['unreachable', 'unreachable']);
      expect(shown.live.clusters[0]?.reason).toMatch(reason);
    },
  );

  it('deleted: orphaned, also on the page and for a deployment that knows no run', async () => {
    const { id } = await rig.connect();
    const [endpoint] = Object.keys(footprint(rig).endpoints);
    rig.sandbox.azure.control.remove(endpoint ?? '');
    const second = await rig.deployAnother();

    const shown = await shownLater(id);
    const elsewhere = await second.call('GET', `/api/connections/${id}`);

    expect(shown.status).toBe('orphaned');
    expect(shown.problem?.type).toMatch(/endpoint-lost$/);
    expect(shown.problem?.remedy).toMatch(/DELETE/);
    expect(shown.live.clusters[0]).toMatchObject({
      state: 'unreachable',
      reason: 'there is no private endpoint',
    });
    expect(elsewhere).toMatchObject({
      status: 200,
      body: { status: 'orphaned', workflow: null, problem: { status: 409 } },
    });
  });

  nightly('disconnected, and made again by another deployment: connected', async () => {
    const { id } = await rig.connect();
    await rig.call('DELETE', `/api/connections/${id}`);
    expect((await rig.finish(id)).status).toBe('disconnected');
    const second = await rig.deployAnother();
    await second.finish(await second.post(sampleRequest));

    expect(await shownLater(id)).toMatchObject({ status: 'connected', problem: null });
  });
});

test.each(['size=0', 'size=201', 'size=many'])('a page of %s is refused', async (query) => {
  expect((await rig.call('GET', `/api/connections?${query}`)).status).toBe(400);
});

test.each([{ ALLOWED_PROJECTS: 'proj-of-others' }, { ALLOWED_SCOPES: `${sample.resourceGroupId}-other` }])(
  'what is outside the bounds of a deployment is not shown, and Zilliz is not asked: %j',
  async (settings) => {
    const { id } = await rig.connect();
    const bounded = await rig.deployAnother({ settings });
    rig.sandbox.traffic.clear();

    const { status, body } = await bounded.call('GET', `/api/connections/${id}`);

    expect([status, (body as { errors: readonly object[] }).errors.length > 0]).toEqual([422, true]);
    expect(rig.sandbox.traffic.all().filter(({ service }) => service === 'zilliz')).toEqual([]);
  },
);

describe('another deployment with an empty task hub', () => {
  it('sees, repairs, exports and takes down what the first one made', async () => {
    const { id } = await rig.connect();
    const second = await rig.deployAnother();

    const seen = (await second.call('GET', '/api/connections')).body as ListBody;
    const plan = await second.call('POST', `/api/connections/${id}/plan`);
    const exported = await second.call('GET', `/api/connections/${id}/export`);
    await second.call('POST', `/api/connections/${id}/reconcile`);
    const reconciled = await second.finish(id);
    await second.call('DELETE', `/api/connections/${id}`);
    const gone = await second.finish(id);

    expect(seen.connections).toMatchObject([{ id, status: 'unknown', run: null }]);
    expect(plan.body).toMatchObject({ changes: false });
    expect(String(exported.body)).toMatch('azurerm_private_endpoint');
    expect(reconciled).toMatchObject({ status: 'connected', result: { writes: {} } });
    expect(gone.status).toBe('disconnected');
    expect(Object.keys(footprint(rig).endpoints)).toEqual([]);
    expect(sample.regionId).toBeDefined();
  });
});

test('each private endpoint whose marks are damaged is shown with what is wrong, beside the others', async () => {
  const ids: string[] = [];
  for (const name of ['pe-a', 'pe-b', 'pe-c', 'pe-d']) {
    const clusters = [rig.sandbox.zilliz.control.addCluster(sampleRequest)];
    ids.push((await rig.connect({ ...sampleRequest, privateEndpoint: { name }, clusters })).id);
  }
  const { control } = rig.sandbox.azure;
  const endpoints = Object.values(control.snapshot().network.privateEndpoints);
  const damage = (name: string, change: Readonly<Record<string, string>>): void => {
    const { id = '', tags = {} } = endpoints.find((endpoint) => endpoint.name === name) ?? {};
    control.setTags(id, { ...tags, ...change });
  };
  damage('pe-a', { 'zpl-project': '../x' });
  damage('pe-b', { 'zpl-region': 'nowhere', 'zpl-project': '' });
  damage('pe-c', { 'zpl-connection': 'az-eastus-0123456789ab' });

  const { connections, incomplete } = await list();

  expect(connections.find(({ id }) => id === ids[3])).toMatchObject({ status: 'connected' });
  expect(incomplete.map(({ reason }) => reason.replace(/^.*privateEndpoints\//, '')).toSorted()).toEqual([
    'pe-a are no longer those of a connection: zpl-project missing or not valid',
    'pe-b are no longer those of a connection: zpl-project, zpl-region missing or not valid',
    'pe-c are no longer those of a connection: zpl-connection is not the ID of this endpoint',
  ]);
});
