import { z } from 'zod';
import type { Reply } from '../../kernel/operation.ts';
import { armFault, badRequest } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { isWithin, keyOf } from '../resourceId.ts';
import { scopePaths } from '../resources/scopes.ts';
import type { Lock } from '../state/accessSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { World } from '../state/world.ts';

const bodySchema = z.object({
  properties: z.object({ level: z.enum(['CanNotDelete', 'ReadOnly']), notes: z.string().optional() }),
});

/** Management locks on subscriptions, resource groups and resources. */
export function lockOperations(world: World): readonly ArmOperation[] {
  return scopePaths.flatMap((scope): ArmOperation[] => {
    const collection = `${scope}/providers/Microsoft.Authorization/locks`;
    const path = `${collection}/{lock}`;
    return [
      {
        name: 'locks.list',
        method: 'GET',
        path: collection,
        handle(call) {
          // Those of what lies above act here too, and are in the answer.
          const locks = Object.values(world.state.access.locks).filter(
            (lock) => isWithin(lock.scope, call.scope) || isWithin(call.scope, lock.scope),
          );
          return page(world, call, locks.map(body));
        },
      },
      {
        name: 'locks.get',
        method: 'GET',
        path,
        handle(call) {
          const found = world.state.access.locks[keyOf(lockId(call))];
          if (found) return { status: 200, body: body(found) };
          const message = `The lock '${call.params.lock ?? ''}' could not be found.`;
          throw armFault(404, { code: 'LockNotFound', message }, { gateway: true });
        },
      },
      { name: 'locks.put', method: 'PUT', path, handle: (call) => put(world, call) },
      {
        name: 'locks.delete',
        method: 'DELETE',
        path,
        handle(call) {
          const key = keyOf(lockId(call));
          const status = world.state.access.locks[key] ? 200 : 204;
          removeFrom(world.state.access.locks, key);
          return { status };
        },
      },
    ];
  });
}

function put(world: World, call: ArmCall): Reply {
  const parsed = bodySchema.safeParse(call.body);
  if (!parsed.success) throw badRequest('InvalidLockLevel', 'The lock has no valid level.');
  const { level, notes } = parsed.data.properties;
  const key = keyOf(lockId(call));
  const status = world.state.access.locks[key] ? 200 : 201;
  const lock: Lock = { scope: call.scope, name: call.params.lock ?? '', level, ...(notes && { notes }) };
  world.state.access.locks[key] = lock;
  return { status, body: body(lock) };
}

function lockId(call: ArmCall): string {
  return lockIdOf(call.scope, call.params.lock ?? '');
}

export function lockIdOf(scope: string, name: string): string {
  return `${scope}/providers/Microsoft.Authorization/locks/${name}`;
}

function body({ scope, name, level, notes }: Lock): object {
  return {
    id: lockIdOf(scope, name),
    name,
    type: 'Microsoft.Authorization/locks',
    properties: { level, ...(notes !== undefined && { notes }) },
  };
}
