import type { VirtualNetworkView } from '../../kernel/contracts.ts';
import { resolveIn } from '../dns/resolve.ts';
import { keyOf, sameId } from '../resourceId.ts';
import type { World } from '../state/world.ts';
import { findSubnet } from './findSubnet.ts';

const AZURE_DNS = '168.63.129.16';

/** What a machine in a virtual network sees. Custom DNS servers do not ask the linked zones. */
export function virtualNetworkView(world: World): VirtualNetworkView {
  return {
    resolve(virtualNetworkId, name) {
      world.settle();
      const network = world.state.network.virtualNetworks[keyOf(virtualNetworkId)];
      if (!network || network.dnsServers.some((server) => server !== AZURE_DNS)) return 'public';
      return resolveIn(world.state, network.id, name, world.now());
    },
    privateEndpointAt(virtualNetworkId, address) {
      world.settle();
      const network = world.state.network.virtualNetworks[keyOf(virtualNetworkId)];
      const reachable = [virtualNetworkId, ...(network?.peerings ?? [])];
      const found = Object.values(world.state.network.privateEndpoints).find((endpoint) => {
        const place = findSubnet(world.state, endpoint.subnetId);
        return (
          place !== undefined &&
          endpoint.address === address &&
          reachable.some((id) => sameId(id, place.network.id))
        );
      });
      return found && { endpointId: `${found.name}.${found.resourceGuid}`, status: found.connection.status };
    },
  };
}
