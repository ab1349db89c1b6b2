import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { regionalAlias } from '../../../sandbox/zilliz/seed.ts';
import { zoneId, zoneName } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { hubAndSpoke, hubRequest, worldIn } from '../roles/world.ts';
import { recordsOf } from '../sync/support.ts';

const { projectId, regionId, resourceGroupId, virtualNetworkId, clusterIds } = sample;
const elsewhere = resourceGroupId.replace('rg-app', 'rg-elsewhere');

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function started(options?: RigOptions): Promise<Rig> {
  rig = await startRig(options);
  return rig;
}

/** The links, as `zone → network`, with what they register. */
function linksOf({ sandbox }: Rig): Readonly<Record<string, boolean>> {
  const { links } = sandbox.azure.control.snapshot().dns;
  return Object.fromEntries(
    Object.values(links).map(({ id, virtualNetworkId: network, registrationEnabled }) => [
      `${id.split('/').at(-3) ?? ''} → ${network.split('/').at(-1) ?? ''}`,
      registrationEnabled,
    ]),
  );
}

function zonesOf({ sandbox }: Rig): readonly string[] {
  return Object.values(sandbox.azure.control.snapshot().dns.zones).map(({ id }) => id);
}

const privateHost = (clusterId: string): string => `${clusterId}-privatelink.${zoneName}`;

describe('a zone for each cluster', () => {
  it('has the full private name, one record at its top and a link, and hides no other name', async () => {
    const running = await started();

    const view = await running.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });

    expect(view.status).toBe('connected');
    expect(view.result?.clusters.map(({ verification }) => verification?.outcome)).toEqual([
      'verified',
      'verified',
    ]);
    expect(
      recordsOf(running)
        .map(({ zone, name }) => `${name} in ${zone}`)
        .toSorted(),
    ).toEqual(clusterIds.map((clusterId) => `@ in ${privateHost(clusterId)}`).toSorted());
    expect(linksOf(running)).toEqual(
      Object.fromEntries(clusterIds.map((clusterId) => [`${privateHost(clusterId)} → vnet-app`, false])),
    );
    expect(view.result?.warnings).toEqual([]);
  });
});

describe('a central zone in another subscription', () => {
  it('is made there and linked to both networks, and registers machines of the spoke only', async () => {
    const running = await started({ world: worldIn(hubAndSpoke) });

    const view = await running.connect(hubRequest);

    expect(view.status).toBe('connected');
    expect(zonesOf(running)).toEqual([
      `${hubAndSpoke.zoneResourceGroupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`,
    ]);
    expect(linksOf(running)).toEqual({
      [`${zoneName} → vnet-spoke`]: true,
      [`${zoneName} → vnet-hub`]: false,
    });
  });
});

describe('with DNS managed by another owner', () => {
  it('says what they must create, and writes nothing there', async () => {
    const running = await started();
    // A day before, they made the zone: their records come after the address is known.
    running.sandbox.azure.control.addZone({ id: zoneId });

    const view = await running.connect({ ...sampleRequest, dns: { manage: false } });

    const address = view.result?.privateEndpoint.address;
    expect(view.result?.recordsToCreate).toEqual(
      clusterIds.map((clusterId) => ({ name: privateHost(clusterId), address, ttlSeconds: 600 })),
    );
    expect(view.result?.zonesToCreate).toEqual([{ name: zoneName, linkedNetworks: [virtualNetworkId] }]);
    expect(view.result?.manualSteps[0]).toContain('zonesToCreate');
    expect(view.result?.clusters[0]?.probe).toEqual({
      command: expect.stringContaining(`https://${privateHost(clusterIds[0])}:19530/`) as string,
      expected: expect.stringContaining(`${address ?? ''} port 19530: HTTP 400`) as string,
    });
    expect(view.status).toBe('waiting-for-dns-owner');
    expect(view.problem?.type).toMatch(/names-not-resolving$/);
    const operations = running.sandbox.traffic.writes().map(({ operation }) => operation);
    expect(operations.filter((operation) => /dns|link|record/i.test(operation))).toEqual([]);
  });

  it('asks for a zone of its own for each private name in the per-cluster layout', async () => {
    const running = await started();
    const dns = { manage: false, layout: 'per-cluster', autoRegistration: false };

    const { result } = await running.connect({ ...sampleRequest, dns });

    expect(result?.zonesToCreate.map(({ name }) => name)).toEqual(clusterIds.map(privateHost));
  });

  it('shows its clusters as left to others, and never as without their record', async () => {
    const running = await started();

    const { id } = await running.connect({ ...sampleRequest, dns: { manage: false } });

    const { body } = await running.call('GET', `/api/connections/${id}`);
    const reason = expect.stringContaining('must lead to 10.20.1.4') as string;
    expect(body).toMatchObject({
      live: {
        clusters: [
          { state: 'left-to-others', reason },
          { state: 'left-to-others', reason },
        ],
      },
    });
  });

  it('plans for a person what a person makes, zone first and link last, and calls none of it drift', async () => {
    const running = await started();
    const request = { ...sampleRequest, dns: { manage: false } };
    const before = (await running.call('POST', '/api/connections/plan', request)).body as PlanBody;
    const { id } = await running.connect(request);

    const after = await running.call('POST', `/api/connections/${id}/plan`);

    const [first = '', second = ''] = clusterIds.map(privateHost);
    const byPeople = before.rows.filter(({ action }) => action === 'manual');
    expect(byPeople.map(({ resource, id: name }) => `${resource} ${name}`)).toEqual([
      `private DNS zone ${zoneName}`,
      `A record set ${first}`,
      `A record set ${second}`,
      `virtual network link ${zoneName}`,
    ]);
    expect(before.permissions.filter(({ action }) => action.includes('privateDns'))).toEqual([]);
    expect(after).toMatchObject({ status: 200, body: { changes: false } });
  });
});

