import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { newSharedTags } from '../../../src/domain/connection/marks.ts';
import { changes, disconnect, drift, footprint, nothing, zoneId, zoneName } from '../lifecycle/support.ts';
import type { Footprint } from '../lifecycle/support.ts';
import { nightly } from '../../support/inGate.ts';

const group = sample.resourceGroupId;
const hiddenGroup = group.replace('rg-app', 'rg-hidden');
const otherNetwork = `${hiddenGroup}/providers/Microsoft.Network/virtualNetworks/vnet-other`;
const zones = `${group}/providers/Microsoft.Network/privateDnsZones`;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const { control } = rig.sandbox.azure;
  control.addResourceGroup({ id: hiddenGroup });
  control.addVirtualNetwork({
    id: otherNetwork,
    addressPrefixes: ['10.30.0.0/16'],
    subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
  });
  deployRoles(
    control,
    { virtualNetworkId: sample.virtualNetworkId },
    { virtualNetworkId: otherNetwork, zoneResourceGroupId: group },
  );
});

afterEach(() => rig.stop());

/** Another connection, without a cluster yet, whose private endpoint the identity may no longer read: its zone is all that shows. */
async function hiddenConnection(request: {
  readonly regionId?: string;
  readonly projectId?: string;
}): Promise<void> {
  const { status } = await rig.connect({
    ...sampleRequest,
    subnetId: `${otherNetwork}/subnets/snet`,
    ...request,
    dns: { zoneResourceGroupId: group, autoRegistration: false },
  });
  expect(status).toBe('connected');
  rig.sandbox.azure.control.deny({
    scope: hiddenGroup,
    actions: ['Microsoft.Network/privateEndpoints/read'],
  });
}

/** A zone of this app without a record yet, as another connection creates it while it waits. */
function emptyZone(name: string): void {
  rig.sandbox.azure.control.addZone({ id: `${zones}/${name}`, tags: newSharedTags(0) });
}

function otherProject(): string {
  const { control } = rig.sandbox.zilliz;
  const projectId = control.addProject({ name: 'Other' });
  rig.sandbox.keyVault.control.setSecret(`zilliz-api-key-${projectId}`, control.addKey());
  return projectId;
}

function dnsOf({ zones: all, links, records, entries }: Footprint): object {
  return { zones: all, links, records, entries };
}

describe('DELETE of one connection leaves what another made, whose private endpoint cannot be read and which has no cluster', () => {
  it('in another region: its zone in the same group, and its link', async () => {
    await hiddenConnection({ regionId: 'az-centralus' });
    const theirs = dnsOf(footprint(rig));
    const { id } = await rig.connect();

    const { status, removal } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(removal?.kept).toEqual([]);
    expect(Object.keys(footprint(rig).links)).toHaveLength(1);
    expect(dnsOf(footprint(rig))).toEqual(theirs);
  });

  nightly('in the same zone: its link to a network of its own, and the zone, and says so', async () => {
    await hiddenConnection({ projectId: otherProject() });
    const theirs = dnsOf(footprint(rig));
    const { id } = await rig.connect();

    const { status, removal } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(dnsOf(footprint(rig))).toEqual(theirs);
    expect(removal?.kept.map(({ resource, reason }) => `${resource}: ${reason}`)).toEqual([
      expect.stringMatching(/^virtual network link: the connection az-eastus-.{12} needs it; .* HTTP 403/),
      expect.stringMatching(/^private DNS zone: the connection az-eastus-.{12} uses it; .* HTTP 403/),
    ]);
  });

  it('in the other layout: the zone of a single cluster', async () => {
    const { id } = await rig.connect();
    emptyZone(`in01-0f0f0f0f0f0f0f0-privatelink.${zoneName}`);

    await disconnect(rig, id);

    expect(Object.keys(footprint(rig).zones)).toEqual([
      `${zones}/in01-0f0f0f0f0f0f0f0-privatelink.${zoneName}`.toLowerCase(),
    ]);
  });

  nightly('in the same layout: the zone of a cluster of another project', async () => {
    const { id } = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });
    emptyZone(`in01-0f0f0f0f0f0f0f0-privatelink.${zoneName}`);

    await disconnect(rig, id);

    expect(Object.keys(footprint(rig).zones)).toEqual([
      `${zones}/in01-0f0f0f0f0f0f0f0-privatelink.${zoneName}`.toLowerCase(),
    ]);
  });
});

