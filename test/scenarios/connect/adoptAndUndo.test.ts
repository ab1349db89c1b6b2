import type { ByHand } from '../../../sandbox/local/byHand.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect, footprint, userAtConsoles, zoneId } from '../lifecycle/support.ts';
import { inGate } from '../../support/inGate.ts';

let rig: Rig;
let byHand: ByHand;
const name = 'pe-by-hand';
const request = { ...sampleRequest, privateEndpoint: { name }, onFailure: 'undo', deadlineMinutes: 10 };
const endpointId = `${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/${name}`;
const linkId = `${zoneId}/virtualNetworkLinks/by-hand`;
const tags = { owner: 'network team', 'cost-center': '42' };

beforeEach(async () => {
  rig = await startRig();
  byHand = userAtConsoles(rig);
});

afterEach(() => rig.stop());

const refused = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;
const refusedByZilliz = {
  kind: 'status',
  status: 200,
  body: { code: 40999, message: 'Not today.' },
} as const;

function setRecord(clusterId: string, more: object = {}): void {
  const addresses = [byHand.addressOf(endpointId)];
  const record = { zoneId, name: `${clusterId}-privatelink`, addresses, ttl: 600 };
  rig.sandbox.azure.control.setRecord({ ...record, ...more });
}

function addLink(more: object): void {
  const { virtualNetworkId } = sample;
  rig.sandbox.azure.control.addLink({ id: linkId, virtualNetworkId, ...more });
}

/** What users made by hand, beside what the guide says. */
const setUps: readonly (readonly [string, () => Promise<void> | void])[] = [
  ['as the guide has it', () => undefined],
  ['with auto registration of the link', () => addLink({ registrationEnabled: true })],
  ['without auto registration of the link', () => addLink({ registrationEnabled: false })],
  [
    'with another TTL of the records',
    () => {
      for (const clusterId of sample.clusterIds) setRecord(clusterId, { ttl: 7 });
    },
  ],
  [
    'with tags and metadata of users on everything',
    async () => {
      await byHand.putEndpoint(endpointId, tags);
      rig.sandbox.azure.control.addZone({ id: zoneId, tags });
      addLink({ tags });
      for (const clusterId of sample.clusterIds) setRecord(clusterId, { metadata: tags });
    },
  ],
];

/** Each kind of write of a run that adopts all of it. */
const refusals = [
  [
    'the marks of the private endpoint',
    { call: 'tags.patch', path: `privateEndpoints/${name}`, fault: refused },
  ],
  ['the marks of zone and link', { call: 'tags.patch', path: 'privateDnsZones', fault: refused }],
  ['the marks of the link', { call: 'tags.patch', path: 'virtualNetworkLinks', fault: refused }],
  ['the records', { call: 'recordSets.put', path: '/A/', fault: refused }],
] as const;

describe.each(inGate(setUps, 'as the guide has it', 'with tags and metadata of users on everything'))(
  'a set-up made by hand %s',
  (_, change) => {
    beforeEach(async () => {
      await byHand.followTheGuide(name);
      await change();
    });

    it.each(refusals)('is as it was when %s cannot be written and the run is undone', async (__, order) => {
      const before = footprint(rig);
      rig.sandbox.faults.order({ ...order, times: 'always' });

      const { status } = await rig.connect(request);

      expect(status).toBe('failed');
      expect(footprint(rig)).toEqual(before);
    });
  },
);

describe('a set-up made by hand with records of other users in the zone', () => {
  beforeEach(async () => {
    await byHand.followTheGuide(name);
    const metadata = { owner: 'else' };
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'else', addresses: ['10.9.9.9'], metadata });
  });

  it.each([refusals[0], refusals[3]])('is as it was when %s cannot be written', async (_, order) => {
    const before = footprint(rig);
    rig.sandbox.faults.order({ ...order, times: 'always' });

    const { status } = await rig.connect(request);

    expect(status).toBe('failed');
    expect(footprint(rig)).toEqual(before);
  });

  it('needs no mark of the zone and the link, and is as it was after a disconnect', async () => {
    const before = footprint(rig);
    rig.sandbox.faults.order({ ...refusals[1][1], times: 'always' });

    const { id, status } = await rig.connect(request);
    await disconnect(rig, id);

    expect(status).toBe('connected');
    expect(footprint(rig)).toEqual(before);
  });
});

describe('a private endpoint made by hand that Zilliz does not list', () => {
  beforeEach(async () => {
    await byHand.authorizeSubscription();
    await byHand.putEndpoint(endpointId, tags);
  });

  const orders = [
    ['its registration', { call: 'zilliz.createPrivateEndpoint', fault: refusedByZilliz }],
    ['the zone', { call: 'privateDnsZones.put', fault: refused }],
    ['the records', { call: 'recordSets.put', path: '/A/', fault: refused }],
    ['the link', { call: 'virtualNetworkLinks.put', fault: refused }],
  ] as const;

  it.each(inGate(orders, 'the link'))(
    'is unmarked and unregistered when %s is refused and the run is undone',
    async (_, order) => {
      const before = footprint(rig);
      rig.sandbox.faults.order({ ...order, times: 'always' });

      const { status } = await rig.connect(request);

      expect(status).toBe('failed');
      expect(footprint(rig)).toEqual(before);
    },
  );
});
