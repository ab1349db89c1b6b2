import { keyOf, nameOf, parentOf, sameId } from '../resourceId.ts';
import type { Subnet, VirtualNetwork } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';

/** The virtual network and subnet of a subnet ID; undefined when one of them is not there. */
export function findSubnet(
  state: AzureState,
  subnetId: string,
): { network: VirtualNetwork; subnet: Subnet } | undefined {
  const found = state.network.virtualNetworks[keyOf(parentOf(subnetId))];
  const subnet = found?.subnets.find(({ name }) => sameId(name, nameOf(subnetId)));
  return found && subnet && { network: found, subnet };
}
