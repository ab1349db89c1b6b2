import type { ArmOperation } from '../protocol/armOperation.ts';
import { scopePaths } from '../resources/scopes.ts';
import type { World } from '../state/world.ts';
import { permissionsAt } from './permissions.ts';

/** What the caller may do at a scope; the scope need not exist below its resource group. */
export function permissionOperations(world: World): readonly ArmOperation[] {
  return scopePaths.map((scope) => ({
    name: 'permissions.list',
    method: 'GET',
    path: `${scope}/providers/Microsoft.Authorization/permissions`,
    handle(call) {
      const value = permissionsAt(world, call.principal, call.scope).map((permission) => ({
        ...permission,
        dataActions: [],
        notDataActions: [],
      }));
      return { status: 200, body: { value } };
    },
  }));
}
