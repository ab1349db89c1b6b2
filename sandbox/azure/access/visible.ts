import { isWithin, listedScope, segmentAfter } from '../resourceId.ts';
import type { World } from '../state/world.ts';
import { operationActions } from './actions.ts';
import type { OperationName } from './actions.ts';
import { mayDo, mayReadWithin } from './permissions.ts';
import type { Principal } from './permissions.ts';

/** Lists of resources: each caller gets what it may read, and nothing in the answer says that there is more. */
const resourceLists = [
  'virtualNetworks.list',
  'networkInterfaces.list',
  'privateEndpoints.list',
  'privateDnsZones.list',
] as const satisfies readonly OperationName[];

export type ResourceList = (typeof resourceLists)[number];

interface ListCall {
  readonly principal: Principal;
  readonly scope: string;
}

/** Whether a list of a whole subscription is answered: rights at a part of it are enough. */
export function isOpenList(world: World, operation: OperationName, call: ListCall): boolean {
  const list = resourceLists.find((name) => name === operation);
  if (!list || segmentAfter(call.scope, 'resourceGroups') !== undefined) return false;
  return mayReadWithin(world, call.principal, operationActions[list], listedScope(call.scope));
}

export function isListed(world: World, list: ResourceList, call: ListCall, id: string): boolean {
  return isWithin(id, listedScope(call.scope)) && mayDo(world, call.principal, operationActions[list], id);
}