describe('a service that Zilliz names by its resource ID', () => {
  it('is connected to as well', async () => {
    const running = await started();
    const { azure, zilliz } = running.sandbox;
    const alias = regionalAlias(regionId);
    const services = Object.values(azure.control.snapshot().network.privateLinkServices);
    const endpointService = services.find((service) => service.alias === alias)?.resourceId ?? '';
    zilliz.control.addRegion({ regionId, endpointService, alias });

    const view = await running.connect();

    expect(endpointService).toMatch(/^\/subscriptions\//);
    expect(view).toMatchObject({
      status: 'connected',
      result: { privateEndpoint: { target: endpointService } },
    });
  });
});

describe('a network in another region than the clusters', () => {
  it('gets the endpoint in its own region', async () => {
    const running = await started();
    const { azure, privateNetwork } = running.sandbox;
    const id = virtualNetworkId.replace('vnet-app', 'vnet-europe');
    azure.control.addVirtualNetwork({
      id,
      location: 'westeurope',
      addressPrefixes: ['10.30.0.0/16'],
      subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
    });
    deployRoles(azure.control, { virtualNetworkId: id });
    privateNetwork.control.lookFrom(id);

    const view = await running.connect({ projectId, regionId, subnetId: `${id}/subnets/snet` });

    expect(view.status).toBe('connected');
    const endpoints = Object.values(azure.control.snapshot().network.privateEndpoints);
    expect(endpoints.map(({ location }) => location)).toEqual(['westeurope']);
  });
});

describe('a network that registers its machines in another zone', () => {
  it('is linked without that, and the result says so', async () => {
    const running = await started();
    const { control } = running.sandbox.azure;
    const corporate = zoneId.replace(zoneName, 'corp.example');
    control.addZone({ id: corporate });
    const id = `${corporate}/virtualNetworkLinks/machines`;
    control.addLink({ id, virtualNetworkId, registrationEnabled: true });

    const view = await running.connect();

    expect(view.status).toBe('connected');
    expect(linksOf(running)).toEqual({
      'corp.example → vnet-app': true,
      [`${zoneName} → vnet-app`]: false,
    });
    expect(view.result?.warnings).toContainEqual({
      code: 'registered-elsewhere',
      detail: expect.stringContaining('corp.example') as string,
    });
  });
});

describe('a zone of the name that is linked to the network already', () => {
  it('takes the records, wherever it lies, and no second one is made', async () => {
    const running = await started();
    const { control } = running.sandbox.azure;
    control.addResourceGroup({ id: elsewhere });
    deployRoles(control, { virtualNetworkId, zoneResourceGroupId: elsewhere });
    const id = zoneId.replace(resourceGroupId, elsewhere);
    control.addZone({ id });
    control.addLink({ id: `${id}/virtualNetworkLinks/of-old`, virtualNetworkId });

    const view = await running.connect();

    expect(view.status).toBe('connected');
    expect(zonesOf(running)).toEqual([id]);
    expect(Object.keys(linksOf(running))).toHaveLength(1);
    expect(recordsOf(running)).toHaveLength(2);
    expect(running.sandbox.traffic.of('privateDnsZones.put')).toEqual([]);
  });
});
