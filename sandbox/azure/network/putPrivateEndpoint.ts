import type { Reply } from '../../kernel/operation.ts';
import { authorizeLinked } from '../access/permissions.ts';
import { linkedActions, operationActions } from '../access/actions.ts';
import { armFault, notProvisioned } from '../protocol/armFault.ts';
import type { ArmCall } from '../protocol/armOperation.ts';
import { begin, networkPollingHeaders } from '../protocol/longRunning.ts';
import { keyOf, nameOf, resourceGroupIdOf, sameId } from '../resourceId.ts';
import { writtenTags } from '../resources/tagRules.ts';
import type { PrivateEndpoint } from '../state/networkSchema.ts';
import type { ArmError } from '../state/longRunningSchema.ts';
import type { World } from '../state/world.ts';
import { privateEndpointBody } from './privateEndpointBody.ts';
import { readEndpointRequest } from './privateEndpointRequest.ts';
import type { WantedEndpoint } from './privateEndpointRequest.ts';
import { findService, isVisibleTo } from './privateLinkServices.ts';
import { checkSubnet, placeInSubnet } from './placement.ts';

/** Creates a private endpoint (201) or updates it (200); either goes on after the answer. */
export function putPrivateEndpoint(world: World, call: ArmCall): Reply {
  const key = keyOf(call.scope);
  const existing = world.state.network.privateEndpoints[key];
  const wanted = readEndpointRequest(nameOf(call.scope), call.body);
  authorizeLinked(
    world,
    call.principal,
    { action: operationActions['privateEndpoints.put'], scope: call.scope },
    { action: linkedActions['privateEndpoints.put'], scope: wanted.subnetId },
  );
  if (existing) refuseChange(existing, wanted);
  else refuseReservedName(world, call.scope);
  const place = checkSubnet(world, call.scope, wanted);
  const address = existing?.address ?? placeInSubnet(world.state, place, wanted);
  const target = reach(world, call, wanted);
  const endpoint = written(world, call.scope, wanted, {
    existing,
    address,
    reached: target.failure === undefined,
  });
  world.state.network.privateEndpoints[key] = endpoint;
  const id = world.random.guid();
  begin(world, {
    name: 'privateEndpoints.put',
    id,
    subscriptionId: call.params.subscription ?? '',
    durationMs: world.timings.privateEndpoint(),
    effect: {
      kind: 'settleEndpoint',
      key,
      resourceGuid: endpoint.resourceGuid,
      etag: `W/"${world.random.guid()}"`,
    },
    failure: target.failure,
  });
  return {
    status: existing ? 200 : 201,
    headers: networkPollingHeaders(world, call, endpoint.location, id, { withLocation: false }),
    body: privateEndpointBody(endpoint),
  };
}

/** Whether the connection request reaches its service. If not, the operation fails later, as Azure's does. */
function reach(world: World, call: ArmCall, wanted: WantedEndpoint): { failure: ArmError | undefined } {
  const service = findService(world.state, wanted.target);
  if (!service || !isVisibleTo(service, call.params.subscription ?? '')) {
    const message = `Private link service id ${wanted.target} used by private endpoint ${call.scope} is invalid or not visible to the subscription.`;
    return { failure: { code: 'InvalidPrivateLinkServiceId', message } };
  }
  if (!wanted.manual) {
    const type = 'privateEndpointConnectionsApproval/action';
    authorizeLinked(
      world,
      call.principal,
      { action: operationActions['privateEndpoints.put'], scope: call.scope },
      { action: `Microsoft.Network/privateLinkServices/${type}`, scope: service.resourceId },
    );
  }
  return { failure: undefined };
}

function written(
  world: World,
  id: string,
  wanted: WantedEndpoint,
  made: { existing: PrivateEndpoint | undefined; address: string; reached: boolean },
): PrivateEndpoint {
  const { existing, address, reached } = made;
  const fresh = existing ?? created(world, id, wanted);
  const description = wanted.manual ? fresh.connection.description : 'Auto Approved';
  return {
    ...fresh,
    tags: writtenTags(world, id, wanted.tags),
    etag: `W/"${world.random.guid()}"`,
    provisioningState: 'Updating',
    address,
    connection: {
      ...fresh.connection,
      ...(wanted.requestMessage !== undefined && { requestMessage: wanted.requestMessage }),
      description,
      known: fresh.connection.known || reached,
    },
    applicationSecurityGroups: wanted.applicationSecurityGroups,
    ipConfigurations: wanted.ipConfigurations,
  };
}

function created(world: World, id: string, wanted: WantedEndpoint): PrivateEndpoint {
  const name = nameOf(id);
  const networkInterfaceGuid = world.random.guid();
  const interfaceName = wanted.customNetworkInterfaceName || `${name}.nic.${networkInterfaceGuid}`;
  return {
    id,
    name,
    location: wanted.location,
    tags: {},
    etag: '',
    resourceGuid: world.random.guid(),
    provisioningState: 'Updating',
    subnetId: wanted.subnetId,
    connection: {
      name: wanted.connectionName,
      manual: wanted.manual,
      privateLinkServiceId: wanted.target,
      groupIds: wanted.groupIds,
      status: wanted.manual ? 'Pending' : 'Approved',
      description: 'Awaiting approval',
      actionsRequired: 'None',
      known: false,
    },
    customNetworkInterfaceName: wanted.customNetworkInterfaceName,
    networkInterfaceId: `${resourceGroupIdOf(id)}/providers/Microsoft.Network/networkInterfaces/${interfaceName}`,
    networkInterfaceGuid,
    address: '',
    applicationSecurityGroups: [],
    ipConfigurations: [],
    broken: { resourceGuid: false, address: false },
  };
}

/** An endpoint that is being written refuses another write; its subnet and its connection never change. */
function refuseChange(existing: PrivateEndpoint, wanted: WantedEndpoint): void {
  const { id, provisioningState, connection } = existing;
  if (provisioningState === 'Updating') throw notProvisioned(id, 'PutPrivateEndpointOperation');
  if (provisioningState === 'Deleting') {
    throw armFault(409, {
      code: 'AnotherOperationInProgress',
      message: `Another operation on this or dependent resource is in progress: ${id} is being deleted.`,
      details: [],
    });
  }
  if (!sameId(existing.location, wanted.location)) {
    throw armFault(
      409,
      {
        code: 'InvalidResourceLocation',
        message: `The resource '${existing.name}' already exists in location '${existing.location}'. A resource with the same name cannot be created in location '${wanted.location}'.`,
      },
      { gateway: true },
    );
  }
  const same =
    sameId(existing.subnetId, wanted.subnetId) &&
    sameId(connection.privateLinkServiceId, wanted.target) &&
    sameId(connection.name, wanted.connectionName) &&
    connection.manual === wanted.manual &&
    existing.customNetworkInterfaceName === wanted.customNetworkInterfaceName &&
    staticAddressOf(existing) === staticAddressOf(wanted);
  if (same) return;
  throw armFault(400, {
    code: 'PropertyChangeNotAllowed',
    message: `Subnet, private link service connection, IP configuration and network interface name of private endpoint ${id} cannot be changed.`,
    details: [],
  });
}

function staticAddressOf({ ipConfigurations: [first] }: Pick<WantedEndpoint, 'ipConfigurations'>): string {
  return first?.properties.privateIPAddress ?? '';
}

function refuseReservedName(world: World, id: string): void {
  if (world.state.network.reservedNames[keyOf(id)] === undefined) return;
  throw armFault(409, {
    code: 'PrivateEndpointAlreadyExists',
    message: `Private endpoint ${id} already exists.`,
    details: [],
  });
}
