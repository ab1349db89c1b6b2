import type { PrivateEndpoint, PrivateLinkServiceConnection as Connection } from '@azure/arm-network';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Tags } from '../../domain/resources/model.ts';
import { parsePrivateEndpointId } from '../../domain/connection/resourceId.ts';
import type { Network, NewPrivateEndpoint } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { named } from '../../domain/connection/resourceId.ts';

interface Follow {
  readonly follow: boolean;
}

export function createPrivateEndpoint(
  arm: ArmCalls,
  endpoint: NewPrivateEndpoint,
  options: Follow,
): Promise<void> {
  const body = {
    location: endpoint.location,
    tags: { ...endpoint.tags },
    subnet: { id: endpoint.subnetId },
    // An alias, and a service of another tenant, can be connected to by asking its owner only.
    manualPrivateLinkServiceConnections: [
      {
        name: endpoint.connectionName,
        privateLinkServiceId: endpoint.target,
        groupIds: [],
        requestMessage: endpoint.requestMessage,
      },
    ],
  };
  return put(arm, endpoint.id, body, options);
}

/** Security groups, the interface's name, fixed addresses and the connection, in whatever form, are sent back as read. */
export async function repeatPrivateEndpoint(
  arm: ArmCalls,
  { id, tags }: { readonly id: string; readonly tags: Tags },
  { follow, mayName }: Parameters<Network['repeatPrivateEndpoint']>[2],
): Promise<void> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  const found = await arm.read(`reading private endpoint ${name}`, () =>
    arm.clients.network(subscriptionId).privateEndpoints.get(resourceGroup, name),
  );
  if (!found) {
    const failure = { code: 'endpoint-changed', message: `${id} is not there any more` } as const;
    throw new ProvisioningError({ kind: 'transient', source: 'azure', ...failure });
  }
  const body = {
    ...found,
    tags: { ...tags },
    manualPrivateLinkServiceConnections: stateless(found.manualPrivateLinkServiceConnections),
    privateLinkServiceConnections: stateless(found.privateLinkServiceConnections),
  };
  const names = [found.subnet, ...(found.applicationSecurityGroups ?? [])].flatMap((one) => one?.id ?? []);
  mayName?.(names);
  await put(arm, id, body, { follow });
}

/** Whether a connection is approved is for its owner to say, and may have changed since it was read. */
function stateless(connections: readonly Connection[] = []): Connection[] {
  return connections.map((connection) => {
    const asked = { ...connection };
    delete asked.privateLinkServiceConnectionState;
    return asked;
  });
}

function put(arm: ArmCalls, id: string, body: PrivateEndpoint, { follow }: Follow): Promise<void> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  return arm.submit(
    `creating private endpoint ${name} in ${resourceGroup}`,
    () => arm.clients.network(subscriptionId).privateEndpoints.createOrUpdate(resourceGroup, name, body),
    { follow, failedAs: follow ? 'endpoint-failed' : 'azure-refused' },
  );
}
