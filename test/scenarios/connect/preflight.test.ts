import { roleOf } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample, sampleWorld } from '../../../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { recordMetadata } from '../../../src/domain/connection/marks.ts';
import { defaultPrivateEndpointName } from '../../../src/domain/connection/names.ts';
import { failureCatalog } from '../../../src/domain/failure/catalog.ts';
import type { FailureCode, Verb } from '../../../src/domain/failure/catalog.ts';
import { remedyOf } from '../../../src/domain/failure/remedy.ts';
import { planLines } from '../../../cli/report.ts';

const [catalogue, search] = sample.clusterIds;
const { projectId, regionId, subnetId, virtualNetworkId, resourceGroupId, subscriptionId } = sample;
const endpointName = defaultPrivateEndpointName({ projectId, regionId, subnetId });
const endpointId = `${resourceGroupId}/providers/Microsoft.Network/privateEndpoints/${endpointName}`;
const zoneName = 'az-eastus.vectordb.zillizcloud.com';
const zoneId = `${resourceGroupId}/providers/Microsoft.Network/privateDnsZones/${zoneName}`;
const recordName = `${catalogue}-privatelink`;
const elsewhere = `/subscriptions/${subscriptionId}/resourceGroups/rg-elsewhere`;

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

interface Obstacle {
  readonly name: string;
  readonly arrange?: (rig: Rig) => void;
  /** What no control can bring about. */
  readonly world?: (world: SampleWorld) => void;
  /** What the request says beyond the smallest one. */
  readonly request?: object;
  readonly pointer: string;
  readonly code: FailureCode;
  /** What the detail must name, for the caller to find it. */
  readonly names: string;
  /** What the remedy says of this case. */
  readonly leads?: RegExp;
}

