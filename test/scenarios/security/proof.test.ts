import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { wantedTags } from '../../../src/domain/connection/endpointTags.ts';
import { specTags } from '../../../src/domain/connection/marks.ts';
import { disconnect, footprint, nothing, userAtConsoles, zoneId } from '../lifecycle/support.ts';
import type { Ended } from '../lifecycle/support.ts';
import { connected, recordNames, recordsOf, syncEnds } from '../sync/support.ts';
import { nightly } from '../../support/inGate.ts';

const network = 'providers/Microsoft.Network';
const keySecret = 'zilliz-api-key';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

async function sweep() {
  rig.sandbox.traffic.clear();
  await rig.host.runTimerTrigger('sweep');
  return syncEnds(rig);
}

test('an endpoint to an own service that carries computed tags of ours gets no record', async () => {
  const { control } = rig.sandbox.azure;
  const id = `${sample.resourceGroupId}/${network}/privateEndpoints/pe-own`;
  const claimed = connectionFrom(
    connectionRequestSchema.parse({ ...sampleRequest, privateEndpoint: { name: 'pe-own' } }),
  );
  const privateLinkServiceId = 'own.0b1f6471-1bf0-4dda-aec3-111122223333.eastus.azure.privatelinkservice';
  control.addPrivateLinkService({ alias: privateLinkServiceId });
  control.addZone({ id: zoneId });
  control.addLink({ id: `${zoneId}/virtualNetworkLinks/l`, virtualNetworkId: sample.virtualNetworkId });
  const byHand = userAtConsoles(rig);
  await byHand.authorizeSubscription();
  const toOwnService = {
    manualPrivateLinkServiceConnections: [{ name: 'pe-own', properties: { privateLinkServiceId } }],
  };
  await byHand.putEndpoint(id, wantedTags(claimed, null), toOwnService);
  control.setConnection(id, 'Approved');

  const { connections } = await sweep();

  expect(connections).toMatchObject([
    { connectionId: claimed.id, hold: expect.stringContaining('endpoint-changed') as string },
  ]);
  expect(recordsOf(rig)).toEqual([]);
  expect(rig.sandbox.traffic.writes()).toEqual([]);
});

describe('DELETE while Zilliz cannot be asked removes DNS, and keeps endpoint and registration', () => {
  let id: string;

  beforeEach(async () => {
    id = await connected(rig);
  });

  function expectDegraded(ended: Ended): void {
    const { endpoints, registrations, ...dns } = footprint(rig);
    expect(ended.status).toBe('degraded');
    expect(ended.problem).toMatchObject({
      type: expect.stringMatching(/removal-without-zilliz$/) as string,
      remedy: expect.stringContaining('DELETE the connection again') as string,
    });
    expect(dns).toEqual({ zones: {}, links: {}, records: {}, entries: {} });
    expect(Object.keys(endpoints)).toHaveLength(1);
    expect(registrations).toHaveLength(1);
  }

  it('if the key is refused; with a good key, DELETE again removes them', async () => {
    rig.sandbox.zilliz.control.revokeKey(sample.apiKey);

    expectDegraded(await disconnect(rig, id));

    rig.sandbox.keyVault.control.setSecret(keySecret, rig.sandbox.zilliz.control.addKey());
    const { status } = await disconnect(rig, id);
    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });

  nightly('if it is down for longer than the run waits for it', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    rig.sandbox.faults.order({ call: 'zilliz.listPrivateEndpoints', fault, times: 'always' });
    const from = rig.clock.now();

    const ended = await disconnect(rig, id);

    expectDegraded(ended);
    expect(rig.clock.now() - from).toBeGreaterThan(50 * 60_000);
  });

  it('until it is back: the same run goes on and removes them', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    rig.sandbox.faults.order({ call: 'zilliz.listPrivateEndpoints', fault, times: 6 });

    const { status } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });
});

describe('when a user rewrites the specification in the tags of a genuine endpoint', () => {
  const hub = sample.resourceGroupId.replace('rg-app', 'rg-hub');
  const hubNetwork = `${hub}/${network}/virtualNetworks/vnet-hub`;
  const hubZone = zoneId.replace('rg-app', 'rg-hub');

  beforeEach(() => {
    const { control } = rig.sandbox.azure;
    control.addResourceGroup({ id: hub });
    control.addVirtualNetwork({ id: hubNetwork, addressPrefixes: ['10.40.0.0/16'], subnets: [] });
    const { virtualNetworkId } = sample;
    // Azure would let the app write there.
    deployRoles(control, { virtualNetworkId }, { virtualNetworkId: hubNetwork, zoneResourceGroupId: hub });
  });

  /** Rewrites it, adds a cluster and sweeps; returns the faults of the connection. */
  async function rewrittenTo(request: object, dns: object): Promise<readonly string[]> {
    await connected(rig, request);
    const { control } = rig.sandbox.azure;
    const [endpoint] = Object.values(control.snapshot().network.privateEndpoints);
    if (!endpoint) throw new Error('There is no endpoint.');
    const { spec } = connectionFrom(connectionRequestSchema.parse({ ...request, dns }));
    control.setTags(endpoint.id, { ...endpoint.tags, ...specTags(spec) });
    rig.sandbox.zilliz.control.addCluster(sampleRequest);
    rig.clock.advanceTo(rig.clock.now() + 10 * 60_000);
    const { connections } = await sweep();
    return connections[0]?.faults ?? [];
  }

  it('sync writes no record into a zone of the region that another network uses', async () => {
    const { control } = rig.sandbox.azure;
    control.addZone({ id: hubZone });
    control.addLink({ id: `${hubZone}/virtualNetworkLinks/hub`, virtualNetworkId: hubNetwork });

    const faults = await rewrittenTo(sampleRequest, {
      ...{ zoneResourceGroupId: hub, linkedNetworks: [hubNetwork] },
    });

    expect(faults.join()).toContain('request-needed');
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    ['group', { layout: 'per-cluster', zoneResourceGroupId: hub }],
    ['network', { layout: 'per-cluster', linkedNetworks: [sample.virtualNetworkId, hubNetwork] }],
  ])('sync creates no zone and no link for a %s that no request named', async (_, dns) => {
    const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };

    const faults = await rewrittenTo(request, dns);

    expect(faults.join()).toContain('request-needed');
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  nightly('sync creates no zones of single clusters for a connection with a regional zone', async () => {
    const faults = await rewrittenTo(sampleRequest, { layout: 'per-cluster' });

    expect(faults.join()).toContain('request-needed');
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

test('a registration that a user removes stops sync', async () => {
  const id = await connected(rig);
  const [registered = ''] = footprint(rig).registrations;
  rig.sandbox.zilliz.control.forgetEndpoint(registered, { silently: true });
  const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);

  const { connections } = await sweep();

  expect(connections).toMatchObject([
    { connectionId: id, hold: expect.stringContaining('endpoint-not-registered') as string },
  ]);
  expect(recordNames(rig)).not.toContain(`${clusterId}-privatelink`);
  expect(rig.sandbox.traffic.writes()).toEqual([]);
});
