import { runSize } from '../../../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { MOST_EVENTS } from '../../support/runBounds.ts';
import {
  SYNC_ID,
  clusterEvent,
  connected,
  deliver,
  pass,
  recordName,
  recordNames,
  syncEnds,
} from './support.ts';

// They wait for the limit of private DNS reads, in real time.

const { projectId, regionId } = sample;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

it('ten new clusters at once, each with a zone of its own, come through in a bounded history', async () => {
  await connected(rig, { ...sampleRequest, dns: { layout: 'per-cluster' } });
  const { control } = rig.sandbox.zilliz;
  const ids = Array.from({ length: 10 }, () => control.addCluster({ projectId, regionId }));
  await pass(rig, 1);

  await deliver(
    rig,
    ids.map((id) => clusterEvent(id)),
  );
  await syncEnds(rig);

  const { zones, links } = rig.sandbox.azure.control.snapshot().dns;
  const zoneOfEachLink = Object.values(links).map(({ zone }) => zone);
  expect(zoneOfEachLink.toSorted()).toEqual(Object.keys(zones).toSorted());
  expect(zoneOfEachLink).toHaveLength(12);
  expect(recordNames(rig)).toHaveLength(12);
  expect(runSize(rig.journal, SYNC_ID).historyEvents).toBeLessThanOrEqual(MOST_EVENTS);
});

it('PUT and DELETE of many clusters keep a specification of many parts whole, also when it grows shorter', async () => {
  const many = Array.from({ length: 12 }, (_, index) => `in01-${String(index).padStart(15, '0')}`);
  for (const clusterId of many) rig.sandbox.zilliz.control.addCluster({ clusterId, projectId, regionId });
  const id = await connected(rig);
  const ask = async (method: 'PUT' | 'DELETE'): Promise<void> => {
    for (const clusterId of many) {
      const path = `/api/connections/${id}/clusters/${clusterId}`;
      expect((await rig.call(method, path)).status).toBe(202);
    }
    await syncEnds(rig);
  };

  await ask('DELETE');
  expect(recordNames(rig)).toEqual(sample.clusterIds.map(recordName));

  await ask('PUT');
  expect(recordNames(rig)).toHaveLength(14);
  const [endpoint] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  const parts = Object.keys(endpoint?.tags ?? {}).filter((name) => /^zpl-spec-\d+$/.test(name));
  expect(parts).toHaveLength(Number(endpoint?.tags['zpl-spec-count']));
});