const obstacles: readonly Obstacle[] = [
  {
    name: 'a rejected key',
    arrange: ({ sandbox }) => sandbox.zilliz.control.revokeKey(sample.apiKey),
    pointer: '/projectId',
    code: 'zilliz-key-rejected',
    names: projectId,
    leads: /zilliz-api-key .*az keyvault secret set --vault-name /,
  },
  {
    name: 'a key that is not in the vault',
    arrange: ({ sandbox }) => sandbox.keyVault.control.deleteSecret('zilliz-api-key'),
    pointer: '/projectId',
    code: 'api-key-missing',
    names: 'zilliz-api-key',
    leads: /az keyvault secret set --vault-name .* --name zilliz-api-key /,
  },
  {
    name: 'an unknown project',
    request: { projectId: 'proj-000000000000000000000a' },
    pointer: '/projectId',
    code: 'project-not-found',
    names: 'proj-000000000000000000000a',
  },
  {
    name: 'a project of another organisation',
    arrange: ({ sandbox }) =>
      void sandbox.zilliz.control.addProject({
        projectId: 'proj-000000000000000000000b',
        name: 'Foreign',
        organisation: 'another',
      }),
    request: { projectId: 'proj-000000000000000000000b' },
    pointer: '/projectId',
    code: 'zilliz-permission-denied',
    names: 'proj-000000000000000000000b',
  },
  {
    name: 'a plan without private link',
    arrange: ({ sandbox }) => sandbox.zilliz.control.setPlan(projectId, 'Standard'),
    pointer: '/projectId',
    code: 'plan-too-low',
    names: 'Standard',
    leads: /Enterprise or Business Critical/,
  },
  {
    name: 'a region that Zilliz does not offer',
    request: { regionId: 'az-antarctica' },
    pointer: '/regionId',
    code: 'region-not-offered',
    names: 'az-eastus',
  },
  {
    name: 'ten private endpoints already',
    world: fillQuota,
    pointer: '/projectId',
    code: 'endpoint-quota',
    names: '10',
  },
  {
    name: 'a cluster that does not exist',
    request: { clusters: [catalogue, 'in01-000000000000000'] },
    pointer: '/clusters/1',
    code: 'cluster-not-found',
    names: 'in01-000000000000000',
  },
  {
    name: 'a cluster that is not Dedicated',
    arrange: ({ sandbox }) =>
      void sandbox.zilliz.control.addCluster({
        clusterId: 'in05-0123456789abcde',
        ...{ projectId, regionId },
        deploymentOption: 'Serverless',
      }),
    request: { clusters: ['in05-0123456789abcde'] },
    pointer: '/clusters/0',
    code: 'cluster-not-dedicated',
    names: 'Serverless',
  },
  {
    name: 'a cluster in another region',
    arrange: ({ sandbox }) =>
      void sandbox.zilliz.control.addCluster({
        clusterId: 'in01-0123456789abcde',
        projectId,
        regionId: 'az-westus3',
      }),
    request: { clusters: [search, 'in01-0123456789abcde'] },
    pointer: '/clusters/1',
    code: 'cluster-elsewhere',
    names: 'az-westus3',
  },
  {
    name: 'a resource group that is missing',
    request: { privateEndpoint: { resourceGroup: 'rg-missing' } },
    pointer: '/privateEndpoint/resourceGroup',
    code: 'resource-group-not-found',
    names: 'rg-missing',
  },
  {
    name: 'a central zone whose resource group is missing',
    request: { dns: { zoneResourceGroupId: elsewhere } },
    pointer: '/dns/zoneResourceGroupId',
    code: 'resource-group-not-found',
    names: 'rg-elsewhere',
  },
  {
    name: 'a virtual network that is missing',
    arrange: readNetworksOfGroup,
    request: { subnetId: subnetId.replace('vnet-app', 'vnet-missing') },
    pointer: '/subnetId',
    code: 'virtual-network-not-found',
    names: 'vnet-missing',
    leads: /az network vnet list --subscription/,
  },
  {
    name: 'a network to link that is missing',
    arrange: readNetworksOfGroup,
    request: {
      dns: { linkedNetworks: [virtualNetworkId, virtualNetworkId.replace('vnet-app', 'vnet-missing')] },
    },
    pointer: '/dns/linkedNetworks/1',
    code: 'virtual-network-not-found',
    names: 'vnet-missing',
  },
  {
    name: 'a network that no role covers, whether it is there or not',
    request: { subnetId: subnetId.replace('vnet-app', 'vnet-missing') },
    pointer: '/subnetId',
    code: 'azure-permission-denied',
    names: 'Microsoft.Network/virtualNetworks/read',
  },
  {
    name: 'a subnet that is missing',
    request: { subnetId: `${virtualNetworkId}/subnets/snet-missing` },
    pointer: '/subnetId',
    code: 'subnet-not-found',
    names: 'snet-missing',
  },
  {
    name: 'a delegated subnet',
    arrange: ({ sandbox }) =>
      sandbox.azure.control.changeSubnet(subnetId, { delegations: ['Microsoft.Web/serverFarms'] }),
    pointer: '/subnetId',
    code: 'subnet-delegated',
    names: 'Microsoft.Web/serverFarms',
    leads: /another subnet/,
  },
  {
    name: 'a full subnet',
    arrange: ({ sandbox }) => sandbox.azure.control.changeSubnet(subnetId, { addressesTakenByOthers: 251 }),
    pointer: '/subnetId',
    code: 'subnet-full',
    names: 'no free address',
    leads: /another subnet/,
  },
  {
    name: 'no right to read the network',
    arrange: ({ sandbox }) => sandbox.azure.control.takeActions(['Microsoft.Network/virtualNetworks/read']),
    pointer: '/subnetId',
    code: 'azure-permission-denied',
    names: `Microsoft.Network/virtualNetworks/read at ${virtualNetworkId}`,
  },
  {
    name: 'an endpoint of that name that points elsewhere',
    world: putForeignEndpoint,
    pointer: '/privateEndpoint/name',
    code: 'endpoint-name-taken',
    names: 'another.service',
  },
  {
    name: 'a record of another connection',
    arrange: ({ sandbox }) => {
      sandbox.azure.control.addZone({ id: zoneId });
      const metadata = recordMetadata('az-eastus-0123456789ab', catalogue);
      sandbox.azure.control.setRecord({ zoneId, name: recordName, addresses: ['10.9.9.9'], metadata });
    },
    request: { clusters: [catalogue] },
    pointer: '/clusters/0',
    code: 'record-owned-by-other',
    names: 'az-eastus-0123456789ab',
  },
  {
    name: 'a record made by hand with another address',
    arrange: ({ sandbox }) => {
      sandbox.azure.control.addZone({ id: zoneId });
      sandbox.azure.control.setRecord({ zoneId, name: recordName, addresses: ['10.9.9.9'] });
    },
    request: { clusters: [catalogue] },
    pointer: '/clusters/0',
    code: 'record-conflict',
    names: '10.9.9.9',
  },
];

