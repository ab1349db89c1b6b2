import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { changes, disconnect, drift, footprint, nothing, reconcile, writes, zoneId } from './support.ts';
import type { PlanBody } from './support.ts';
import { syncEnds } from '../sync/support.ts';
import { nightly } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

const types = ['privateEndpoints', 'privateDnsZones', 'privateDnsZones/virtualNetworkLinks'];

/** The tags of the endpoint, the zone and the link, in this order. */
function allTags(): readonly Readonly<Record<string, string>>[] {
  const { network, dns } = rig.sandbox.azure.control.snapshot();
  const endpoints = Object.values(network.privateEndpoints);
  return [...endpoints, ...Object.values(dns.zones), ...Object.values(dns.links)].map(({ tags }) => tags);
}

async function plan(body: object): Promise<PlanBody> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
}

function linkId(): string {
  const [link] = Object.values(rig.sandbox.azure.control.snapshot().dns.links);
  return link?.id ?? '';
}

describe('a policy that sets its own managed-by at each write', () => {
  beforeEach(() => {
    for (const type of types) {
      rig.sandbox.azure.control.addPolicy({
        ...{ name: `own ${type}`, scope: sample.resourceGroupId, resourceType: `Microsoft.Network/${type}` },
        setsTags: { 'Managed-By': 'platform-team' },
      });
    }
  });

  it('changes nothing: connect ends, the sweep is quiet, and DELETE removes everything', async () => {
    const { id, status } = await rig.connect();
    expect(status).toBe('connected');
    expect(allTags().map((tags) => tags['Managed-By'])).toEqual(types.map(() => 'platform-team'));

    rig.sandbox.traffic.clear();
    await rig.connect();
    await reconcile(rig, id);
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);
    expect(writes(rig)).toEqual({});
    expect(changes(await drift(rig, id))).toEqual([]);

    expect(await disconnect(rig, id)).toMatchObject({ status: 'disconnected' });
    expect(footprint(rig)).toEqual(nothing);
  });
});

describe('where each resource must have the tag CostCenter', () => {
  beforeEach(() => {
    for (const type of types) {
      rig.sandbox.azure.control.addPolicy({
        ...{ name: `need ${type}`, scope: sample.resourceGroupId, resourceType: `Microsoft.Network/${type}` },
        unlessTag: 'CostCenter',
      });
    }
  });

  it('the request says it, and endpoint, zone and link have it', async () => {
    const { id, status } = await rig.connect({ ...sampleRequest, tags: { CostCenter: '4711' } });

    expect(status).toBe('connected');
    expect(allTags()).toMatchObject(types.map(() => ({ CostCenter: '4711' })));
    const { body } = await rig.call('GET', `/api/connections/${id}/export?format=terraform`);
    expect(String(body).match(/"CostCenter" = "4711"/g)).toHaveLength(3);
  });
});

describe('tags of the request', () => {
  const request = { ...sampleRequest, tags: { CostCenter: '4711' } };
  const rows = ['tag private endpoint', 'tag private DNS zone', 'tag virtual network link'];

  it('are written by another request with other values, and tags of others stay', async () => {
    await rig.connect();
    for (const id of [zoneId, linkId()]) {
      const tags = allTags()[id === zoneId ? 1 : 2] ?? {};
      rig.sandbox.azure.control.setTags(id, { ...tags, Owner: 'network-team' });
    }

    expect(changes(await plan(request))).toEqual(rows);
    expect((await rig.connect(request)).status).toBe('connected');
    expect(allTags()).toMatchObject(types.map(() => ({ CostCenter: '4711' })));

    const changed = { ...request, tags: { costcenter: '42' } };
    expect(changes(await plan(changed))).toEqual(rows);
    await rig.connect(changed);
    expect(allTags().map((tags) => [tags.CostCenter ?? tags.costcenter, tags.Owner])).toEqual([
      ['42', undefined],
      ['42', 'network-team'],
      ['42', 'network-team'],
    ]);
    expect(changes(await plan(changed))).toEqual([]);
  });

  nightly('that one resource has lost are drift, and reconcile writes them again', async () => {
    const { id } = await rig.connect(request);
    const { CostCenter: lost, ...tags } = allTags()[1] ?? {};
    expect(lost).toBe('4711');
    rig.sandbox.azure.control.setTags(zoneId, tags);

    expect(changes(await drift(rig, id))).toEqual(['tag private DNS zone']);
    rig.sandbox.traffic.clear();
    await reconcile(rig, id);

    expect(writes(rig)).toEqual({ 'tags.patch': 1 });
    expect(changes(await drift(rig, id))).toEqual([]);
  });

  nightly('of two connections do not overwrite each other at the zone that both use', async () => {
    const [one, other] = sample.clusterIds;
    const first = await rig.connect({ ...request, clusters: [one] });
    const second = await rig.connect({
      ...{ ...sampleRequest, clusters: [other] },
      ...{ tags: { CostCenter: '42' }, privateEndpoint: { name: 'pe-second' } },
    });
    expect([first.status, second.status]).toEqual(['connected', 'connected']);

    for (const { id } of [first, second]) expect(changes(await drift(rig, id))).toEqual([]);
  });

  it('are left out at a zone that has no room for more', async () => {
    await rig.connect();
    const own = allTags()[1] ?? {};
    const others = Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`t${index}`, 'x']));
    rig.sandbox.azure.control.setTags(zoneId, { ...own, ...others });

    expect(changes(await plan(request))).toContain('manual private DNS zone');
    expect((await rig.connect(request)).status).toBe('connected');
  });

  it('that a zone would refuse are a 422 that names them', async () => {
    const { status, body } = await rig.call('POST', '/api/connections', {
      ...request,
      tags: { 'Cost Center': '1' },
    });

    expect(status).toBe(422);
    expect(body).toMatchObject({ errors: [{ pointer: '/tags/Cost Center', code: 'tags-refused' }] });
  });
});

it('a managed-by of others stays where something is adopted', async () => {
  const { control } = rig.sandbox.azure;
  const { id } = await rig.connect();
  control.setTags(linkId(), { 'managed-by': 'terraform' });
  // The runs of a process share what they have read for some seconds.
  rig.clock.advanceTo(rig.clock.now() + 10_000);

  await reconcile(rig, id);

  expect(allTags()[2]).toMatchObject({ 'managed-by': 'terraform' });
  expect(allTags()[2]).toHaveProperty('zpl-made');
});
