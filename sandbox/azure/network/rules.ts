import { resourceNotFound } from '../protocol/armFault.ts';
import type { ArmOperation } from '../protocol/armOperation.ts';
import { keyOf, nameOf, segmentAfter } from '../resourceId.ts';
import type { NetworkRules } from '../state/networkSchema.ts';
import type { World } from '../state/world.ts';

/** Network security groups and route tables: read only, with the properties they were seeded with. */
export function rulesOperations(world: World): readonly ArmOperation[] {
  return (['networkSecurityGroups', 'routeTables'] as const).map((collection) => ({
    name: `${collection}.get` as const,
    method: 'GET',
    path: `/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network/${collection}/{name}`,
    handle(call) {
      const found = world.state.network.rules[keyOf(call.scope)];
      if (!found) {
        const name = `Microsoft.Network/${collection}/${nameOf(call.scope)}`;
        throw resourceNotFound(name, segmentAfter(call.scope, 'resourceGroups') ?? '');
      }
      return { status: 200, headers: { etag: found.etag }, body: rulesBody(found) };
    },
  }));
}

/** A network security group or route table as ARM shows it. */
function rulesBody(rules: NetworkRules): object {
  const { id, name, type, location, etag, tags, properties } = rules;
  return {
    name,
    id,
    etag,
    type,
    location,
    ...(Object.keys(tags).length > 0 && { tags }),
    properties: { provisioningState: 'Succeeded', ...properties },
  };
}
