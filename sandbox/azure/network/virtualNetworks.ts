import { armFault, resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { isWithin, keyOf, listedScope, nameOf, parentOf, sameId, segmentAfter } from '../resourceId.ts';
import type { Subnet, VirtualNetwork } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { capacityOf, usedAddresses } from './addresses.ts';

const provider = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';
const network = `${provider}/virtualNetworks/{network}`;

/** Virtual networks and subnets, which are seeded through the control and only read here. */
export function virtualNetworkOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall) =>
    page(
      world,
      call,
      Object.values(world.state.network.virtualNetworks)
        .filter((found) => isWithin(found.id, listedScope(call.scope)))
        .map((found) => virtualNetworkBody(world.state, found)),
    );
  return [
    {
      name: 'virtualNetworks.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/Microsoft.Network/virtualNetworks',
      handle: list,
    },
    { name: 'virtualNetworks.list', method: 'GET', path: `${provider}/virtualNetworks`, handle: list },
    {
      name: 'virtualNetworks.get',
      method: 'GET',
      path: network,
      handle(call) {
        const found = virtualNetworkOf(world.state, call.scope);
        return { status: 200, headers: { etag: found.etag }, body: virtualNetworkBody(world.state, found) };
      },
    },
    {
      name: 'virtualNetworks.usages',
      method: 'GET',
      path: `${network}/usages`,
      handle(call) {
        const found = virtualNetworkOf(world.state, call.scope);
        return {
          status: 200,
          body: { value: found.subnets.map((subnet) => usage(world.state, found, subnet)) },
        };
      },
    },
    {
      name: 'subnets.list',
      method: 'GET',
      path: `${network}/subnets`,
      handle(call) {
        const found = virtualNetworkOf(world.state, call.scope);
        return page(
          world,
          call,
          found.subnets.map((subnet) => subnetBody(world.state, found, subnet)),
        );
      },
    },
    {
      name: 'subnets.get',
      method: 'GET',
      path: `${network}/subnets/{subnet}`,
      handle(call) {
        const found = virtualNetworkOf(world.state, parentOf(call.scope));
        const subnet = found.subnets.find(({ name }) => sameId(name, nameOf(call.scope)));
        if (!subnet) throw subnetNotFound(call.scope);
        return { status: 200, headers: { etag: found.etag }, body: subnetBody(world.state, found, subnet) };
      },
    },
  ];
}

/** The virtual network and subnet of a subnet ID; undefined when one of them is not there. */
export function findSubnet(
  state: AzureState,
  subnetId: string,
): { network: VirtualNetwork; subnet: Subnet } | undefined {
  const found = state.network.virtualNetworks[keyOf(parentOf(subnetId))];
  const subnet = found?.subnets.find(({ name }) => sameId(name, nameOf(subnetId)));
  return found && subnet && { network: found, subnet };
}

/** A virtual network as ARM shows it. */
export function virtualNetworkBody(state: AzureState, network: VirtualNetwork): object {
  return {
    name: network.name,
    id: network.id,
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks',
    location: network.location,
    ...(Object.keys(network.tags).length > 0 && { tags: network.tags }),
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: network.resourceGuid,
      addressSpace: { addressPrefixes: network.addressPrefixes },
      ...(network.dnsServers.length > 0 && { dhcpOptions: { dnsServers: network.dnsServers } }),
      privateEndpointVNetPolicies: 'Disabled',
      subnets: network.subnets.map((subnet) => subnetBody(state, network, subnet)),
      virtualNetworkPeerings: network.peerings.map((remote) => peering(network, remote)),
      enableDdosProtection: false,
    },
  };
}

function subnetBody(state: AzureState, network: VirtualNetwork, subnet: Subnet): object {
  const id = `${network.id}/subnets/${subnet.name}`;
  const endpoints = Object.values(state.network.privateEndpoints).filter((one) => sameId(one.subnetId, id));
  return {
    name: subnet.name,
    id,
    etag: network.etag,
    properties: {
      provisioningState: 'Succeeded',
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
      privateLinkServiceNetworkPolicies: 'Enabled',
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
function usage(state: AzureState, network: VirtualNetwork, subnet: Subnet): object {
  const id = `${network.id}/subnets/${subnet.name}`;
  return {
    id,
    name: { value: 'SubnetSpace', localizedValue: 'Subnet size and usage' },
    unit: 'Count',
    currentValue: usedAddresses(state, id, subnet),
    limit: capacityOf(subnet),
  };
}

function virtualNetworkOf(state: AzureState, id: string): VirtualNetwork {
  const found = state.network.virtualNetworks[keyOf(id)];
  if (found) return found;
  const group = segmentAfter(id, 'resourceGroups') ?? '';
  throw resourceNotFound(`Microsoft.Network/virtualNetworks/${nameOf(id)}`, group);
}

/** The network provider's own words for a missing subnet, not ARM's. */
function subnetNotFound(id: string): Error {
  return armFault(404, { code: 'NotFound', message: `Resource ${id} not found.`, details: [] });
}
