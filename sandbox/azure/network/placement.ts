import { badRequest, notProvisioned } from '../protocol/armFault.ts';
import { sameId } from '../resourceId.ts';
import type { Subnet } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { isFree, isInPrefix, isReserved, nextAddress } from './addresses.ts';
import type { WantedEndpoint } from './privateEndpointRequest.ts';
import { stateOf } from './virtualNetworkBody.ts';
import { findSubnet } from './findSubnet.ts';

/** The subnet that a private endpoint is to stand in; refuses what Azure refuses of it. */
export function checkSubnet(world: World, endpointId: string, wanted: WantedEndpoint): Subnet {
  const { state } = world;
  const found = findSubnet(state, wanted.subnetId);
  if (!found || !sameId(found.network.location, wanted.location)) {
    throw badRequest(
      'InvalidResourceReference',
      `Resource ${wanted.subnetId} referenced by resource ${endpointId} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  }
  const { network, subnet } = found;
  if (stateOf(world, network) === 'Updating') throw notProvisioned(wanted.subnetId, 'PutSubnetOperation');
  if (subnet.delegations.length > 0) {
    throw badRequest(
      'PrivateEndpointCreationNotAllowedAsSubnetIsDelegated',
      `Private endpoint ${endpointId} cannot be created as subnet ${wanted.subnetId} is delegated.`,
    );
  }
  if (state.network.refusesPolicyBoundSubnets && subnet.privateEndpointNetworkPolicies !== 'Disabled') {
    throw badRequest(
      'PrivateEndpointCannotBeCreatedInSubnetThatHasNetworkPoliciesEnabled',
      `Private endpoint ${endpointId} cannot be created in a subnet ${wanted.subnetId} since it has private endpoint network policies enabled.`,
    );
  }
  return subnet;
}

/** The address that a new endpoint gets: the one it asks for, or the lowest free one. */
export function placeInSubnet(state: AzureState, subnet: Subnet, wanted: WantedEndpoint): string {
  const asked = wanted.ipConfigurations
    .map(({ properties }) => properties.privateIPAddress)
    .find((address) => address !== undefined);
  if (asked !== undefined) return askedAddress(state, subnet, wanted.subnetId, asked);
  const address = nextAddress(state, wanted.subnetId, subnet);
  if (address !== undefined) return address;
  throw badRequest(
    'SubnetIsFull',
    `Subnet ${subnet.name} with address prefix ${subnet.addressPrefix} does not have enough capacity for 1 IP addresses.`,
  );
}

function askedAddress(state: AzureState, subnet: Subnet, subnetId: string, address: string): string {
  if (!isInPrefix(address, subnet.addressPrefix)) {
    throw badRequest(
      'PrivateIPAddressNotInSubnet',
      `Private static IP address ${address} does not belong to the range of subnet prefix ${subnet.addressPrefix}.`,
    );
  }
  if (isReserved(address, subnet.addressPrefix)) {
    throw badRequest(
      'PrivateIPAddressInReservedRange',
      `Private static IP address ${address} falls within reserved IP range of subnet prefix ${subnet.addressPrefix}.`,
    );
  }
  if (isFree(state, subnetId, address)) return address;
  throw badRequest(
    'PrivateIPAddressIsAllocated',
    `Private IP address ${address} of subnet ${subnetId} is already allocated.`,
  );
}
