import type { Deployment } from '../../../sandbox/rig/deployment.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { routes } from '../../../src/http/routes.ts';
import { startInstance } from '../../sandbox/host/support.ts';

const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
const others = '/subscriptions/c0ffee00-0000-4000-8000-000000000001';
const bounds = {
  'another scope': { ALLOWED_SCOPES: others },
  'another project': { ALLOWED_PROJECTS: 'proj-of-others' },
} as const;
const request = { ...sampleRequest, privateEndpoint: { name: 'pe-secret-name' } };
const connection = connectionFrom(connectionRequestSchema.parse(request));
const { id } = connection;
const [cluster] = sample.clusterIds;
const onConnections = routes
  .filter(({ route }) => route.includes('{id}'))
  .map(({ method, route }) => ({ method, route }));

/** What names something of the connection: its network, groups, endpoint, zone, project and clusters. */
const names = /pe-secret-name|vnet-|resourceGroups|proj-8|privateDnsZones|in01-|running|disconnect/i;

/** A run whose input cannot be read is told by its ID alone. */
const unreadable = { scope: id, reason: 'the input of its run cannot be read' };

let rig: Rig;

/** Calls each route with the ID, and the list; nothing may be shown, written, started or ended. */
async function expectClosed(
  of: Deployment,
  expected: number,
  { running = false, incomplete = [] as readonly object[] } = {},
): Promise<void> {
  const runs = () =>
    of.host.instances().map(({ instanceId, name, runtimeStatus }) => [instanceId, name, runtimeStatus]);
  const before = runs();
  rig.sandbox.traffic.clear();
  for (const { method, route } of onConnections) {
    const path = `/api/${route.replace('{id}', id).replace('{clusterId}', cluster)}`;
    const { status, body } = await of.call(method, path);
    // Cancel looks for a run only.
    const isUnknown = !running && route.endsWith('/cancel');
    expect({ method, route, status }).toEqual({ method, route, status: isUnknown ? 404 : expected });
    const { type, detail, errors } = body as { type: string; detail: string; errors: object };
    expect(`${method} ${route} ${JSON.stringify([type, detail, errors])}`).not.toMatch(names);
  }
  const { body } = await of.call('GET', '/api/connections');
  expect(body).toEqual({ connections: [], next: null, declared: [], syncs: [], incomplete });
  expect(rig.sandbox.traffic.writes()).toEqual([]);
  expect(runs()).toEqual(before);
}

function theEndpoint(): { readonly id: string; readonly tags: Readonly<Record<string, string>> } {
  const [endpoint] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  if (!endpoint) throw new Error('There is no endpoint.');
  return endpoint;
}

beforeEach(async () => {
  rig = await startRig({ settings });
});

afterEach(() => rig.stop());

describe.each(Object.entries(bounds))('a connection in %s is closed to every route with an ID', (_, own) => {
  const narrow = () => rig.deployAnother({ settings: { ...settings, ...own } });

  it('when it is stored, when its marks are damaged, and when only its records are left', async () => {
    await rig.connect(request);
    const app = await narrow();

    await expectClosed(app, 422);

    rig.sandbox.azure.control.setTags(theEndpoint().id, { ...theEndpoint().tags, 'zpl-region': 'nowhere' });
    await expectClosed(app, 422);

    rig.sandbox.azure.control.remove(theEndpoint().id);
    rig.clock.advanceTo(rig.clock.now() + 31_000);
    await expectClosed(app, 422);
  });

  const subject = {
    ...{ connectionId: id, regionId: sample.regionId, projectId: sample.projectId, connection: null },
    privateEndpointId: connection.privateEndpoint.id,
  };

  it.each([
    ['connect', { connection, notBefore: Date.parse('2100-01-01') }],
    ['disconnect', { subject }],
  ])('while a %s that a host key has started goes on', async (name, input) => {
    const app = await narrow();
    await startInstance(app.host, name, id, { ...input, startedBy: 'a host key' });

    await expectClosed(app, 422, { running: true });
  });

  it.each([
    ['unreadable input', { connection: 'none' }, [unreadable]],
    [
      'the ID of another connection',
      { connection: { ...connection, id: 'az-eastus-0123456789ab' } },
      [unreadable],
    ],
    ['a connection that its preflight refuses', { connection }, []],
  ])('after a run with %s', async (_name, input, incomplete) => {
    const app = await narrow();
    await startInstance(app.host, 'connect', id, { ...input, startedBy: 'a host key' });
    await rig.runUntil(() => app.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Failed'));

    await expectClosed(app, 404, { incomplete });
  });
});

it('a start with the state of a run that has passed its preflight is refused', async () => {
  const preflight = {
    ...{ faults: [], warnings: [], hiddenNames: [], replaces: false, removals: [], formerNetworks: [] },
    ...{ location: 'eastus', service: null, autoRegistration: 'off', beginsConnection: true },
  };
  const app = await rig.deployAnother({ settings: { ...settings, ...bounds['another scope'] } });
  rig.sandbox.traffic.clear();

  await startInstance(app.host, 'connect', id, {
    ...{ connection, startedBy: 'a host key' },
    state: { done: { preflight, 'authorize-subscription': connection.privateEndpoint.id } },
  });
  await rig.runUntil(() => app.host.instances().every(({ runtimeStatus }) => runtimeStatus === 'Failed'));

  expect(app.host.instances()).toMatchObject([
    {
      customStatus: {
        problem: { code: 'run-state-unreadable', detail: expect.stringContaining('a start') as string },
      },
    },
  ]);
  expect(rig.sandbox.traffic.all()).toEqual([]);
});

it('a search that could not read a subscription does not say that a connection is not there', async () => {
  rig.sandbox.azure.control.deny({
    scope: `/subscriptions/${sample.subscriptionId}`,
    actions: ['Microsoft.Network/privateEndpoints/read', 'Microsoft.Network/privateDnsZones/read'],
  });

  for (const [method, rest] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/plan'],
  ] as const)
    expect((await rig.call(method, `/api/connections/${id}${rest}`)).status).not.toBe(404);
});
