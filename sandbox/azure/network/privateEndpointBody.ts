import type { PrivateEndpoint } from '../state/networkSchema.ts';

/**
 * A private endpoint as ARM shows it. `resourceGuid` is on the wire in every API version, though in no published model.
 * `networkInterface` is its ID alone unless the caller asked for more.
 */
export function privateEndpointBody(
  endpoint: PrivateEndpoint,
  networkInterface: object = { id: endpoint.networkInterfaceId },
): object {
  const { id, name, location, tags, etag, connection } = endpoint;
  return {
    name,
    id,
    etag,
    type: 'Microsoft.Network/privateEndpoints',
    location,
    ...(Object.keys(tags).length > 0 && { tags }),
    properties: {
      provisioningState: endpoint.provisioningState,
      ...(!endpoint.broken.resourceGuid && { resourceGuid: endpoint.resourceGuid }),
      privateLinkServiceConnections: connection.manual ? [] : [connectionBody(endpoint)],
      manualPrivateLinkServiceConnections: connection.manual ? [connectionBody(endpoint)] : [],
      customNetworkInterfaceName: endpoint.customNetworkInterfaceName,
      subnet: { id: endpoint.subnetId },
      ...(endpoint.applicationSecurityGroups.length > 0 && {
        applicationSecurityGroups: endpoint.applicationSecurityGroups,
      }),
      ipConfigurations: endpoint.ipConfigurations.map((configuration) => ({
        name: configuration.name,
        id: `${id}/ipConfigurations/${configuration.name}`,
        etag,
        type: 'Microsoft.Network/privateEndpoints/ipConfigurations',
        properties: { provisioningState: 'Succeeded', ...configuration.properties },
      })),
      networkInterfaces: [networkInterface],
      customDnsConfigs: [],
    },
  };
}

function connectionBody({ id, etag, connection, provisioningState }: PrivateEndpoint): object {
  const collection = connection.manual
    ? 'manualPrivateLinkServiceConnections'
    : 'privateLinkServiceConnections';
  const { status, description, actionsRequired } = connection;
  return {
    name: connection.name,
    id: `${id}/${collection}/${connection.name}`,
    etag,
    type: `Microsoft.Network/privateEndpoints/${collection}`,
    properties: {
      provisioningState: provisioningState === 'Failed' ? 'Failed' : 'Succeeded',
      privateLinkServiceId: connection.privateLinkServiceId,
      groupIds: connection.groupIds,
      ...(connection.requestMessage !== undefined && { requestMessage: connection.requestMessage }),
      privateLinkServiceConnectionState: { status, description, actionsRequired },
    },
  };
}
