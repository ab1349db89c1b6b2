import type { Layout } from '../../../sandbox/deployedRoles.ts';
import { seededKeyVaultState } from '../../../sandbox/keyVault/seed.ts';
import { sample, seededAzureState } from '../../../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { seededZillizState } from '../../../sandbox/zilliz/seed.ts';

const SPOKE = '0c6f2f4e-1111-4a5b-8c7d-9e0f1a2b3c4d';
const HUB = '0c6f2f4e-2222-4a5b-8c7d-9e0f1a2b3c4d';
const group = (subscription: string, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${name}`;
const networkIn = (groupId: string, name: string): string =>
  `${groupId}/providers/Microsoft.Network/virtualNetworks/${name}`;

/** Endpoint, network and zone in a resource group each, the zone in the hub's subscription: no scope covers another's. */
export const hubAndSpoke = {
  virtualNetworkId: networkIn(group(SPOKE, 'rg-network'), 'vnet-spoke'),
  endpointResourceGroupId: group(SPOKE, 'rg-endpoints'),
  zoneResourceGroupId: group(HUB, 'rg-dns'),
  linkedNetworkIds: [networkIn(group(HUB, 'rg-hub-network'), 'vnet-hub')],
} as const satisfies Layout;

/** Layouts of deployments that differ in which scope covers which. */
export const layouts: Readonly<Record<string, Layout>> = {
  'all in one group': { virtualNetworkId: networkIn(group(SPOKE, 'rg-app'), 'vnet-app') },
  'the network apart': {
    virtualNetworkId: hubAndSpoke.virtualNetworkId,
    endpointResourceGroupId: hubAndSpoke.endpointResourceGroupId,
  },
  'the zone apart': {
    virtualNetworkId: networkIn(group(SPOKE, 'rg-app'), 'vnet-app'),
    zoneResourceGroupId: group(SPOKE, 'rg-dns'),
  },
  "the hub's network in the zone's group": {
    virtualNetworkId: networkIn(group(SPOKE, 'rg-app'), 'vnet-app'),
    zoneResourceGroupId: group(SPOKE, 'rg-hub'),
    linkedNetworkIds: [networkIn(group(SPOKE, 'rg-hub'), 'vnet-hub')],
  },
  'two subscriptions': hubAndSpoke,
  'nothing searched outside the named groups': { ...hubAndSpoke, discovery: 'groups' },
};

/** What a caller asks a deployment of a layout for. */
export function requestIn(layout: Layout) {
  const { virtualNetworkId, endpointResourceGroupId, zoneResourceGroupId, linkedNetworkIds } = layout;
  return {
    projectId: sample.projectId,
    regionId: sample.regionId,
    subnetId: `${virtualNetworkId}/subnets/snet-private-endpoints`,
    ...(endpointResourceGroupId !== undefined && {
      privateEndpoint: { resourceGroup: endpointResourceGroupId.split('/').at(-1) },
    }),
    dns: {
      ...(zoneResourceGroupId !== undefined && { zoneResourceGroupId }),
      ...(linkedNetworkIds && { linkedNetworks: [virtualNetworkId, ...linkedNetworkIds] }),
    },
  };
}

/** A connection whose zone lives in the hub and is linked to both networks. */
export const hubRequest = requestIn(hubAndSpoke);

/** Everything that a layout names, with rules on the subnet; the app's identity has the roles of a deployment there. */
export function worldIn(layout: Layout): (at: number) => SampleWorld {
  return (at) => ({
    azure: seededAzureState(at, [layout], (azure) => {
      const {
        virtualNetworkId,
        endpointResourceGroupId,
        zoneResourceGroupId,
        linkedNetworkIds = [],
      } = layout;
      const ids = [virtualNetworkId, endpointResourceGroupId, zoneResourceGroupId, ...linkedNetworkIds];
      const groups = new Set(ids.flatMap((id) => id?.split('/').slice(0, 5).join('/') ?? []));
      for (const subscriptionId of new Set([...groups].map((id) => id.split('/')[2] ?? '')))
        azure.addSubscription({ subscriptionId });
      for (const id of groups) azure.addResourceGroup({ id });
      const around = virtualNetworkId.replace(/\/virtualNetworks\/.*/, '');
      const networkSecurityGroupId = `${around}/networkSecurityGroups/nsg`;
      const routeTableId = `${around}/routeTables/rt`;
      azure.addNetworkSecurityGroup({ id: networkSecurityGroupId, rules: [] });
      azure.addRouteTable({ id: routeTableId, rules: [] });
      azure.addVirtualNetwork({
        id: virtualNetworkId,
        addressPrefixes: ['10.20.0.0/16'],
        subnets: [
          {
            name: 'snet-private-endpoints',
            addressPrefix: '10.20.1.0/24',
            ...{ networkSecurityGroupId, routeTableId },
            privateEndpointNetworkPolicies: 'Enabled',
          },
        ],
      });
      for (const id of linkedNetworkIds)
        azure.addVirtualNetwork({ id, addressPrefixes: ['10.10.0.0/16'], subnets: [] });
    }),
    zilliz: sampleZilliz(at),
    keyVault: seededKeyVaultState({ at, secrets: { 'zilliz-api-key': sample.apiKey } }),
    virtualNetworkId: layout.virtualNetworkId,
  });
}

function sampleZilliz(at: number): SampleWorld['zilliz'] {
  const { projectId, regionId } = sample;
  return seededZillizState({
    at,
    projects: [{ projectId, name: 'Sample' }],
    keys: [{ key: sample.apiKey, scope: { projectIds: [projectId] } }],
    clusters: sample.clusterIds.map((clusterId) => ({ clusterId, name: clusterId, projectId, regionId })),
  });
}
