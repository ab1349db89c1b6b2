import { mayDo } from '../access/permissions.ts';
import { resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { isWithin, sameId, segmentAfter } from '../resourceId.ts';
import type { World } from '../state/world.ts';
import { allResources } from './allResources.ts';
import { readFilter } from './filter.ts';
import { resourcePaths } from './scopes.ts';

/** ARM's own list of resources. Its `resources.get` serves types that have no operation of their own here. */
export function resourceOperations(world: World): readonly ArmOperation[] {
  const list = (call: ArmCall) => {
    const filter = readFilter(call.query.$filter);
    const found = allResources(world.state).filter(
      (resource) =>
        isWithin(resource.id, call.scope) &&
        filter.matches(resource) &&
        mayDo(world, call.principal, `${resource.type}/read`, resource.id),
    );
    return page(
      world,
      call,
      found.map(({ id, name, type, location, tagged }) => ({
        id,
        name,
        type,
        location,
        ...(tagged && !filter.byTag && { tags: tagged.tags }),
      })),
    );
  };
  return [
    { name: 'resources.list', method: 'GET', path: '/subscriptions/{subscription}/resources', handle: list },
    {
      name: 'resources.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/resourceGroups/{group}/resources',
      handle: list,
    },
    ...resourcePaths.map((path): ArmOperation => ({
      name: 'resources.get',
      method: 'GET',
      path,
      handle(call) {
        const found = allResources(world.state).find(({ id }) => sameId(id, call.scope));
        if (!found) throw unknownResource(call.scope);
        const { id, name, type, location, tagged } = found;
        return { status: 200, body: { id, name, type, location, ...(tagged && { tags: tagged.tags }) } };
      },
    })),
  ];
}

/** The 404 of a resource that is not there, which names type and name after the resource group. */
export function unknownResource(id: string): Error {
  const [, typeAndName = ''] = id.split(/\/providers\//i);
  return resourceNotFound(typeAndName, segmentAfter(id, 'resourceGroups') ?? '');
}
