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
    // An alias, or a service of another tenant, only allows manual connections, which its owner approves.
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

/** Sends back as read: security groups, the interface's name, fixed addresses, and the manual or automatic connection. */
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
    const failure = { code: 'endpoint-changed', message: `${id} does not exist any more` } as const;
    throw new ProvisioningError({ kind: 'transient', source: 'azure', ...failure });
  }
  const body = {
    ...found,
    tags: { ...tags },
    manualPrivateLinkServiceConnections: stateless(found.manualPrivateLinkServiceConnections),
    privateLinkServiceConnections: stateless(found.privateLinkServiceConnections),
  };
  const names = [found.subnet, ...(found.applicationSecurityGroups ?? [])].flatMap(
    (resource) => resource?.id ?? [],
  );
  mayName?.(names);
  await put(arm, id, body, { follow });
}

/** Drops the approval state: the owner of the service decides it, and it may have changed since it was read. */
function stateless(connections: readonly Connection[] = []): Connection[] {
  return connections.map((connection) => {
    const desired = { ...connection };
    delete desired.privateLinkServiceConnectionState;
    return desired;
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
