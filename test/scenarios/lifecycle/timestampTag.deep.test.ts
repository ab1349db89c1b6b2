import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { changes, connectAfterADay, disconnect, drift, footprint, nothing, reconcile } from './support.ts';

// durable-functions makes a Date of what a property named Timestamp holds, in the input of a run.

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

const tags = { Timestamp: '2026-02-03T04:05:06+02:00' };
const request = { ...sampleRequest, tags };

function endpoint() {
  const [found] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  if (!found) throw new Error('There is no endpoint.');
  return found;
}

it('a tag named Timestamp is set to the letter, and the same request finds nothing to do', async () => {
  const { status } = await rig.connect(request);
  rig.sandbox.traffic.clear();

  const again = await rig.connect(request);

  expect([status, again.status]).toEqual(['connected', 'connected']);
  expect(endpoint().tags).toMatchObject(tags);
  expect(rig.sandbox.traffic.writes()).toEqual([]);
});

it('the same request joins the run that is under way', async () => {
  const id = await rig.post(request);

  expect(await rig.post(request)).toBe(id);
  expect(await rig.finish(id)).toMatchObject({ status: 'connected' });
});

it('a run that renews itself still knows it', async () => {
  const { id, status } = await connectAfterADay(rig, request);

  expect(status).toBe('connected');
  expect(changes(await drift(rig, id))).toEqual([]);
});

it('such a tag that another owner has set does not block reconcile and DELETE', async () => {
  const { id } = await rig.connect();
  const { id: endpointId } = endpoint();
  rig.sandbox.azure.control.setTags(endpointId, { ...endpoint().tags, Timestamp: 'some day' });

  const { status } = await reconcile(rig, id);

  expect(status).toBe('connected');
  expect(endpoint().tags).toMatchObject({ Timestamp: 'some day' });
  expect(await disconnect(rig, id)).toMatchObject({ status: 'disconnected' });
  expect(footprint(rig)).toEqual(nothing);
});
