import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import type { ByHand } from '../../../sandbox/local/byHand.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import {
  changes,
  disconnect,
  drift,
  footprint,
  reconcile,
  userAtConsoles,
  writes,
  zoneId,
  zoneName,
} from './support.ts';
import { inGate, nightly } from '../../support/inGate.ts';
import type { Footprint } from './support.ts';

let rig: Rig;
let byHand: ByHand;
let id: string;
let endpointResource: string;
let endpointId: string;
let whole: Footprint;
const [firstCluster] = sample.clusterIds;
const firstRecord = `${zoneId}/A/${firstCluster}-privatelink`;

beforeEach(async () => {
  rig = await startRig();
  byHand = userAtConsoles(rig);
  const connected = await rig.connect();
  ({ id } = connected);
  endpointId = connected.result?.privateEndpoint.endpointId ?? '';
  whole = footprint(rig);
  [endpointResource = ''] = Object.keys(whole.endpoints);
  rig.sandbox.traffic.clear();
});

afterEach(() => rig.stop());

function linkId(): string {
  return Object.keys(whole.links)[0] ?? '';
}

/** A user deletes the endpoint and creates it again from a template, tags included: another GUID, the same name. */
async function recreateEndpoint(): Promise<void> {
  const { azure } = rig.sandbox;
  const before = azure.control.snapshot().network.privateEndpoints[endpointResource];
  if (!before) throw new Error('There is no endpoint.');
  azure.control.remove(endpointResource);
  await byHand.putEndpoint(before.id, before.tags);
}

describe('without drift', () => {
  it('each row is keep, and reconcile makes no write', async () => {
    const plan = await drift(rig, id);

    const { status } = await reconcile(rig, id);

    expect(changes(plan)).toEqual([]);
    expect(plan).toMatchObject({ problems: [], cost: { perMonth: 0 }, permissions: [] });
    expect(status).toBe('connected');
    expect(writes(rig)).toEqual({});
  });
});

/** What a user does, what the plan says of it, and the writes that repair it. Afterwards all is as it was. */
const kinds: readonly (readonly [
  string,
  () => void | Promise<void>,
  readonly string[],
  Readonly<Record<string, number>>,
])[] = [
  [
    'a record is gone',
    () => rig.sandbox.azure.control.remove(firstRecord),
    ['create A record set'],
    { 'recordSets.put': 1 },
  ],
  [
    'a record says another address',
    () => {
      const [, found] =
        Object.entries(whole.records).find(([key]) => key === firstRecord.toLowerCase()) ?? [];
      const { metadata } = found as { metadata: Record<string, string> };
      const name = `${firstCluster}-privatelink`;
      rig.sandbox.azure.control.setRecord({ zoneId, name, addresses: ['10.9.9.9'], ttl: 600, metadata });
    },
    ['update A record set'],
    { 'recordSets.put': 1 },
  ],
  [
    'the link is gone',
    () => rig.sandbox.azure.control.remove(linkId()),
    ['create virtual network link'],
    { 'virtualNetworkLinks.put': 1 },
  ],
  [
    'auto registration was switched off',
    () => byHand.changeLink(linkId(), { registrationEnabled: false }),
    ['update virtual network link'],
    { 'virtualNetworkLinks.patch': 1 },
  ],
  [
    'the zone is gone, with link and records',
    () => rig.sandbox.azure.control.remove(zoneId),
    [
      'create private DNS zone',
      'create owner entry',
      'create virtual network link',
      'create A record set',
      'create A record set',
    ],
    { 'privateDnsZones.put': 1, 'virtualNetworkLinks.put': 1, 'recordSets.put': 3 },
  ],
  [
    'its entry among the owners of the zone is gone',
    () => rig.sandbox.azure.control.remove(`${zoneId}/TXT/_zpl-${id}`),
    ['create owner entry'],
    { 'recordSets.put': 1 },
  ],
  [
    'the registration at Zilliz is gone',
    () => rig.sandbox.zilliz.control.forgetEndpoint(endpointId, { silently: true }),
    ['create registration'],
    { 'zilliz.createPrivateEndpoint': 1 },
  ],
  [
    'the mark of the link was taken away',
    () => rig.sandbox.azure.control.setTags(linkId(), {}),
    ['adopt virtual network link'],
    { 'tags.patch': 1 },
  ],
];

it('a link that has lost its mark is adopted, and stays, if no entry of the zone notes it: its name proves nothing', async () => {
  rig.sandbox.azure.control.setTags(linkId(), {});
  rig.sandbox.azure.control.remove(`${zoneId}/TXT/_zpl-${id}`);

  expect((await reconcile(rig, id)).status).toBe('connected');
  await disconnect(rig, id);

  expect(footprint(rig).links).toMatchObject({ [linkId()]: { tags: {} } });
});

describe.each(
  inGate(
    kinds,
    'a record says another address',
    'the zone is gone, with link and records',
    'the registration at Zilliz is gone',
    'the mark of the link was taken away',
  ),
)('when %s', (_, meddle, rows, repairs) => {
  it('drift says so, and reconcile repairs that and nothing else', async () => {
    await meddle();
    rig.sandbox.traffic.clear();
    const plan = await drift(rig, id);
    expect(writes(rig)).toEqual({});

    const { status } = await reconcile(rig, id);

    expect(changes(plan)).toEqual(rows);
    expect(status).toBe('connected');
    expect(writes(rig)).toEqual(repairs);
    expect(footprint(rig)).toEqual(whole);
    expect(changes(await drift(rig, id))).toEqual([]);
  });
});

