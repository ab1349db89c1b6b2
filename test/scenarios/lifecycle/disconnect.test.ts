import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect, footprint, nothing, writes, zoneId, zoneName } from './support.ts';
import { nightly } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ host: { replayTwice: true } });
});

afterEach(() => rig.stop());

const group = sample.resourceGroupId;
const secondNetwork = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-second`;

/** A connection of the same project and region from another network: it shares the zone. */
async function connectSecond(): Promise<string> {
  rig.sandbox.azure.control.addVirtualNetwork({
    id: secondNetwork,
    addressPrefixes: ['10.30.0.0/16'],
    subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
  });
  deployRoles(
    rig.sandbox.azure.control,
    { virtualNetworkId: sample.virtualNetworkId },
    { virtualNetworkId: secondNetwork },
  );
  // The proof runs in the first network.
  rig.sandbox.azure.control.changeVirtualNetwork(sample.virtualNetworkId, { peerings: [secondNetwork] });
  const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
  const { id, status } = await rig.connect({
    ...sampleRequest,
    subnetId: `${secondNetwork}/subnets/snet`,
    clusters: [clusterId],
    dns: { autoRegistration: false },
  });
  expect(status).toBe('connected');
  return id;
}

describe('disconnect', () => {
  it('leaves nothing of a connection on either side, in the reverse order of connect', async () => {
    const { id } = await rig.connect();
    rig.sandbox.traffic.clear();

    const { status, removal } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
    expect(rig.sandbox.traffic.writes().map(({ operation }) => operation)).toEqual([
      'virtualNetworkLinks.delete',
      'recordSets.delete',
      'recordSets.delete',
      'recordSets.delete',
      'privateDnsZones.delete',
      'zilliz.deletePrivateEndpoint',
      'privateEndpoints.delete',
    ]);
    expect(removal?.kept).toEqual([]);
  });

  it('says that the whitelist entry stays, and since when', async () => {
    const { id } = await rig.connect();

    const { removal } = await disconnect(rig, id);

    expect(removal?.manualSteps.join()).toMatch(`${sample.subscriptionId} stays on the whitelist`);
  });

  it('makes no write when it is asked a second time', async () => {
    const { id } = await rig.connect();
    await disconnect(rig, id);
    rig.sandbox.traffic.clear();

    const answer = await rig.call('DELETE', `/api/connections/${id}`);

    expect(answer).toMatchObject({ status: 200, body: { status: 'disconnected' } });
    expect(writes(rig)).toEqual({});
  });

  it('is a 404 for what neither Azure nor the task hub knows', async () => {
    const { status } = await rig.call('DELETE', '/api/connections/az-eastus-0123456789ab');

    expect(status).toBe(404);
  });

  it('refuses while connect runs, and works after a cancel', async () => {
    const { body } = await rig.call('POST', '/api/connections', sampleRequest);
    const { id } = body as { id: string };
    await rig.host.runUntil(() => rig.sandbox.traffic.of('privateEndpoints.put').length > 0);

    const refused = await rig.call('DELETE', `/api/connections/${id}`);
    await rig.call('POST', `/api/connections/${id}/cancel`);
    await rig.finish(id);
    const { status } = await disconnect(rig, id);

    expect(refused.status).toBe(409);
    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });
});

describe('what others use stays', () => {
  it('a shared zone and the records in it, when another connection lives there', async () => {
    const first = await rig.connect({ ...sampleRequest, clusters: [...sample.clusterIds] });
    await connectSecond();

    const { removal } = await disconnect(rig, first.id);
    const left = footprint(rig);

    expect(Object.keys(left.zones)).toEqual([zoneId.toLowerCase()]);
    expect(Object.values(left.links)).toMatchObject([{ virtualNetworkId: secondNetwork }]);
    expect(Object.keys(left.records)).toHaveLength(1);
    expect(Object.keys(left.endpoints)).toHaveLength(1);
    expect(left.registrations).toHaveLength(1);
    expect(removal?.kept.map(({ resource, reason }) => `${resource}: ${reason}`)).toEqual([
      expect.stringMatching(/^virtual network link: the connection az-eastus-\w+ needs it$/),
      expect.stringMatching(/^private DNS zone: the connection az-eastus-\w+ uses it$/),
    ]);
  });

  nightly('a link that another connection needs, until that one goes too', async () => {
    const first = await rig.connect({ ...sampleRequest, clusters: [...sample.clusterIds] });
    const { control } = rig.sandbox.zilliz;
    const clusterId = control.addCluster(sampleRequest);
    const second = await rig.connect({
      ...sampleRequest,
      privateEndpoint: { name: 'pe-second' },
      clusters: [clusterId],
    });

    const { removal } = await disconnect(rig, first.id);

    expect(Object.keys(footprint(rig).links)).toHaveLength(1);
    expect(removal?.kept).toContainEqual(
      expect.objectContaining({
        resource: 'virtual network link',
        reason: `the connection ${second.id} needs it`,
      }),
    );
    await disconnect(rig, second.id);
    expect(footprint(rig)).toEqual(nothing);
  });

  it('a record that a user created by hand, and its zone', async () => {
    const { id } = await rig.connect();
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'by-hand', addresses: ['10.9.9.9'] });

    const { status, removal } = await disconnect(rig, id);
    const left = footprint(rig);

    expect(status).toBe('disconnected');
    expect(Object.keys(left.records)).toEqual([`${zoneId}/a/by-hand`.toLowerCase()]);
    expect(Object.keys(left.zones)).toHaveLength(1);
    expect(left.links).toEqual({});
    expect(removal?.kept).toEqual([
      { resource: 'private DNS zone', id: zoneId, reason: '1 record sets of another owner are in it' },
    ]);
  });

  it('the private address, while a record of another owner points to it', async () => {
    const { id, result } = await rig.connect();
    const address = result?.privateEndpoint.address ?? '';
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'by-hand', addresses: [address] });

    const { status, removal, problem } = await disconnect(rig, id);
    const left = footprint(rig);

    expect(status).toBe('degraded');
    expect(problem?.type).toMatch(/endpoint-kept$/);
    expect(removal?.outcome).toBe('kept');
    expect(Object.keys(left.endpoints)).toHaveLength(1);
    expect(left.registrations).toHaveLength(1);
    expect(Object.keys(left.links)).toHaveLength(1);
    expect(removal?.kept).toContainEqual(
      expect.objectContaining({
        resource: 'private endpoint',
        reason: 'records of another owner point to its address: by-hand',
      }),
    );
  });

  it('a zone that another owner created, without our link and records', async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId, tags: { owner: 'network team' } });
    const { id } = await rig.connect();

    const { removal } = await disconnect(rig, id);

    expect(footprint(rig)).toEqual({
      ...nothing,
      zones: { [zoneId.toLowerCase()]: { tags: { owner: 'network team' } } },
    });
    expect(removal?.kept).toEqual([
      { resource: 'private DNS zone', id: zoneId, reason: 'the zone has another owner' },
    ]);
  });

  nightly('names that machines registered are no reason to keep a zone', async () => {
    const { id } = await rig.connect();
    rig.sandbox.azure.control.registerMachine(zoneId, 'vm-1', '10.20.0.4');

    await disconnect(rig, id);

    expect(footprint(rig).zones).toEqual({});
  });
});

describe('a disconnect that meets trouble', () => {
  it('stops at a lock, says so, and goes on when asked again', async () => {
    const { id } = await rig.connect();
    rig.sandbox.azure.control.lock({ scope: zoneId, name: 'keep', level: 'CanNotDelete' });

    const stopped = await disconnect(rig, id);
    rig.sandbox.azure.control.unlock(zoneId, 'keep');
    const { status } = await disconnect(rig, id);

    expect(stopped).toMatchObject({
      status: 'failed',
      problem: { type: expect.stringMatching(/azure-locked$/) as string },
    });
    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });

  nightly('is safe when half of it is gone already', async () => {
    const { id, result } = await rig.connect();
    const { azure, zilliz } = rig.sandbox;
    azure.control.remove(`${zoneId}/A/${sample.clusterIds[0]}-privatelink`);
    zilliz.control.forgetEndpoint(result?.privateEndpoint.endpointId ?? '');

    const { status } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
  });

  it('finds what is left when a user deleted the private endpoint', async () => {
    const { id, result } = await rig.connect();
    const endpoint = Object.keys(footprint(rig).endpoints)[0] ?? '';
    rig.sandbox.azure.control.remove(endpoint);

    const { status } = await disconnect(rig, id);

    expect(result?.privateEndpoint.endpointId).toBeDefined();
    expect(status).toBe('disconnected');
    expect(footprint(rig)).toEqual(nothing);
    expect(zoneName).toBeDefined();
  });
});
