import { z } from 'zod';
import { badRequest } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { keyOf, sameId } from '../resourceId.ts';
import type { World } from '../state/world.ts';
import { allResources } from './allResources.ts';
import { unknownResource } from './resources.ts';
import { scopePaths } from './scopes.ts';
import { tagsSchema, writtenTags } from './tagRules.ts';

type Tags = Record<string, string>;

const propertiesSchema = z.object({ tags: tagsSchema.default({}) });
const putSchema = z.object({ properties: propertiesSchema });
const patchSchema = z.object({
  operation: z.enum(['Merge', 'Replace', 'Delete']),
  properties: propertiesSchema,
});

/** The tags of a resource group or resource, read and written apart from the rest of it. */
export function tagOperations(world: World): readonly ArmOperation[] {
  return scopePaths.slice(1).flatMap((scope): ArmOperation[] => {
    const path = `${scope}/providers/Microsoft.Resources/tags/default`;
    return [
      { name: 'tags.get', method: 'GET', path, handle: (call) => answer(call, holder(world, call).tags) },
      {
        name: 'tags.put',
        method: 'PUT',
        path,
        handle: (call) => write(world, call, parse(putSchema, call).properties.tags),
      },
      {
        name: 'tags.patch',
        method: 'PATCH',
        path,
        handle(call) {
          const { operation, properties } = parse(patchSchema, call);
          return write(world, call, changed(holder(world, call).tags, operation, properties.tags));
        },
      },
    ];
  });
}

/** What a PATCH makes of tags. Names are compared without regard to case; `Delete` takes a pair only if its value fits. */
function changed(
  tags: Readonly<Tags>,
  operation: 'Merge' | 'Replace' | 'Delete',
  given: Readonly<Tags>,
): Tags {
  if (operation === 'Replace') return { ...given };
  const kept = Object.entries(tags).filter(([name, value]) => {
    const match = Object.entries(given).find(([other]) => other.toLowerCase() === name.toLowerCase());
    if (!match) return true;
    return operation === 'Delete' && match[1] !== '' && match[1] !== value;
  });
  return { ...Object.fromEntries(kept), ...(operation === 'Merge' && given) };
}

function write(world: World, call: ArmCall, tags: Tags) {
  const held = holder(world, call);
  held.tags = writtenTags(world, call.scope, tags);
  // A link has its ETag in quotes, network resources a weak one, zones a bare one.
  if ('etag' in held) held.etag = held.etag.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, world.random.guid());
  return answer(call, held.tags);
}

function answer(call: ArmCall, tags: Readonly<Tags>) {
  const id = `${call.scope}/providers/Microsoft.Resources/tags/default`;
  return {
    status: 200,
    body: { id, name: 'default', type: 'Microsoft.Resources/tags', properties: { tags } },
  };
}

function holder(world: World, call: ArmCall): { tags: Tags } | { tags: Tags; etag: string } {
  const group = world.state.resourceGroups[keyOf(call.scope)];
  if (group) return group;
  const found = allResources(world.state).find(({ id }) => sameId(id, call.scope))?.tagged;
  if (found) return found;
  throw unknownResource(call.scope);
}

function parse<Body>(schema: z.ZodType<Body>, call: ArmCall): Body {
  const parsed = schema.safeParse(call.body);
  if (parsed.success) return parsed.data;
  throw badRequest('InvalidRequestContent', 'The request content was invalid and could not be deserialized.');
}
