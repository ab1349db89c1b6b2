import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { zoneName } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { recordsOf } from '../sync/support.ts';
import { inGate } from '../../support/inGate.ts';

const { projectId, regionId, clusterIds } = sample;
const [first, second] = clusterIds;
const good = `https://${second}-privatelink.${zoneName}:19530`;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.stop());

/** Zilliz lists the two clusters with these addresses from the beginning. */
function list(
  addresses: readonly [string, string],
  publicAddress = `https://${first}.${zoneName}:19530`,
): void {
  const clusters = [first, second].map((clusterId, index) => ({
    ...{ clusterId, clusterName: clusterId, projectId, regionId, plan: 'Enterprise', status: 'RUNNING' },
    ...{ deploymentOption: 'Dedicated', privateLinkAddress: addresses[index] },
    connectAddress: index === 0 ? publicAddress : `https://${second}.${zoneName}:19530`,
  }));
  const body = { code: 0, data: { count: 2, currentPage: 1, pageSize: 100, clusters } };
  const fault = { kind: 'status', status: 200, body } as const;
  rig.sandbox.faults.order({ call: 'zilliz.listClusters', fault, times: 'always' });
}

const zoneNames = (): readonly string[] =>
  Object.values(rig.sandbox.azure.control.snapshot().dns.zones).map(({ id }) => id.split('/').at(-1) ?? '');

describe.each(inGate(['regional', 'per-cluster'] as const, 'regional'))('in the %s layout', (layout) => {
  const request = { ...sampleRequest, dns: { layout } };

  const addresses = [
    'https://login.microsoftonline.com:443',
    'https://a.az-westeurope.vectordb.zillizcloud.com:19530',
    `https://${zoneName}:19530`,
    `https://a.${zoneName}.localhost:19530`,
    'https://vault.azure.net',
  ];

  it.each(
    inGate(addresses, 'https://login.microsoftonline.com:443', `https://a.${zoneName}.localhost:19530`),
  )('a cluster whose private address is %s gets nothing, and the others go on', async (address) => {
    list([address, good]);

    const view = await rig.connect(request);

    expect(view.result?.outcome).toBe('degraded');
    expect(view.result?.clusters).toMatchObject([
      { clusterId: first, state: 'failed', host: null, uri: null, recordSetId: null },
      { clusterId: second, state: 'connected', verification: { outcome: 'verified' } },
    ]);
    expect(view.result?.clusters[0]?.reason).toContain(`${address} is not in ${zoneName}`);
    expect(zoneNames()).toEqual([layout === 'regional' ? zoneName : `${second}-privatelink.${zoneName}`]);
    expect(recordsOf(rig)).toHaveLength(1);
  });

  it('the plan says of such a cluster that a person must look, and refuses a request with no other cluster', async () => {
    list(['https://login.microsoftonline.com:443', good]);

    const both = (await rig.call('POST', '/api/connections/plan', JSON.stringify(request))).body as PlanBody;
    const alone = await rig.call(
      'POST',
      '/api/connections/plan',
      JSON.stringify({ ...request, clusters: [first] }),
    );

    expect(both.problems).toEqual([]);
    expect(both.rows).toContainEqual(
      expect.objectContaining({
        id: first,
        action: 'manual',
        reason: expect.stringMatching(/^host-does-not-fit/) as string,
      }),
    );
    expect(alone.body).toMatchObject({ problems: [{ pointer: '/clusters/0', code: 'host-does-not-fit' }] });
  });
});

it('the public address of a cluster is called only where it is one of the region', async () => {
  list([`https://${first}-privatelink.${zoneName}:19530`, good], 'https://localhost:22');

  const view = await rig.connect();

  expect(view.result?.clusters).toMatchObject([
    { clusterId: first, state: 'connected', publicAccess: null },
    { clusterId: second, state: 'connected', publicAccess: expect.any(String) as string },
  ]);
});
