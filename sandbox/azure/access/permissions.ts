import type { Denial } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';
import { isWithin } from '../resourceId.ts';
import { armFault } from '../protocol/armFault.ts';

/** Who a bearer token is. */
export interface Principal {
  readonly objectId: string;
  /** Client ID of an application or name of a user, as error texts name it; the object ID when absent. */
  readonly name?: string;
}

/** Whether the role assignments of a principal allow an action at a scope, now. */
export function isAllowed(world: World, principal: Principal, action: string, scope: string): boolean {
  const { assignments, denials } = world.state.access;
  const denied = denials.some(
    (denial) =>
      denial.principalId === principal.objectId &&
      isInForce(world, denial, scope) &&
      matchesAny(denial.actions, action),
  );
  if (denied) return false;
  return assignments.some(
    (assignment) =>
      assignment.principalId === principal.objectId &&
      isWithin(scope, assignment.scope) &&
      matchesAny(assignment.actions, action) &&
      !matchesAny(assignment.notActions, action),
  );
}

/**
 * What ARM's permissions API says of a principal at a scope. A denial in force is taken from each of the roles, because that
 * is how a role looks that has not spread yet.
 */
export function permissionsAt(
  world: World,
  principal: Principal,
  scope: string,
): readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[] {
  const { assignments, denials } = world.state.access;
  const denied = denials
    .filter((denial) => denial.principalId === principal.objectId && isInForce(world, denial, scope))
    .flatMap((denial) => denial.actions);
  return assignments
    .filter(
      (assignment) => assignment.principalId === principal.objectId && isWithin(scope, assignment.scope),
    )
    .map(({ actions, notActions }) => ({ actions, notActions: [...notActions, ...denied] }));
}

function isInForce(world: World, denial: Denial, scope: string): boolean {
  return (denial.until ?? Infinity) > world.now() && isWithin(scope, denial.scope);
}

/** Whether some action is allowed at or below a scope: such a scope shows up in lists. */
export function seesSomethingWithin(world: World, principal: Principal, scope: string): boolean {
  return world.state.access.assignments.some(
    (assignment) =>
      assignment.principalId === principal.objectId &&
      (isWithin(assignment.scope, scope) || isWithin(scope, assignment.scope)),
  );
}

/** Throws ARM's `AuthorizationFailed` (403), which names action and scope. */
export function authorize(world: World, principal: Principal, action: string, scope: string): void {
  if (isAllowed(world, principal, action, scope)) return;
  throw armFault(
    403,
    {
      code: 'AuthorizationFailed',
      message: `The client '${principal.name ?? principal.objectId}' with object id '${principal.objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    },
    { gateway: true },
  );
}

/** Throws `LinkedAuthorizationFailed` (403) when a resource may be written but not joined to another one. */
export function authorizeLinked(
  world: World,
  principal: Principal,
  written: { action: string; scope: string },
  linked: { action: string; scope: string },
): void {
  if (isAllowed(world, principal, linked.action, linked.scope)) return;
  throw armFault(
    403,
    {
      code: 'LinkedAuthorizationFailed',
      message: `The client '${principal.name ?? principal.objectId}' with object id '${principal.objectId}' has permission to perform action '${written.action}' on scope '${written.scope}'; however, it does not have permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.scope}' (respectively) or the linked scope(s) are invalid.`,
    },
    { gateway: true },
  );
}

function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    return new RegExp(`^${expression}$`, 'i').test(action);
  });
}
