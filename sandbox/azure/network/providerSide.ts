import type { ConnectionStatus, ProviderSide } from '../../kernel/contracts.ts';
import { sameId, segmentAfter } from '../resourceId.ts';
import type { PrivateEndpoint } from '../state/networkSchema.ts';
import type { AzureState } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { findService } from './privateLinkServices.ts';

/** What the owner of the private link services sees and does. A write in its subscription raises no event in ours. */
export function providerSide(world: World): ProviderSide {
  return {
    allowSubscription(alias, subscriptionId) {
      const service = findService(world.state, alias);
      if (!service) throw new Error(`There is no private link service ${alias}.`);
      if (service.visibleTo.some((one) => sameId(one, subscriptionId))) return;
      service.visibleTo.push(subscriptionId.toLowerCase());
      world.save();
    },
    connection(endpointId) {
      world.settle();
      const endpoint = findByEndpointId(world.state, endpointId);
      if (!endpoint?.connection.known) return undefined;
      const { privateLinkServiceId, status } = endpoint.connection;
      return {
        alias: findService(world.state, privateLinkServiceId)?.alias ?? privateLinkServiceId,
        subscriptionId: segmentAfter(endpoint.id, 'subscriptions') ?? '',
        status,
      };
    },
    setConnection(endpointId, status, description = '') {
      world.settle();
      const endpoint = findByEndpointId(world.state, endpointId);
      if (!endpoint) throw new Error(`There is no private endpoint ${endpointId}.`);
      setConnectionStatus(world, endpoint, status, description);
      world.save();
    },
  };
}

/** The endpoint that a private link service lists as `<name>.<resourceGuid>`. */
export function findByEndpointId(state: AzureState, endpointId: string): PrivateEndpoint | undefined {
  return Object.values(state.network.privateEndpoints).find(({ name, resourceGuid }) =>
    sameId(`${name}.${resourceGuid}`, endpointId),
  );
}

/** A connection whose provider removed it stays Disconnected: only a new endpoint helps (documented). */
export function setConnectionStatus(
  world: World,
  endpoint: PrivateEndpoint,
  status: ConnectionStatus,
  description: string,
): void {
  if (endpoint.connection.status === 'Disconnected') return;
  Object.assign(endpoint.connection, { status, description });
  endpoint.etag = `W/"${world.random.guid()}"`;
}