/** Azure says that a network is not there only to an identity that might read it: elsewhere it refuses. */
function readNetworksOfGroup({ sandbox }: Rig): void {
  sandbox.azure.control.assignRole({ scope: resourceGroupId, actions: roleOf('network-connect').actions });
}

async function meet(
  met: readonly Obstacle[],
  options: RigOptions = {},
): Promise<{ readonly running: Rig; readonly request: object }> {
  const running = await startRig({
    world(at) {
      const world = sampleWorld(at);
      for (const obstacle of met) obstacle.world?.(world);
      return world;
    },
    ...options,
  });
  rig = running;
  for (const { arrange } of met) arrange?.(running);
  return {
    running,
    request: Object.assign({ ...sampleRequest }, ...met.map(({ request: more }) => more)) as object,
  };
}

function named(name: string): Obstacle {
  const found = obstacles.find((obstacle) => obstacle.name === name);
  if (!found) throw new Error(`There is no obstacle ${name}.`);
  return found;
}

describe('preflight', () => {
  it.each(obstacles)('stops at $name, and says where, why and what to do', async (obstacle) => {
    const { running, request } = await meet([obstacle]);

    const view = await running.connect(request);

    expectStopped(view, [obstacle]);
    expect(running.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    {
      several: [
        'a plan without private link',
        'ten private endpoints already',
        'a cluster that does not exist',
        'a delegated subnet',
        'a resource group that is missing',
        'a network to link that is missing',
      ],
    },
    {
      several: [
        'a rejected key',
        'a subnet that is missing',
        'a central zone whose resource group is missing',
      ],
    },
    {
      several: [
        'an endpoint of that name that points elsewhere',
        'a record made by hand with another address',
      ],
    },
    { several: ['a region that Zilliz does not offer', 'a virtual network that is missing'] },
  ])('reports together: $several', async ({ several }) => {
    const met = several.map(named);
    const { running, request } = await meet(met);

    const view = await running.connect(request);

    expectStopped(view, met);
    expect(running.sandbox.traffic.writes()).toEqual([]);
  });

  it('shows the same problems in the plan, at once', async () => {
    const met = ['a plan without private link', 'a full subnet'].map(named);
    const { running, request } = await meet(met);

    const { status, body } = await running.call('POST', '/api/connections/plan', request);

    expect(status).toBe(200);
    const { problems } = body as { problems: readonly { pointer: string; code: string; remedy: string }[] };
    expect(problems).toEqual(
      expect.arrayContaining(
        met.map(({ pointer, code }): unknown =>
          expect.objectContaining({
            ...{ pointer, code, cause: failureCatalog[code].cause },
            remedy: expect.stringContaining(nextOf(code, 'plan')) as unknown,
          }),
        ),
      ),
    );
    expect(running.sandbox.traffic.writes()).toEqual([]);
  });

  it.each([
    {
      settings: { ALLOWED_PROJECTS: 'proj-000000000000000000000c' },
      pointer: '/projectId',
      code: 'project-not-allowed',
    },
    {
      settings: { ALLOWED_SCOPES: elsewhere },
      pointer: '/subnetId',
      code: 'scope-not-allowed',
    },
  ])(
    'of what this deployment may not touch is answered at the POST: $code',
    async ({ settings, ...fault }) => {
      const { running, request } = await meet([], { settings });

      const { status, body } = await running.call('POST', '/api/connections', request);

      expect(status).toBe(422);
      expect(body).toMatchObject({
        errors: expect.arrayContaining([expect.objectContaining(fault)]) as unknown,
      });
      expect(running.sandbox.traffic.all()).toEqual([]);
    },
  );

  it('warns of custom DNS servers and of rules that block the port, which stop nothing', async () => {
    const { running, request } = await meet([]);
    const { control } = running.sandbox.azure;
    control.changeVirtualNetwork(virtualNetworkId, { dnsServers: ['10.20.0.4'] });
    const networkSecurityGroupId = `${resourceGroupId}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
    control.addNetworkSecurityGroup({ id: networkSecurityGroupId, rules: [denyEverything] });
    control.changeSubnet(subnetId, {
      networkSecurityGroupId,
      privateEndpointNetworkPolicies: 'NetworkSecurityGroupEnabled',
    });

    const { body } = await running.call('POST', '/api/connections/plan', request);

    const { problems, warnings } = body as Readonly<Record<string, readonly { code: string }[]>>;
    expect(problems).toEqual([]);
    expect(warnings?.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['custom-dns-servers', 'port-blocked']),
    );
    // What applications lose comes before everything else, also in a terminal.
    expect(warnings?.[0]?.code).toBe('names-hidden');
    expect(planLines(body as Parameters<typeof planLines>[0])[0]).toMatch(
      /^  warning: names-hidden: applications in vnet-app stop resolving .*"layout": "per-cluster"/,
    );
  });
});

const denyEverything = {
  name: 'deny-everything',
  properties: {
    protocol: '*',
    sourcePortRange: '*',
    destinationPortRange: '*',
    sourceAddressPrefix: '*',
    destinationAddressPrefix: '*',
    access: 'Deny',
    priority: 100,
    direction: 'Inbound',
  },
};

function expectStopped(view: ConnectionBody, expected: readonly Obstacle[]): void {
  expect(view.status).toBe('failed');
  expect(view.phases.find(({ state }) => state === 'failed')?.phase).toBe('preflight');
  const errors = view.problem?.errors ?? [];
  expect(errors.map(({ pointer, code }) => ({ pointer, code }))).toEqual(
    expect.arrayContaining(expected.map(({ pointer, code }): unknown => ({ pointer, code }))),
  );
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(expected.map(({ code }) => code)));
  for (const { code, names, pointer, leads } of expected) {
    const found = errors.find((error) => error.code === code && error.pointer === pointer);
    expect(found?.detail).toContain(names);
    expect(found?.remedy).toContain(nextOf(code, 'connect'));
    expect(found?.remedy).toMatch(leads ?? /\w/);
  }
  const first = errors[0]?.code as FailureCode;
  expect(view.problem?.type).toMatch(new RegExp(`^http://127.0.0.1:\\d+/api/problems/${first}$`));
  expect(view.problem?.cause).toBe(failureCatalog[first].cause);
  expect(view.problem?.remedy).toBe(errors[0]?.remedy);
}

/** What a remedy says to request after the correction. */
function nextOf(code: FailureCode, verb: Verb): string {
  return remedyOf(code, verb, '').trim();
}

function fillQuota({ zilliz }: SampleWorld): void {
  for (let index = 0; index < 10; index++) {
    zilliz.endpoints.push({
      ...{ projectId, regionId },
      endpointId: `pe-${index}.00000000-0000-4000-8000-00000000000${index}`,
      ...{ registeredAt: 0, decidedAt: 0, availableAt: 0 },
      review: 'accept',
      settled: true,
    });
  }
}

function putForeignEndpoint({ azure }: SampleWorld): void {
  const interfaceName = `${endpointName}.nic`;
  azure.network.privateEndpoints[endpointId.toLowerCase()] = {
    id: endpointId,
    name: endpointName,
    location: 'eastus',
    tags: {},
    etag: '',
    resourceGuid: '00000000-0000-4000-8000-0000000000f1',
    provisioningState: 'Succeeded',
    subnetId,
    connection: {
      name: endpointName,
      manual: true,
      privateLinkServiceId: 'another.service.azure.privatelinkservice',
      ...{ groupIds: [], status: 'Approved', description: '', actionsRequired: 'None', known: true },
    },
    customNetworkInterfaceName: '',
    networkInterfaceId: `${resourceGroupId}/providers/Microsoft.Network/networkInterfaces/${interfaceName}`,
    networkInterfaceGuid: '00000000-0000-4000-8000-0000000000f2',
    address: '10.20.1.4',
    ...{ applicationSecurityGroups: [], ipConfigurations: [] },
    broken: { resourceGuid: false, address: false },
  };
}
