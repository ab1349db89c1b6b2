import type { ConnectionStatus } from '../../kernel/contracts.ts';
import { findByEndpointId, setConnectionStatus } from '../network/providerSide.ts';
import { keyOf } from '../resourceId.ts';
import type { PrivateEndpoint } from '../state/networkSchema.ts';
import type { World } from '../state/world.ts';

/** What happens to private endpoints. They are named by resource ID, or by `<name>.<resourceGuid>` as at Zilliz. */
export interface EndpointControl {
  /** A connection that is Disconnected stays so. */
  setConnection(
    endpoint: string,
    status: ConnectionStatus,
    more?: { readonly description?: string; readonly actionsRequired?: string },
  ): void;
  /** E.g. `Failed`, which a Rejected endpoint may be or not. */
  setProvisioningState(endpoint: string, state: PrivateEndpoint['provisioningState']): void;
  /** Leaves the GUID out of responses, or the address out of the network interface; false mends it. */
  breakEndpoint(
    endpoint: string,
    broken: { readonly resourceGuid?: boolean; readonly address?: boolean },
  ): void;
  /** Refuses the name with `PrivateEndpointAlreadyExists` for a while, as after a delete. */
  reserveEndpointName(id: string, forMilliseconds: number): void;
}

export function endpointControl(world: World): EndpointControl {
  const find = (endpoint: string): PrivateEndpoint => {
    const found =
      world.state.network.privateEndpoints[keyOf(endpoint)] ?? findByEndpointId(world.state, endpoint);
    if (!found) throw new Error(`There is no private endpoint ${endpoint}.`);
    return found;
  };
  return {
    setConnection(endpoint, status, { description = '', actionsRequired } = {}) {
      const found = find(endpoint);
      setConnectionStatus(world, found, status, description);
      if (actionsRequired !== undefined) found.connection.actionsRequired = actionsRequired;
    },
    setProvisioningState(endpoint, state) {
      find(endpoint).provisioningState = state;
    },
    breakEndpoint(endpoint, broken) {
      Object.assign(find(endpoint).broken, broken);
    },
    reserveEndpointName(id, forMilliseconds) {
      world.state.network.reservedNames[keyOf(id)] = world.now() + forMilliseconds;
    },
  };
}
