import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { seesSomethingWithin } from '../access/permissions.ts';
import { armFault, badRequest, resourceGroupNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { begin } from '../protocol/longRunning.ts';
import { page } from '../protocol/paging.ts';
import { isWithin, keyOf, nameOf, sameId } from '../resourceId.ts';
import type { ResourceGroup } from '../state/schema.ts';
import type { World } from '../state/world.ts';
import { checkTags, tagsSchema } from './tagRules.ts';

const group = '/subscriptions/{subscription}/resourceGroups/{group}';
const results = '/subscriptions/{subscription}/operationresults/{operation}';
const bodySchema = z.object({ location: z.string(), tags: tagsSchema.optional() });

export function resourceGroupOperations(world: World): readonly ArmOperation[] {
  return [
    {
      name: 'resourceGroups.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/resourceGroups',
      handle(call) {
        const groups = Object.values(world.state.resourceGroups).filter(
          ({ id }) => isWithin(id, call.scope) && seesSomethingWithin(world, call.principal, id),
        );
        return page(
          world,
          call,
          groups.map((found) => body(world, found)),
        );
      },
    },
    {
      name: 'resourceGroups.get',
      method: 'GET',
      path: group,
      handle: (call) => ({ status: 200, body: body(world, existing(world, call)) }),
    },
    {
      name: 'resourceGroups.head',
      method: 'HEAD',
      path: group,
      handle: (call) => ({ status: world.state.resourceGroups[keyOf(call.scope)] ? 204 : 404 }),
    },
    { name: 'resourceGroups.put', method: 'PUT', path: group, handle: (call) => put(world, call) },
    { name: 'resourceGroups.delete', method: 'DELETE', path: group, handle: (call) => remove(world, call) },
    {
      name: 'resources.getOperationResult',
      method: 'GET',
      path: results,
      handle(call) {
        const operation = world.state.longRunning.operations[call.params.operation ?? ''];
        if (!operation) return { status: 204 };
        if (!operation.outcome) return { status: 202, headers: pollingHeaders(call, operation.id) };
        if (operation.outcome.status === 'Failed') throw armFault(409, operation.outcome.error);
        return { status: 200 };
      },
    },
  ];
}

function put(world: World, call: ArmCall): Reply {
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) {
    throw badRequest('LocationRequired', 'The location property is required for this definition.');
  }
  const name = nameOf(call.scope);
  if (!/^[-\w.()]{1,90}$/.test(name) || name.endsWith('.')) {
    throw badRequest('InvalidResourceGroup', `The resource group name '${name}' is not valid.`);
  }
  const { tags = {} } = parsed.data;
  checkTags(tags);
  const location = parsed.data.location.replaceAll(' ', '').toLowerCase();
  const before = world.state.resourceGroups[keyOf(call.scope)];
  if (before && !sameId(before.location, location)) {
    throw armFault(409, {
      code: 'InvalidResourceGroupLocation',
      message: `Invalid resource group location '${location}'. The Resource group already exists in location '${before.location}'.`,
    });
  }
  // ARM writes the IDs of groups by itself, other than those of resources.
  const id = `/subscriptions/${call.params.subscription ?? ''}/resourceGroups/${name}`;
  const made: ResourceGroup = { id: before?.id ?? id, name: before?.name ?? name, location, tags };
  world.state.resourceGroups[keyOf(call.scope)] = made;
  return { status: before ? 200 : 201, body: body(world, made) };
}

function remove(world: World, call: ArmCall): Reply {
  existing(world, call);
  const id = Buffer.from(`RG-DELETE-${world.random.guid()}`).toString('base64url');
  begin(world, {
    name: 'resourceGroups.delete',
    id,
    subscriptionId: call.params.subscription ?? '',
    durationMs: world.timings.resourceGroupDelete(),
    effect: { kind: 'removeResourceGroup', key: keyOf(call.scope) },
  });
  return { status: 202, headers: pollingHeaders(call, id) };
}

function pollingHeaders(call: ArmCall, operationId: string): Readonly<Record<string, string>> {
  const subscription = call.params.subscription ?? '';
  return {
    location: `${call.origin}/subscriptions/${subscription}/operationresults/${operationId}?api-version=${call.apiVersion}`,
    'retry-after': '15',
  };
}

function existing(world: World, call: ArmCall): ResourceGroup {
  const found = world.state.resourceGroups[keyOf(call.scope)];
  if (found) return found;
  throw resourceGroupNotFound(call.params.group ?? '');
}

function body(world: World, { id, name, location, tags }: ResourceGroup): object {
  const deleting = Object.values(world.state.longRunning.operations).some(
    ({ effect, outcome }) => effect.kind === 'removeResourceGroup' && effect.key === keyOf(id) && !outcome,
  );
  return {
    id,
    name,
    type: 'Microsoft.Resources/resourceGroups',
    location,
    ...(Object.keys(tags).length > 0 && { tags }),
    properties: { provisioningState: deleting ? 'Deleting' : 'Succeeded' },
  };
}
