import { isListed } from '../access/visible.ts';
import { armFault, resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { keyOf, nameOf, parentOf, sameId, segmentAfter } from '../resourceId.ts';
import type { VirtualNetwork } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { putSubnet, putVirtualNetwork } from './putVirtualNetwork.ts';
import { subnetBody, usage, virtualNetworkBody } from './virtualNetworkBody.ts';

const provider = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';
const network = `${provider}/virtualNetworks/{network}`;

/** Virtual networks and subnets. */
export function virtualNetworkOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall) =>
    page(
      world,
      call,
      Object.values(world.state.network.virtualNetworks)
        .filter((found) => isListed(world, 'virtualNetworks.list', call, found.id))
        .map((found) => virtualNetworkBody(world, found)),
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
        return { status: 200, headers: { etag: found.etag }, body: virtualNetworkBody(world, found) };
      },
    },
    {
      name: 'virtualNetworks.put',
      method: 'PUT',
      path: network,
      handle: (call) => putVirtualNetwork(world, call),
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
          found.subnets.map((subnet) => subnetBody(world, found, subnet)),
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
        return { status: 200, headers: { etag: found.etag }, body: subnetBody(world, found, subnet) };
      },
    },
    {
      name: 'subnets.put',
      method: 'PUT',
      path: `${network}/subnets/{subnet}`,
      handle: (call) => putSubnet(world, call, virtualNetworkOf(world.state, parentOf(call.scope))),
    },
  ];
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
