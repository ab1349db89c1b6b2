import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import type { Deployment, DeploymentOptions } from '../../../sandbox/rig/deployment.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { inGate } from '../../support/inGate.ts';
import { footprint, writes } from './support.ts';
import type { Ended } from './support.ts';

const hub = sample.resourceGroupId.replace('rg-app', 'rg-dns');

let rig: Rig;
let id: string;
let endpointResource: string;

beforeEach(async () => {
  // Sweeps of the other deployment are none of the story.
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const { control } = rig.sandbox.azure;
  control.addResourceGroup({ id: hub });
  deployRoles(control, { virtualNetworkId: sample.virtualNetworkId, zoneResourceGroupId: hub });
  const view = await rig.connect({ ...sampleRequest, dns: { zoneResourceGroupId: hub } });
  id = view.id;
  const [endpoint] = Object.values(control.snapshot().network.privateEndpoints);
  endpointResource = endpoint?.id ?? '';
  rig.sandbox.traffic.clear();
});

afterEach(() => rig.stop());

/** A deployment with a task hub of its own, so that it knows of the connection from Azure only. */
function another(settings: DeploymentOptions['settings'] = {}): Promise<Deployment> {
  return rig.deployAnother({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *', ...settings } });
}

/** As with an identity that has rights in the group of the zone alone: what it may not see is not listed for it. */
function hideEndpoint(): void {
  rig.sandbox.azure.control.takeActions(['Microsoft.Network/privateEndpoints/read']);
}

function changeMarks(change: (marks: Record<string, string>) => Record<string, string>): void {
  const { control } = rig.sandbox.azure;
  for (const { id: recordId, name, ttl, metadata, type } of Object.values(
    control.snapshot().dns.recordSets,
  )) {
    const zoneId = recordId.replace(/\/A\/[^/]+$/, '');
    const record = { zoneId, name, ttl, addresses: ['10.20.1.4'] };
    if (type === 'A') control.setRecord({ ...record, metadata: change({ ...metadata }) });
  }
}

async function listed(deployment: Deployment): Promise<unknown> {
  return ((await deployment.call('GET', '/api/connections')).body as { connections: unknown }).connections;
}

const routes = [
  ['DELETE', ''],
  ['POST', '/reconcile'],
  ['GET', '/export'],
  ['PUT', `/clusters/${sample.clusterIds[0]}`],
  ['DELETE', `/clusters/${sample.clusterIds[0]}`],
] as const;

describe('a deployment that sees the records of a connection and not its private endpoint', () => {
  it('lists it so, and shows it and its drift without a word of loss', async () => {
    hideEndpoint();
    const blind = await another();

    const plan = await blind.call('POST', `/api/connections/${id}/plan`);
    const shown = await blind.call('GET', `/api/connections/${id}`);

    expect(await listed(blind)).toMatchObject([
      {
        id,
        status: 'endpoint-not-visible',
        problem: {
          detail: expect.stringMatching(/lacks Microsoft.Network\/privateEndpoints\/read/) as string,
        },
        privateEndpointId: endpointResource,
      },
    ]);
    expect(plan.body).toMatchObject({ problems: [{ code: 'endpoint-not-visible' }] });
    expect(shown).toMatchObject({
      status: 200,
      body: {
        status: 'endpoint-not-visible',
        problem: { type: expect.stringMatching(/endpoint-not-visible$/) as string },
      },
    });
  });

  it.each(inGate(routes, 'POST'))(
    'refuses %s %s, and the living connection stays as it is',
    async (method, path) => {
      const before = footprint(rig);
      hideEndpoint();
      const blind = await another();

      const answer = await blind.call(method, `/api/connections/${id}${path}`);
      await rig.runUntil(() => true);

      expect(answer).toMatchObject({
        status: 409,
        body: { type: expect.stringMatching(/endpoint-not-visible$/) as string },
      });
      expect(writes(rig)).toEqual({});
      expect(footprint(rig)).toEqual(before);
    },
  );

  it.each([
    ['do not name it', (marks: Record<string, string>) => ({ ...marks, 'zpl-private-endpoint': '' })],
    [
      'name one that is not the connection’s',
      (marks: Record<string, string>) => ({
        ...marks,
        // Nothing is there, and that could be read.
        'zpl-private-endpoint': `${sample.subscriptionId}/rg-dns/pe-never-was`,
      }),
    ],
  ])('does not take it for gone when the records %s', async (_, change) => {
    hideEndpoint();
    changeMarks(change);
    const blind = await another();

    expect(await listed(blind)).toMatchObject([{ id, status: 'endpoint-not-visible' }]);
    expect((await blind.call('DELETE', `/api/connections/${id}`)).status).toBe(409);
  });

  it('does not list what lies outside its scopes, and does not take it down', async () => {
    rig.sandbox.azure.control.remove(endpointResource);
    const zonesOnly = await another({ ALLOWED_SCOPES: hub });
    const endpointsOnly = await another({ ALLOWED_SCOPES: sample.resourceGroupId });

    for (const bounded of [zonesOnly, endpointsOnly]) {
      expect(await listed(bounded)).toEqual([]);
      expect(await bounded.call('DELETE', `/api/connections/${id}`)).toMatchObject({
        status: 422,
        body: { type: expect.stringMatching(/scope-not-allowed$/) as string },
      });
    }
  });
});

test('an endpoint that is there without its marks is not taken for gone', async () => {
  const { control } = rig.sandbox.azure;
  control.setTags(endpointResource, {});
  const second = await another();

  expect(await listed(second)).toMatchObject([
    {
      id,
      status: 'endpoint-not-visible',
      problem: { detail: expect.stringMatching(/without the marks/) as string },
    },
  ]);
  expect((await second.call('DELETE', `/api/connections/${id}`)).status).toBe(409);
});

describe('when Azure says that the private endpoint is gone', () => {
  beforeEach(() => rig.sandbox.azure.control.remove(endpointResource));

  it('the connection is orphaned, for a deployment that has never known it too', async () => {
    const second = await another();

    expect(await listed(second)).toMatchObject([
      { id, status: 'orphaned', projectId: sample.projectId, privateEndpointId: endpointResource },
    ]);
  });

  it.each(inGate(routes.slice(1), 'POST'))(
    '%s %s is refused with what became of it',
    async (method, path) => {
      const second = await another();

      expect(await second.call(method, `/api/connections/${id}${path}`)).toMatchObject({
        status: 409,
        body: { type: expect.stringMatching(/endpoint-lost$/) as string },
      });
    },
  );

  it('DELETE removes its records and its registration, and says why zone and link stay', async () => {
    const { zones, links, entries } = footprint(rig);
    const second = await another();

    await second.call('DELETE', `/api/connections/${id}`);
    const { status, removal } = (await second.finish(id)) as unknown as Ended;

    expect(status).toBe('disconnected');
    // Only records and the entry are proved to be its own. An entry that stays would protect the zone for ever.
    const nothingElse = { endpoints: {}, records: {}, registrations: [], entries: {} };
    expect(Object.keys(entries)).toHaveLength(1);
    expect(footprint(rig)).toEqual({ ...nothingElse, zones, links });
    const reason = expect.stringMatching(/^only records are left of the connection/) as string;
    expect(removal?.kept).toMatchObject([
      { resource: 'virtual network link', reason },
      { resource: 'private DNS zone' },
    ]);
  });

  it('a run of DELETE stops when the endpoint can no longer be looked for', async () => {
    const second = await another();
    await second.call('DELETE', `/api/connections/${id}`);
    hideEndpoint();

    const { status, problem } = await second.finish(id);

    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/endpoint-not-visible$/);
    expect(writes(rig)).toEqual({});
  });
});
