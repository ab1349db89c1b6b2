import type { InstanceSnapshot } from '../../../sandbox/host/hub/instance.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Answer, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { drift, footprint, zoneId } from './support.ts';
import type { Footprint } from './support.ts';
import { nightly } from '../../support/inGate.ts';

let rig: Rig;
let id: string;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  ({ id } = (await rig.connect()) as { id: string });
});

afterEach(() => rig.stop());

const release = (): Promise<Answer> => rig.call('POST', `/api/connections/${id}/release`);

/** Everything that is there, without what this app writes for itself. */
function bare({ endpoints, zones, links, records, entries, registrations }: Footprint): object {
  const clean = JSON.stringify({ endpoints, zones, links, records, registrations }, (name, value: unknown) =>
    name.startsWith('zpl-') || name === 'managed-by' ? undefined : value,
  );
  return { ...(JSON.parse(clean) as object), entries: Object.keys(entries).length };
}

/** Everything that is there, with all tags. */
function content(): object {
  const links = Object.values(rig.sandbox.azure.control.snapshot().dns.links);
  return { ...footprint(rig), links: links.map((link) => ({ ...link, etag: '' })) };
}

/** A sweep, to its end. */
async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  await rig.runUntil(() => !rig.host.instances().some(({ runtimeStatus }) => runtimeStatus === 'Running'));
}

/** A sync in a round; one that waits for a removal that is due later can take hours. */
function isBusySync({ name, runtimeStatus, customStatus }: InstanceSnapshot): boolean {
  const { state } = (customStatus ?? {}) as { readonly state?: string };
  return name === 'sync' && ['Pending', 'Running'].includes(runtimeStatus) && state !== 'waiting';
}

describe('a connection that is handed over', () => {
  it('loses the marks and the entry of this app, and nothing else', async () => {
    const before = footprint(rig);

    const { status, body } = await release();

    const after = footprint(rig);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'released', kept: [], unproved: null });
    expect(bare(after)).toEqual({ ...bare(before), entries: 0 });
    expect(JSON.stringify(after)).not.toContain('zpl-connection');
    expect(JSON.stringify(after)).not.toContain('zpl-made');
    const operations = rig.sandbox.traffic.writes().map(({ operation }) => operation);
    expect(operations.filter((operation) => operation.startsWith('privateEndpoints'))).toEqual([
      'privateEndpoints.put',
    ]);
  });

  it('is left alone by list, GET, drift and sweep, also when a cluster comes', async () => {
    await release();
    rig.sandbox.zilliz.control.addCluster({ projectId: sample.projectId, regionId: sample.regionId });
    rig.sandbox.traffic.clear();

    await sweep();
    const { body } = await rig.call('GET', '/api/connections');
    const statuses = await Promise.all([
      rig.call('GET', `/api/connections/${id}`),
      rig.call('GET', `/api/connections/${id}/run`),
      rig.call('POST', `/api/connections/${id}/plan`),
      rig.call('DELETE', `/api/connections/${id}`),
    ]);

    expect((body as { connections: unknown[] }).connections).toEqual([]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    ['has read it before', () => undefined],
    ['waits to remove a record', () => rig.sandbox.zilliz.control.deleteCluster(sample.clusterIds[0])],
  ])('is no longer reported, also by a sync that %s', async (_, arrange) => {
    arrange();
    await rig.host.runTimerTrigger('sweep');
    await rig.runUntil(() => !rig.host.instances().some(isBusySync));
    await release();
    const before = rig.logged.length;

    for (let sweeps = 0; sweeps < 2; sweeps++) {
      await rig.host.runTimerTrigger('sweep');
      await rig.runUntil(() => !rig.host.instances().some(isBusySync));
    }

    const told = rig.logged
      .slice(before)
      .filter(({ message }) => message.includes('"connection-') && message.includes(id));
    expect(told).toEqual([]);
  });

  it('is taken back by its request, as adopted: a disconnect then leaves all of it, tag for tag', async () => {
    await release();
    const handedOver = content();

    const { status } = await rig.connect({ ...sampleRequest, adopt: 'matching' });
    const plan = await drift(rig, id);
    await rig.call('DELETE', `/api/connections/${id}`);
    await rig.finish(id);

    expect(status).toBe('connected');
    expect(plan.rows.every(({ action }) => action === 'keep')).toBe(true);
    expect(content()).toEqual(handedOver);
  });

  nightly('is not taken over by a request that adopts nothing', async () => {
    await release();

    const { status } = await rig.connect({ ...sampleRequest, adopt: 'never' });

    expect(status).toBe('failed');
  });
});

nightly('what another connection needs keeps its marks', async () => {
  const second = {
    ...sampleRequest,
    privateEndpoint: { name: 'pe-second' },
    clusters: [sample.clusterIds[0]],
  };
  rig.sandbox.zilliz.control.addCluster({ projectId: sample.projectId, regionId: sample.regionId });
  await rig.call('DELETE', `/api/connections/${id}/clusters/${sample.clusterIds[0]}`);
  await sweep();
  expect((await rig.connect(second)).status).toBe('connected');

  const { status, body } = await release();

  expect(status).toBe(200);
  const kept = (body as { kept: readonly { resource: string }[] }).kept.map(({ resource }) => resource);
  expect(kept.toSorted()).toEqual(['private DNS zone', 'virtual network link']);
});

describe('a hand-over is refused', () => {
  it('while a run goes on', async () => {
    await rig.call('POST', `/api/connections/${id}/reconcile`);

    expect(await release()).toMatchObject({
      status: 409,
      body: { type: expect.stringMatching(/\/different-request-running$/) as string },
    });
    await rig.finish(id);
  });

  it('when more than marks would change, before anything is written', async () => {
    const [first] = sample.clusterIds;
    const { metadata } = Object.values(rig.sandbox.azure.control.snapshot().dns.recordSets).find(
      ({ name }) => name === `${first}-privatelink`,
    ) ?? { metadata: {} };
    const addresses = ['10.20.1.4', '10.20.1.5'];
    rig.sandbox.azure.control.setRecord({
      ...{ zoneId, name: `${first}-privatelink`, addresses, ttl: 600, metadata: metadata ?? {} },
    });
    rig.sandbox.traffic.clear();

    const answer = await release();

    expect(answer).toMatchObject({
      status: 409,
      body: { type: expect.stringMatching(/\/release-refused$/) as string },
    });
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});
