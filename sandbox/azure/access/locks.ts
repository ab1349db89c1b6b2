import { isWithin } from '../resourceId.ts';
import { armFault } from '../protocol/armFault.ts';
import type { World } from '../state/world.ts';

/** Throws `ScopeLocked` (409) when a lock at the resource, above it or, for a delete, below it forbids the change. */
export function refuseLocked(world: World, verb: 'write' | 'delete', scope: string): void {
  const held = Object.values(world.state.access.locks).filter(
    (lock) =>
      (verb === 'delete' || lock.level === 'ReadOnly') &&
      (isWithin(scope, lock.scope) || (verb === 'delete' && isWithin(lock.scope, scope))),
  );
  if (held.length === 0) return;
  throw armFault(
    409,
    {
      code: 'ScopeLocked',
      message: `The scope '${scope}' cannot perform ${verb} operation because following scope(s) are locked: '${held.map((lock) => lock.scope).join(',')}'. Please remove the lock and try again.`,
    },
    { gateway: true },
  );
}
