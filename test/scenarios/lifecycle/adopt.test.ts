import type { ByHand } from '../../../sandbox/local/byHand.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { changes, disconnect, drift, footprint, nothing, userAtConsoles, writes, zoneId } from './support.ts';
import { pass, syncEnds } from '../sync/support.ts';
import type { PlanBody } from './support.ts';
import { nightly } from '../../support/inGate.ts';

let rig: Rig;
let byHand: ByHand;
const request = { ...sampleRequest, privateEndpoint: { name: 'pe-by-hand' } };

beforeEach(async () => {
  rig = await startRig();
  byHand = userAtConsoles(rig);
});

afterEach(() => rig.stop());

async function plan(body: object = request): Promise<PlanBody> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
}

describe('a set-up made by hand by following the guide', () => {
  beforeEach(async () => {
    await byHand.followTheGuide('pe-by-hand');
    rig.sandbox.traffic.clear();
  });

  it('is recognised: the plan says what is adopted, without a write', async () => {
    const found = await plan();

    expect(changes(found)).toEqual([
      'adopt private endpoint',
      'adopt private DNS zone',
      'create owner entry',
      'adopt virtual network link',
      'adopt A record set',
      'adopt A record set',
    ]);
    expect(found).toMatchObject({ problems: [], cost: { perMonth: 0 } });
    expect(writes(rig)).toEqual({});
  });

  it('is taken over without being made again: marks through the tags API, and metadata of records', async () => {
    const { status, id } = await rig.connect(request);

    expect(status).toBe('connected');
    // The link keeps its own auto registration: disconnect gives it back as it was.
    // Three things are marked, and the outcome of the verification is noted.
    expect(writes(rig)).toEqual({ 'tags.patch': 4, 'recordSets.put': 3 });
    expect(changes(await drift(rig, id))).toEqual([]);
  });

  it('is given back by a disconnect: our marks are taken off, and nothing is deleted', async () => {
    const before = footprint(rig);
    const { id } = await rig.connect(request);

    const { status } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(before);
  });

  it('loses on disconnect what the connection added to it', async () => {
    const before = footprint(rig);
    const { id } = await rig.connect(request);
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    await rig.connect(request);
    expect(Object.keys(footprint(rig).records)).toHaveLength(3);

    await disconnect(rig, id);

    expect(clusterId).toBeDefined();
    expect(footprint(rig)).toEqual(before);
  });

  it('is refused with `adopt: "never"`, and nothing is touched', async () => {
    const before = footprint(rig);

    const { status, problem } = await rig.connect({ ...request, adopt: 'never' });

    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/endpoint-name-taken$/);
    expect(footprint(rig)).toEqual(before);
  });
});

nightly(
  'with `adopt: "never"` a sync leaves a record alone that a user has created for a new cluster',
  async () => {
    const { result } = await rig.connect({ ...sampleRequest, adopt: 'never' });
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    const addresses = [result?.privateEndpoint.address ?? ''];
    rig.sandbox.azure.control.setRecord({ zoneId, name: `${clusterId}-privatelink`, addresses });
    const before = footprint(rig).records;
    await pass(rig, 1);

    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(footprint(rig).records).toEqual(before);
  },
);

describe('what is not of the set-up is not adopted', () => {
  it('a zone that also holds records of another owner is used, and never deleted', async () => {
    await byHand.followTheGuide('pe-by-hand');
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'else', addresses: ['10.9.9.9'] });
    const before = footprint(rig);

    const found = await plan();
    const { id } = await rig.connect(request);
    await disconnect(rig, id);

    expect(changes(found)).not.toContain('adopt private DNS zone');
    expect(Object.keys(footprint(rig).zones)).toEqual([zoneId.toLowerCase()]);
    expect(footprint(rig)).toEqual(before);
  });

  nightly('an empty zone that a user created is used, and never deleted', async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId });

    const { id } = await rig.connect();
    await disconnect(rig, id);

    expect(footprint(rig)).toEqual({ ...nothing, zones: { [zoneId.toLowerCase()]: { tags: {} } } });
  });
});

it('an endpoint without room for our tags is a problem before anything is written', async () => {
  const id = await byHand.followTheGuide('pe-by-hand');
  await byHand.putEndpoint(
    id,
    Object.fromEntries(Array.from({ length: 44 }, (_, index) => [`t${index}`, 'x'])),
  );
  rig.sandbox.traffic.clear();

  const { problems } = await plan();

  expect(problems).toMatchObject([{ code: 'spec-too-large' }]);
  expect((await rig.connect(request)).problem?.type).toMatch(/spec-too-large$/);
  expect(writes(rig)).toEqual({});
});

it('a record made by hand gets our TTL: plan, result and drift say so', async () => {
  await byHand.followTheGuide('pe-by-hand');
  const [clusterId] = sample.clusterIds;
  const record = { zoneId, name: `${clusterId}-privatelink` };
  const address = byHand.addressOf(
    `${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/pe-by-hand`,
  );
  rig.sandbox.azure.control.setRecord({ ...record, addresses: [address], ttl: 7 });

  const found = await plan();
  const { id, result } = await rig.connect(request);

  const said = expect.objectContaining({
    code: 'record-ttl-changed',
    detail: expect.stringContaining('its TTL of 7 s becomes 600 s') as string,
  }) as unknown;
  expect(found.rows).toContainEqual(
    expect.objectContaining({
      id: `${zoneId}/A/${record.name}`,
      action: 'adopt',
      reason: expect.stringContaining('its TTL of 7 s becomes 600 s') as string,
    }),
  );
  expect(found.warnings).toContainEqual(said);
  expect(result?.warnings).toContainEqual(said);
  const key = `${zoneId}/A/${record.name}`.toLowerCase();
  expect(footprint(rig).records[key]).toMatchObject({ ttl: 600 });
  expect(changes(await drift(rig, id))).toEqual([]);

  const { metadata } = footprint(rig).records[key] as { metadata: Record<string, string> };
  rig.sandbox.azure.control.setRecord({ ...record, addresses: [address], ttl: 60, metadata });
  rig.clock.advanceTo(rig.clock.now() + 61_000);
  expect(changes(await drift(rig, id))).toEqual(['update A record set']);
});

describe('a cluster taken out of an adopted set-up', () => {
  it.each([600, 7])('keeps its record with a TTL of %i s, without our marks', async (ttl) => {
    await byHand.followTheGuide('pe-by-hand');
    const [clusterId] = sample.clusterIds;
    const name = `${clusterId}-privatelink`;
    const addresses = [
      byHand.addressOf(`${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/pe-by-hand`),
    ];
    const metadata = { owner: 'network team' };
    rig.sandbox.azure.control.setRecord({ zoneId, name, addresses, ttl, metadata });
    const record = `${zoneId}/A/${name}`.toLowerCase();
    const before = footprint(rig);
    const { id } = await rig.connect(request);
    expect(footprint(rig).records[record]).not.toEqual(before.records[record]);

    const answer = await rig.call('DELETE', `/api/connections/${id}/clusters/${clusterId}`);
    await syncEnds(rig);

    expect(answer.status).toBe(202);
    expect(footprint(rig).records[record]).toEqual(before.records[record]);
    await disconnect(rig, id);
    expect(footprint(rig)).toEqual(before);
  });
});
