import { nameOf, sameId } from '../resourceId.ts';
import type { Subnet, VirtualNetwork } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { capacityOf, usedAddresses } from './addresses.ts';

/** A virtual network as ARM shows it. */
export function virtualNetworkBody(world: World, network: VirtualNetwork): object {
  const provisioningState = stateOf(world, network);
  return {
    name: network.name,
    id: network.id,
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks',
    location: network.location,
    ...(Object.keys(network.tags).length > 0 && { tags: network.tags }),
    properties: {
      provisioningState,
      resourceGuid: network.resourceGuid,
      addressSpace: { addressPrefixes: network.addressPrefixes },
      ...((network.namesDhcpOptions || network.dnsServers.length > 0) && {
        dhcpOptions: { dnsServers: network.dnsServers },
      }),
      privateEndpointVNetPolicies: 'Disabled',
      subnets: network.subnets.map((subnet) => subnetBody(world, network, subnet)),
      virtualNetworkPeerings: network.peerings.map((remote) => peering(network, remote)),
      enableDdosProtection: false,
    },
  };
}

/** A subnet as ARM shows it, with the private endpoints that stand in it. */
export function subnetBody(world: World, network: VirtualNetwork, subnet: Subnet): object {
  const id = `${network.id}/subnets/${subnet.name}`;
  const endpoints = Object.values(world.state.network.privateEndpoints).filter((one) =>
    sameId(one.subnetId, id),
  );
  return {
    name: subnet.name,
    id,
    etag: network.etag,
    properties: {
      provisioningState: stateOf(world, network),
      addressPrefix: subnet.addressPrefix,
      ...(subnet.networkSecurityGroupId && { networkSecurityGroup: { id: subnet.networkSecurityGroupId } }),
      ...(subnet.routeTableId && { routeTable: { id: subnet.routeTableId } }),
      ...(endpoints.length > 0 && {
        ipConfigurations: endpoints.map((endpoint) => ({
          id: `${endpoint.networkInterfaceId}/ipConfigurations/privateEndpointIpConfig.${endpoint.networkInterfaceGuid}`,
        })),
        privateEndpoints: endpoints.map((endpoint) => ({ id: endpoint.id })),
      }),
      delegations: subnet.delegations.map((serviceName, index) => ({
        name: String(index),
        id: `${id}/delegations/${index}`,
        etag: network.etag,
        properties: { provisioningState: 'Succeeded', serviceName, actions: [] },
        type: 'Microsoft.Network/virtualNetworks/subnets/delegations',
      })),
      privateEndpointNetworkPolicies: subnet.privateEndpointNetworkPolicies,
      privateLinkServiceNetworkPolicies: subnet.privateLinkServiceNetworkPolicies,
    },
    type: 'Microsoft.Network/virtualNetworks/subnets',
  };
}

function peering(network: VirtualNetwork, remote: string): object {
  const name = `to-${nameOf(remote)}`;
  return {
    name,
    id: `${network.id}/virtualNetworkPeerings/${name}`,
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    properties: {
      provisioningState: 'Succeeded',
      peeringState: 'Connected',
      peeringSyncLevel: 'FullyInSync',
      remoteVirtualNetwork: { id: remote },
      allowVirtualNetworkAccess: true,
    },
  };
}

/** `limit` leaves out the five addresses that Azure keeps. */
export function usage(state: AzureState, network: VirtualNetwork, subnet: Subnet): object {
  const id = `${network.id}/subnets/${subnet.name}`;
  return {
    id,
    name: { value: 'SubnetSpace', localizedValue: 'Subnet size and usage' },
    unit: 'Count',
    currentValue: usedAddresses(state, id, subnet),
    limit: capacityOf(subnet),
  };
}

/** Whether a write of the network is still under way. */
export function stateOf(world: World, { updatingUntil = 0 }: VirtualNetwork): 'Updating' | 'Succeeded' {
  return world.now() < updatingUntil ? 'Updating' : 'Succeeded';
}
