import { seededKeyVaultState } from '../../sandbox/keyVault/seed.ts';
import { sample, seededAzureState } from '../../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../../sandbox/sandbox.ts';
import { seededZillizState } from '../../sandbox/zilliz/seed.ts';

const SPOKE = '0c6f2f4e-1111-4a5b-8c7d-9e0f1a2b3c4d';
const HUB = '0c6f2f4e-2222-4a5b-8c7d-9e0f1a2b3c4d';
const networkGroup = `/subscriptions/${SPOKE}/resourceGroups/rg-network`;
const hubGroup = `/subscriptions/${HUB}/resourceGroups/rg-hub-network`;

/** Endpoint, network and zone in a resource group each, the zone in the hub's subscription: no scope covers another's. */
export const hubAndSpoke = {
  subscriptions: [`/subscriptions/${SPOKE}`, `/subscriptions/${HUB}`],
  endpointGroup: `/subscriptions/${SPOKE}/resourceGroups/rg-endpoints`,
  zoneGroup: `/subscriptions/${HUB}/resourceGroups/rg-dns`,
  spokeNetwork: `${networkGroup}/providers/Microsoft.Network/virtualNetworks/vnet-spoke`,
  hubNetwork: `${hubGroup}/providers/Microsoft.Network/virtualNetworks/vnet-hub`,
} as const;

const { endpointGroup, zoneGroup, spokeNetwork, hubNetwork } = hubAndSpoke;

/** A connection whose zone lives in the hub and is linked to both networks. */
export const hubRequest = {
  projectId: sample.projectId,
  regionId: sample.regionId,
  subnetId: `${spokeNetwork}/subnets/snet-private-endpoints`,
  privateEndpoint: { resourceGroup: 'rg-endpoints' },
  dns: { zoneResourceGroupId: zoneGroup, linkedNetworks: [spokeNetwork, hubNetwork] },
} as const;

export function hubAndSpokeWorld(at: number): SampleWorld {
  const { projectId, regionId } = sample;
  return {
    azure: seededAzureState(at, (azure) => {
      azure.addSubscription({ subscriptionId: SPOKE, displayName: 'Spoke' });
      azure.addSubscription({ subscriptionId: HUB, displayName: 'Hub' });
      for (const id of [endpointGroup, networkGroup, zoneGroup, hubGroup]) azure.addResourceGroup({ id });
      const networkSecurityGroupId = `${networkGroup}/providers/Microsoft.Network/networkSecurityGroups/nsg`;
      const routeTableId = `${networkGroup}/providers/Microsoft.Network/routeTables/rt`;
      azure.addNetworkSecurityGroup({ id: networkSecurityGroupId, rules: [] });
      azure.addRouteTable({ id: routeTableId, rules: [] });
      azure.addVirtualNetwork({
        id: spokeNetwork,
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
      azure.addVirtualNetwork({ id: hubNetwork, addressPrefixes: ['10.10.0.0/16'], subnets: [] });
    }),
    zilliz: seededZillizState({
      at,
      projects: [{ projectId, name: 'Sample' }],
      keys: [{ key: sample.apiKey, scope: { projectIds: [projectId] } }],
      clusters: sample.clusterIds.map((clusterId) => ({ clusterId, name: clusterId, projectId, regionId })),
    }),
    keyVault: seededKeyVaultState({ at, secrets: { 'zilliz-api-key': sample.apiKey } }),
    virtualNetworkId: spokeNetwork,
  };
}