describe('when the mark of the zone was taken away', () => {
  nightly('cannot be distinguished from a zone of another owner: it is used and not deleted', async () => {
    rig.sandbox.azure.control.setTags(zoneId, {});

    const plan = await drift(rig, id);
    const { removal } = await disconnect(rig, id);

    expect(changes(plan)).toEqual([]);
    expect(removal?.kept).toMatchObject([{ id: zoneId, reason: 'the zone has another owner' }]);
  });
});

describe('when a user created the endpoint again', () => {
  it('the stale registration goes, the new one comes, and the records follow', async () => {
    await recreateEndpoint();
    const plan = await drift(rig, id);

    const { status } = await reconcile(rig, id);

    expect(changes(plan)).toEqual(
      expect.arrayContaining(['delete registration', 'create registration', 'update A record set']),
    );
    expect(status).toBe('connected');
    expect(footprint(rig).registrations).toHaveLength(1);
    expect(footprint(rig).registrations).not.toContain(endpointId.toLowerCase());
    expect(changes(await drift(rig, id))).toEqual([]);
  });
});

describe('when Zilliz removed the connection', () => {
  beforeEach(() => rig.sandbox.azure.control.setConnection(endpointId, 'Disconnected'));

  it('nothing is replaced unless that is asked for', async () => {
    const plan = await drift(rig, id);

    const { status, problem } = await reconcile(rig, id);

    expect(changes(plan)).toContain('conflict private endpoint');
    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/connection-disconnected$/);
    expect(writes(rig)).toEqual({});
  });

  it('the endpoint is deleted, made anew and registered when it is', async () => {
    const { status } = await reconcile(rig, id, { allowReplace: true });

    expect(status).toBe('connected');
    expect(writes(rig)).toMatchObject({
      'zilliz.deletePrivateEndpoint': 1,
      'privateEndpoints.delete': 1,
      'privateEndpoints.put': 1,
      'zilliz.createPrivateEndpoint': 1,
      'recordSets.put': 2,
    });
    expect(footprint(rig).registrations).toHaveLength(1);
    expect(changes(await drift(rig, id))).toEqual([]);
  });
});

test('a reconcile that may replace the endpoint does not join a run that may not', async () => {
  const path = `/api/connections/${id}/reconcile`;
  await rig.call('POST', path);

  const other = await rig.call('POST', path, { allowReplace: true });
  const same = await rig.call('POST', path);

  expect(other).toMatchObject({ status: 409, body: { errors: [{ pointer: '/allowReplace' }] } });
  expect(same.status).toBe(202);
});

describe('when Zilliz rejected the connection', () => {
  it('drift and reconcile say so, and nothing is written', async () => {
    rig.sandbox.azure.control.setConnection(endpointId, 'Rejected', { description: 'not our customer' });

    const plan = await drift(rig, id);
    const { problem } = await reconcile(rig, id, { allowReplace: true });

    expect(changes(plan)).toContain('conflict private endpoint');
    expect(problem?.type).toMatch(/connection-rejected$/);
    expect(problem?.detail).toMatch(/not our customer/);
    expect(writes(rig)).toEqual({});
  });
});

describe('when a user deleted the endpoint', () => {
  beforeEach(() => rig.sandbox.azure.control.remove(endpointResource));

  it('the orphaned records say so, and a person is asked', async () => {
    const plan = await drift(rig, id);
    const list = await rig.call('GET', '/api/connections');
    const answer = await rig.call('POST', `/api/connections/${id}/reconcile`);

    expect(changes(plan)).toEqual(['manual private endpoint', 'manual A record set', 'manual A record set']);
    expect(plan.problems).toMatchObject([{ code: 'endpoint-lost' }]);
    expect(list.body).toMatchObject({ connections: [{ id, status: 'orphaned' }] });
    expect(answer.status).toBe(409);
  });

  it('posting the request again makes it whole, and removes the registration that went stale', async () => {
    const { status } = await rig.connect();

    expect(status).toBe('connected');
    expect(footprint(rig).registrations).toHaveLength(1);
    expect(footprint(rig).registrations).not.toContain(endpointId.toLowerCase());
    expect(changes(await drift(rig, id))).toEqual([]);
  });
});

describe('when the specification changes', () => {
  it('to another layout, the old zone goes once the new ones stand', async () => {
    const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };
    const plan = await rig.call('POST', '/api/connections/plan', request);

    const { status } = await rig.connect(request);
    const left = footprint(rig);

    expect(changes(plan.body as never)).toEqual(
      expect.arrayContaining([
        'tag private endpoint',
        'delete virtual network link',
        'delete A record set',
        'delete private DNS zone',
      ]),
    );
    expect(status).toBe('connected');
    expect(new Set(Object.keys(left.zones).map((zone) => zone.split('/').at(-1)))).toEqual(
      new Set(sample.clusterIds.map((cluster) => `${cluster}-privatelink.${zoneName}`)),
    );
    expect(changes(await drift(rig, id))).toEqual([]);
  });

  nightly('to fewer networks, the link of the network that is no longer named goes', async () => {
    const spoke = `${sample.resourceGroupId}/providers/Microsoft.Network/virtualNetworks/vnet-spoke`;
    rig.sandbox.azure.control.addVirtualNetwork({
      id: spoke,
      subnets: [{ name: 'snet', addressPrefix: '10.40.0.0/24' }],
    });
    deployRoles(rig.sandbox.azure.control, {
      virtualNetworkId: sample.virtualNetworkId,
      linkedNetworkIds: [spoke],
    });
    const dns = { linkedNetworks: [sample.virtualNetworkId, spoke] };
    await rig.connect({ ...sampleRequest, dns });
    expect(Object.keys(footprint(rig).links)).toHaveLength(2);

    const { status } = await rig.connect();

    expect(status).toBe('connected');
    expect(footprint(rig)).toEqual(whole);
  });
});
