import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { clusterEvent, connected, deliver, pass, recordNames, recordsOf, syncEnds } from './support.ts';
import { nightly } from '../../support/inGate.ts';

const { projectId, regionId } = sample;
const [catalogue, search] = sample.clusterIds;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

function hostOf(clusterId: string): string {
  return `${clusterId}-privatelink.${regionId}.vectordb.zillizcloud.com`;
}

/** Zones by name, each with the number of its links. */
function zones(): Readonly<Record<string, number>> {
  const { zones: all, links } = rig.sandbox.azure.control.snapshot().dns;
  return Object.fromEntries(
    Object.entries(all).map(([key, { name }]) => [
      name,
      Object.values(links).filter(({ zone }) => zone === key).length,
    ]),
  );
}

async function sweep(): ReturnType<typeof syncEnds> {
  await rig.host.runTimerTrigger('sweep');
  return syncEnds(rig);
}

describe('with a zone for each cluster', () => {
  const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };

  it('a new cluster gets zone, record and link', async () => {
    await connected(rig, request);
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);

    await deliver(rig, [clusterEvent(clusterId)]);
    await syncEnds(rig);

    expect(zones()).toEqual(Object.fromEntries([catalogue, search, clusterId].map((id) => [hostOf(id), 1])));
    expect(recordsOf(rig).find(({ zone }) => zone === hostOf(clusterId))).toMatchObject({ name: '@' });
  });

  it('a deleted cluster loses all three after the delay', async () => {
    await connected(rig, request);
    rig.sandbox.zilliz.control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    expect(zones()).toHaveProperty([hostOf(catalogue)]);
    await pass(rig, 25 * 60);

    await sweep();

    expect(zones()).toEqual({ [hostOf(search)]: 1 });
  });

  nightly('a zone that another connection also uses stays when its record goes', async () => {
    await connected(rig, request);
    const [zoneKey = ''] = Object.entries(rig.sandbox.azure.control.snapshot().dns.zones).flatMap(
      ([, { id, name }]) => (name === hostOf(catalogue) ? id : []),
    );
    rig.sandbox.azure.control.setRecord({ zoneId: zoneKey, name: 'theirs', addresses: ['10.9.9.9'] });
    rig.sandbox.zilliz.control.deleteCluster(catalogue);
    await pass(rig, 5);
    await sweep();
    await pass(rig, 25 * 60);

    await sweep();

    expect(zones()).toHaveProperty([hostOf(catalogue)]);
    expect(recordNames(rig)).toEqual(['@', 'theirs']);
  });

  it('a cluster whose link was lost gets it back, since it hides no name but its own', async () => {
    await connected(rig, request);
    const { links } = rig.sandbox.azure.control.snapshot().dns;
    for (const { id } of Object.values(links)) rig.sandbox.azure.control.remove(id);

    await sweep();

    expect(zones()).toEqual({ [hostOf(catalogue)]: 1, [hostOf(search)]: 1 });
  });

  it('clusters that Azure refuses are reported, hold up no other, and the run ends', async () => {
    await connected(rig, request);
    const ids = Array.from({ length: 12 }, () =>
      rig.sandbox.zilliz.control.addCluster({ projectId, regionId }),
    );
    await pass(rig, 1);
    const body = { error: { code: 'RequestDisallowedByPolicy', message: 'not allowed by policy' } };
    for (const id of ids.slice(0, 11)) {
      const fault = { kind: 'status', status: 403, body } as const;
      rig.sandbox.faults.order({ call: 'recordSets.put', path: id, fault, times: 'always' });
    }

    const result = await sweep();

    expect(recordNames(rig)).toHaveLength(3);
    expect(result.connections[0]).toMatchObject({ faults: { length: 3 }, omitted: 8 });
    expect(result.rounds).toBeLessThan(6);
  });
});

describe('with the regional zone', () => {
  it('a connection without any cluster gets its first one later', async () => {
    for (const clusterId of sample.clusterIds) rig.sandbox.zilliz.control.deleteCluster(clusterId);
    await pass(rig, 5);
    await connected(rig);
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);

    await deliver(rig, [clusterEvent(clusterId)]);
    await syncEnds(rig);

    expect(recordNames(rig)).toEqual([`${clusterId}-privatelink`]);
    expect(zones()).toEqual({ 'az-eastus.vectordb.zillizcloud.com': 1 });
  });

  nightly(
    'a link that a user deleted stays deleted: linking hides names, so a user must request it',
    async () => {
      await connected(rig);
      const { links } = rig.sandbox.azure.control.snapshot().dns;
      const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
      await pass(rig, 1);
      for (const { id } of Object.values(links)) rig.sandbox.azure.control.remove(id);

      await deliver(rig, [clusterEvent(clusterId)]);
      const result = await syncEnds(rig);

      expect(zones()).toEqual({ 'az-eastus.vectordb.zillizcloud.com': 0 });
      expect(recordNames(rig)).toHaveLength(3);
      expect(result.connections).toMatchObject([
        { drift: { rows: 1, shown: [expect.stringContaining('create virtual network link') as string] } },
      ]);
    },
  );

  it('a record of another owner is left alone and reported', async () => {
    await connected(rig);
    const clusterId = rig.sandbox.zilliz.control.addCluster({ projectId, regionId });
    await pass(rig, 1);
    const [zone] = Object.values(rig.sandbox.azure.control.snapshot().dns.zones);
    const theirs = { zoneId: zone?.id ?? '', name: `${clusterId}-privatelink`, addresses: ['10.9.9.9'] };
    rig.sandbox.azure.control.setRecord(theirs);
    rig.sandbox.traffic.clear();

    const result = await sweep();

    expect(rig.sandbox.traffic.writes()).toEqual([]);
    expect(result.connections[0]?.faults).toEqual([expect.stringContaining(clusterId)]);
  });

  it('a record that a user changed is put right', async () => {
    await connected(rig);
    const ours = recordsOf(rig).find(({ name }) => name.startsWith(catalogue));
    const [zone] = Object.values(rig.sandbox.azure.control.snapshot().dns.zones);
    rig.sandbox.azure.control.setRecord({
      zoneId: zone?.id ?? '',
      name: ours?.name ?? '',
      addresses: ['10.9.9.9'],
      metadata: ours?.metadata ?? {},
    });

    const result = await sweep();

    expect(recordsOf(rig).map(({ addresses }) => addresses)).toEqual([['10.20.1.4'], ['10.20.1.4']]);
    expect(result.writes).toEqual({ record: 1 });
  });
});

describe('with DNS managed by another owner', () => {
  nightly('nothing is written', async () => {
    await rig.connect({ ...sampleRequest, dns: { manage: false } });
    rig.sandbox.traffic.clear();

    const result = await sweep();

    expect(rig.sandbox.traffic.writes()).toEqual([]);
    expect(result.connections).toMatchObject([{ hold: expect.stringContaining('dns.manage') as string }]);
  });
});
