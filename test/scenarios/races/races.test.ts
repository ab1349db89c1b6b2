import { requestsOfProjects, worldOfProjects } from '../../../bench/worlds.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Answer, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { executedTwice } from '../faults/leftovers.ts';
import { footprint, nothing } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

/** The sweep is none of the race. */
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };

/** A zone or link whose first PUT is still under way shows up nowhere; the same PUT again makes nothing new. */
const shared = /^(privateDnsZones|virtualNetworkLinks)\.put /;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings });
});

afterEach(() => rig.stop());

const post = (request: object): Promise<Answer> => rig.call('POST', '/api/connections', request);
const idOf = (answer: Answer | undefined): string => (answer?.body as { readonly id: string }).id;

/** What one run of the smallest request writes. */
const oneRun = [
  'privateDnsZones.put',
  'privateEndpoints.put',
  'recordSets.put',
  'recordSets.put',
  'recordSets.put',
  // The outcome of the verification is noted.
  'tags.patch',
  'virtualNetworkLinks.put',
  'zilliz.addWhitelistEntry',
  'zilliz.createPrivateEndpoint',
];

describe('requests at the same moment', () => {
  it('that are equal, 20 of them, are one run with one set of writes, and all are accepted', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(sampleRequest)));
    const view = await rig.finish(idOf(answers[0]));

    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(202));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(rig.host.instances().filter(({ name }) => name === 'connect')).toHaveLength(1);
    expect(view.status).toBe('connected');
    expect(
      rig.sandbox.traffic
        .writes()
        .map(({ operation }) => operation)
        .toSorted(),
    ).toEqual(oneRun);
  });

  it('that differ for one connection: one wins, and the other gets a conflict', async () => {
    const answers = await Promise.all(
      sample.clusterIds.map((clusterId) => post({ ...sampleRequest, clusters: [clusterId] })),
    );
    const winner = answers.findIndex(({ status }) => status === 202);
    const loser = answers.find(({ status }) => status !== 202);
    const view = await rig.finish(idOf(answers[winner]));

    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([202, 409]);
    expect(loser?.body).toMatchObject({
      type: expect.stringMatching(/different-request-running$/) as string,
      errors: [{ pointer: '/clusters' }],
    });
    expect(view.status).toBe('connected');
    expect(view.result?.clusters.map(({ clusterId }) => clusterId)).toEqual([sample.clusterIds[winner]]);
    expect(executedTwice(rig).writes).toEqual([]);
  });
});

/** The writes of a run, at least one in each phase that writes. With the last one, the note of the verification, the run is over. */
const writes = [...new Set(oneRun)].filter((operation) => operation !== 'tags.patch');

describe('a run that is cancelled', () => {
  const cancelAfter = async (operation: string): Promise<string> => {
    const id = await rig.post(sampleRequest);
    await rig.host.runUntil(() => rig.sandbox.traffic.of(operation).length > 0);
    expect(await rig.call('POST', `/api/connections/${id}/cancel`)).toMatchObject({ status: 202 });
    expect((await rig.finish(id)).status).toBe('cancelled');
    return id;
  };

  it.each(inGate(writes, 'recordSets.put'))(
    'after %s, and posted again a minute later, makes no second write',
    async (operation) => {
      await cancelAfter(operation);
      rig.clock.advanceTo(rig.clock.now() + 60_000);

      const view = await rig.connect();

      expect(view.status).toBe('connected');
      expect(executedTwice(rig).writes).toEqual([]);
    },
  );

  it.each(inGate(writes, 'privateDnsZones.put'))(
    'after %s, and posted again at once, makes no second write',
    async (operation) => {
      await cancelAfter(operation);

      const view = await rig.connect();

      expect(view.status).toBe('connected');
      expect(executedTwice(rig).writes).toEqual([]);
    },
  );

  it('has ended when the call is answered, so that the next request is a run of its own', async () => {
    const id = await rig.post(sampleRequest);
    await rig.host.runUntil(() => rig.sandbox.traffic.of('privateEndpoints.put').length > 0);

    const cancelled = await rig.call('POST', `/api/connections/${id}/cancel`);
    await rig.post(sampleRequest);

    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    expect((await rig.finish(id)).status).toBe('connected');
  });

  nightly(
    'and again while the next run waits for what the first has begun, makes no second write',
    async () => {
      const id = await cancelAfter('privateDnsZones.put');
      await rig.post(sampleRequest);
      await rig.until(id, ({ status }) => status === 'running');
      expect(await rig.call('POST', `/api/connections/${id}/cancel`)).toMatchObject({ status: 202 });

      const view = await rig.connect();

      expect(view.status).toBe('connected');
      expect(executedTwice(rig).writes).toEqual([]);
    },
  );

  const removable = writes.filter((operation) => operation !== 'zilliz.addWhitelistEntry');

  it.each(inGate(removable, 'virtualNetworkLinks.put'))(
    'after %s, and then deleted, leaves nothing of ours',
    async (operation) => {
      const id = await cancelAfter(operation);

      expect(await rig.call('DELETE', `/api/connections/${id}`)).toMatchObject({ status: 202 });

      expect((await rig.finish(id)).status).toBe('disconnected');
      expect(footprint(rig)).toEqual(nothing);
    },
  );
});

it('two deployments that work on one zone at once make one zone and one link, and leave what is the other’s', async () => {
  await rig.stop();
  rig = await startRig({ settings, world: (at) => worldOfProjects(at, 2) });
  const other = await rig.deployAnother({ settings });
  const [one = {}, another = {}] = requestsOfProjects(2);

  const [first, second] = await Promise.all([rig.post(one), other.post(another)]);
  await rig.runUntil(() =>
    [rig, other].every(({ host }) =>
      host.instances().every(({ runtimeStatus }) => !['Pending', 'Running'].includes(runtimeStatus)),
    ),
  );
  const views = [await rig.finish(first), await other.finish(second)];

  expect(views.map(({ status }) => status)).toEqual(['connected', 'connected']);
  const { zones, links, records, endpoints, registrations } = footprint(rig);
  expect([zones, links, records, endpoints].map((kind) => Object.keys(kind).length)).toEqual([1, 1, 2, 2]);
  expect(registrations).toHaveLength(2);
  // Both may ask for the zone and the link that they share; what belongs to one of them is written once.
  expect(executedTwice(rig).writes.filter((write) => !shared.test(write))).toEqual([]);
});
