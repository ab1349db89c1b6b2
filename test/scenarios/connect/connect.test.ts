import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ host: { replayTwice: true } });
});

afterEach(() => rig.stop());

describe('one request', () => {
  it('ends with names that lead to the private endpoint, and a service that responds there', async () => {
    const view = await rig.connect();

    expect(view.status).toBe('connected');
    expect(view.result?.clusters).toEqual(
      sample.clusterIds.map((clusterId): unknown =>
        expect.objectContaining({
          clusterId,
          state: 'connected',
          uri: `https://${clusterId}-privatelink.az-eastus.vectordb.zillizcloud.com:19530`,
          verification: { outcome: 'verified', detail: expect.stringContaining('HTTP 400') as string },
        }),
      ),
    );
    expect(view.phases.map(({ state }) => state)).toEqual(Array(8).fill('done'));
  });

  it('makes each thing once', async () => {
    await rig.connect();

    const writes = rig.sandbox.traffic.writes().map(({ operation }) => operation);
    expect(writes.toSorted()).toEqual([
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
    ]);
  });

  it('writes nothing when everything is there already', async () => {
    await rig.connect();
    rig.sandbox.traffic.clear();

    const view = await rig.connect(sampleRequest);

    expect(view.status).toBe('connected');
    expect(view.result?.writes).toEqual({});
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});
