import type { ByHand } from '../../../sandbox/local/byHand.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { changes, disconnect, drift, footprint, nothing, userAtConsoles, writes, zoneId } from './support.ts';
import type { PlanBody } from './support.ts';

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
    // The link is brought in line with the specification as well: the guide's auto registration.
    expect(writes(rig)).toEqual({ 'tags.patch': 3, 'recordSets.put': 2, 'virtualNetworkLinks.patch': 1 });
    expect(changes(await drift(rig, id))).toEqual([]);
  });

  it('is ours from then on: disconnect takes all of it down', async () => {
    const { id } = await rig.connect(request);

    const { status } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });

  it('is refused with `adopt: "never"`, and nothing is touched', async () => {
    const before = footprint(rig);

    const { status, problem } = await rig.connect({ ...request, adopt: 'never' });

    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/endpoint-name-taken$/);
    expect(footprint(rig)).toEqual(before);
  });
});

describe('what is not of the set-up is not adopted', () => {
  it('a zone that also holds records of another owner is used, and never deleted', async () => {
    await byHand.followTheGuide('pe-by-hand');
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'else', addresses: ['10.9.9.9'] });

    const found = await plan();
    const { id } = await rig.connect(request);
    await disconnect(rig, id);

    expect(changes(found)).not.toContain('adopt private DNS zone');
    expect(Object.keys(footprint(rig).zones)).toEqual([zoneId.toLowerCase()]);
    expect(Object.keys(footprint(rig).records)).toEqual([`${zoneId}/a/else`.toLowerCase()]);
  });

  it('an empty zone that a user created is used, and never deleted', async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId });

    const { id } = await rig.connect();
    await disconnect(rig, id);

    expect(footprint(rig)).toEqual({ ...nothing, zones: { [zoneId.toLowerCase()]: { tags: {} } } });
  });

  it('a record with another address is a conflict that names it, before anything is written', async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId });
    const name = `${sample.clusterIds[0]}-privatelink`;
    rig.sandbox.azure.control.setRecord({ zoneId, name, addresses: ['10.9.9.9'] });

    const { problem } = await rig.connect();

    expect(problem?.type).toMatch(/record-conflict$/);
    expect(problem?.detail).toMatch(name);
    expect(writes(rig)).toEqual({});
  });
});