describe('a tear-down removes what is its own', () => {
  nightly('also the zone of a single cluster that has no record yet', async () => {
    const { id } = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    emptyZone(`${clusterId}-privatelink.${zoneName}`);

    await disconnect(rig, id);

    expect(footprint(rig)).toEqual(nothing);
  });

  it('but no record in a zone of another region, for any metadata', async () => {
    const { id } = await rig.connect();
    const zone = `${zones}/az-centralus.vectordb.zillizcloud.com`;
    const metadata = { 'zpl-connection': id };
    emptyZone('az-centralus.vectordb.zillizcloud.com');
    rig.sandbox.azure.control.setRecord({ zoneId: zone, name: 'by-hand', addresses: ['10.9.9.9'], metadata });

    const { removal } = await disconnect(rig, id);

    const reason = 'az-centralus.vectordb.zillizcloud.com is no zone of az-eastus';
    expect(Object.keys(footprint(rig).records)).toEqual([`${zone}/a/by-hand`.toLowerCase()]);
    expect(removal?.kept).toEqual([
      { resource: 'A record set', id: `${zone}/A/by-hand`, reason },
      { resource: 'private DNS zone', id: zone, reason },
    ]);
  });
});

nightly('undo leaves a zone of another region that a user created during the run', async () => {
  rig.sandbox.faults.order({
    call: 'virtualNetworkLinks.put',
    fault: { kind: 'status', status: 409, body: { error: { code: 'ScopeLocked', message: 'Locked.' } } },
    times: 'always',
  });
  const id = await rig.post({ ...sampleRequest, onFailure: 'undo' });
  await rig.host.runUntil(() => rig.sandbox.traffic.of('privateEndpoints.put').length > 0);
  emptyZone('az-centralus.vectordb.zillizcloud.com');

  const { status } = await rig.finish(id);

  expect(status).toBe('failed');
  expect({ ...footprint(rig), zones: {} }).toEqual(nothing);
  expect(Object.keys(footprint(rig).zones)).toEqual([
    `${zones}/az-centralus.vectordb.zillizcloud.com`.toLowerCase(),
  ]);
});

/** A link of ours in a zone, as another connection makes it. */
function linkOther(ofZone: string): string {
  const id = `${ofZone}/virtualNetworkLinks/link-other`;
  rig.sandbox.azure.control.addLink({ id, virtualNetworkId: otherNetwork, tags: newSharedTags(0) });
  return id.toLowerCase();
}

test('reconcile takes no link for left over whose network the connection has never named', async () => {
  const { id } = await rig.connect();
  const theirs = linkOther(zoneId);

  const plan = await drift(rig, id);
  const { status } = await rig.connect();

  expect(changes(plan)).toEqual([]);
  expect(status).toBe('connected');
  expect(Object.keys(footprint(rig).links)).toContain(theirs);
});

test('another layout takes the connection’s own links out of the old zone, and no other', async () => {
  await rig.connect();
  const theirs = linkOther(zoneId);

  const { status } = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });
  const inOldZone = Object.keys(footprint(rig).links).filter((link) =>
    link.startsWith(`${zoneId}/`.toLowerCase()),
  );

  expect(status).toBe('connected');
  expect(inOldZone).toEqual([theirs]);
});

test('the zone of a cluster that was taken out stays with the link that another connection made in it', async () => {
  const { id } = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });
  const [clusterId] = sample.clusterIds;
  const clusterZone = `${zones}/${clusterId}-privatelink.${zoneName}`;
  const theirs = linkOther(clusterZone);

  await rig.call('DELETE', `/api/connections/${id}/clusters/${clusterId}`);
  await rig.host.runUntil(() => rig.sandbox.traffic.of('recordSets.delete').length > 0);
  await rig.host.whenIdle();
  rig.clock.advanceTo(rig.clock.now() + 10 * 60_000);
  await rig.host.whenIdle();

  const left = footprint(rig);
  expect(Object.keys(left.zones)).toContain(clusterZone.toLowerCase());
  expect(Object.keys(left.links).filter((link) => link.startsWith(clusterZone.toLowerCase()))).toEqual([
    theirs,
  ]);
});
