import type { Reply } from '../../kernel/operation.ts';
import { isListed } from '../access/visible.ts';
import { resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { begin, networkPollingHeaders } from '../protocol/longRunning.ts';
import { page } from '../protocol/paging.ts';
import { keyOf, nameOf, segmentAfter } from '../resourceId.ts';
import type { World } from '../state/world.ts';
import { networkInterfaceBody } from './networkInterfaces.ts';
import { privateEndpointBody } from './privateEndpointBody.ts';
import { putPrivateEndpoint } from './putPrivateEndpoint.ts';

const provider = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';
const endpoint = `${provider}/privateEndpoints/{name}`;

export function privateEndpointOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall) =>
    page(
      world,
      call,
      Object.values(world.state.network.privateEndpoints)
        .filter((found) => isListed(world, 'privateEndpoints.list', call, found.id))
        .map((found) => privateEndpointBody(found)),
    );
  return [
    {
      name: 'privateEndpoints.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/Microsoft.Network/privateEndpoints',
      handle: list,
    },
    { name: 'privateEndpoints.list', method: 'GET', path: `${provider}/privateEndpoints`, handle: list },
    { name: 'privateEndpoints.get', method: 'GET', path: endpoint, handle: (call) => get(world, call) },
    {
      name: 'privateEndpoints.put',
      method: 'PUT',
      path: endpoint,
      handle: (call) => putPrivateEndpoint(world, call),
    },
    {
      name: 'privateEndpoints.delete',
      method: 'DELETE',
      path: endpoint,
      handle: (call) => remove(world, call),
    },
  ];
}

/** With `$expand=networkInterfaces` the interfaces come with their properties. */
function get(world: World, call: ArmCall): Reply {
  const found = world.state.network.privateEndpoints[keyOf(call.scope)];
  if (!found) {
    const name = `Microsoft.Network/privateEndpoints/${nameOf(call.scope)}`;
    throw resourceNotFound(name, segmentAfter(call.scope, 'resourceGroups') ?? '');
  }
  const headers = { etag: found.etag };
  const expanded = call.query.$expand?.toLowerCase() === 'networkinterfaces';
  const body = expanded
    ? privateEndpointBody(found, networkInterfaceBody(found))
    : privateEndpointBody(found);
  return { status: 200, headers, body };
}

function remove(world: World, call: ArmCall): Reply {
  const key = keyOf(call.scope);
  const found = world.state.network.privateEndpoints[key];
  if (!found) return { status: 204 };
  found.provisioningState = 'Deleting';
  const id = world.random.guid();
  begin(world, {
    name: 'privateEndpoints.delete',
    id,
    subscriptionId: call.params.subscription ?? '',
    durationMs: world.timings.privateEndpointDelete(),
    effect: {
      kind: 'removeEndpoint',
      key,
      resourceGuid: found.resourceGuid,
      reservedMs: world.timings.privateEndpointNameReserved(),
    },
  });
  return {
    status: 202,
    headers: networkPollingHeaders(world, call, found.location, id, { withLocation: true }),
  };
}
