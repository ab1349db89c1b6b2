import { createHash } from 'node:crypto';
import type { Assignment, Denial } from '../state/accessSchema.ts';
import type { World } from '../state/world.ts';
import { isWithin } from '../resourceId.ts';
import { armFault } from '../protocol/armFault.ts';
import type { ArmFault } from '../protocol/armFault.ts';

/** Who a bearer token is. */
export interface Principal {
  readonly objectId: string;
  /** Client ID of an application or name of a user, as error texts name it; the object ID when absent. */
  readonly name?: string;
}

/** The roles of a principal that act by now at a scope. */
function rolesAt(world: World, principal: Principal, scope: string): readonly Assignment[] {
  return world.state.access.assignments.filter(
    (assignment) =>
      assignment.principalId === principal.objectId &&
      (assignment.from ?? 0) <= world.now() &&
      isWithin(scope, assignment.scope),
  );
}

/** Whether the role assignments of a principal allow an action at a scope, now. */
function isAllowed(world: World, principal: Principal, action: string, scope: string): boolean {
  return rolesAt(world, principal, scope).some(
    ({ actions, notActions }) => matchesAny(actions, action) && !matchesAny(notActions, action),
  );
}

/** The deny assignment that blocks an action at a scope. */
function denialOf(world: World, principal: Principal, action: string, scope: string): Denial | undefined {
  return world.state.access.denials.find(
    (denial) =>
      denial.principalId === principal.objectId &&
      isWithin(scope, denial.scope) &&
      matchesAny(denial.actions, action),
  );
}

/** What ARM's permissions API says of a principal at a scope: a set for each role there and above. It knows no deny assignments. */
export function permissionsAt(
  world: World,
  principal: Principal,
  scope: string,
): readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[] {
  return rolesAt(world, principal, scope).map(({ actions, notActions }) => ({ actions, notActions }));
}

/** Whether some action is allowed at or below a scope: such a scope shows up in lists. */
export function seesSomethingWithin(world: World, principal: Principal, scope: string): boolean {
  return world.state.access.assignments.some(
    (assignment) =>
      assignment.principalId === principal.objectId &&
      (assignment.from ?? 0) <= world.now() &&
      (isWithin(assignment.scope, scope) || isWithin(scope, assignment.scope)),
  );
}

/** Whether some role allows an action at a part of a scope, and nothing denies it at the scope itself. */
export function mayReadWithin(world: World, principal: Principal, action: string, scope: string): boolean {
  if (denialOf(world, principal, action, scope)) return false;
  return world.state.access.assignments.some(
    (assignment) =>
      assignment.principalId === principal.objectId &&
      isWithin(assignment.scope, scope) &&
      matchesAny(assignment.actions, action) &&
      !matchesAny(assignment.notActions, action),
  );
}

/** Whether a principal may do an action at a scope, by its roles and in spite of deny assignments. */
export function mayDo(world: World, principal: Principal, action: string, scope: string): boolean {
  return isAllowed(world, principal, action, scope) && !denialOf(world, principal, action, scope);
}

/** Throws ARM's `AuthorizationFailed` or `DenyAssignmentAuthorizationFailed` (403), which name action and scope. */
export function authorize(world: World, principal: Principal, action: string, scope: string): void {
  if (isAllowed(world, principal, action, scope)) {
    const denial = denialOf(world, principal, action, scope);
    if (denial) throw deniedAtScope(principal, action, scope, denial);
    return;
  }
  throw armFault(
    403,
    {
      code: 'AuthorizationFailed',
      message: `${clientOf(principal)} does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
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
  if (mayDo(world, principal, linked.action, linked.scope)) return;
  const reason = isAllowed(world, principal, linked.action, linked.scope)
    ? `it does not have permission to perform action '${linked.action}' on the '0' linked scope(s) '' or the linked scope(s) are invalid and is blocked by deny assignments on the '1' linked scope(s) '${linked.scope}'.`
    : `it does not have permission to perform action(s) '${linked.action}' on the linked scope(s) '${linked.scope}' (respectively) or the linked scope(s) are invalid.`;
  throw armFault(
    403,
    {
      code: 'LinkedAuthorizationFailed',
      message: `${clientOf(principal)} has permission to perform action '${written.action}' on scope '${written.scope}'; however, ${reason}`,
    },
    { gateway: true },
  );
}

function deniedAtScope(principal: Principal, action: string, scope: string, denial: Denial): ArmFault {
  return armFault(
    403,
    {
      code: 'DenyAssignmentAuthorizationFailed',
      message: `${clientOf(principal)} has permission to perform action '${action}' on scope '${scope}'; however, the access is denied because of the deny assignment with name '${denial.name}' and Id '${idOfDenial(denial)}' at scope '${denial.scope}'.`,
    },
    { gateway: true },
  );
}

/** 32 hexadecimal digits, the same for the same deny assignment. */
function idOfDenial({ name, scope }: Denial): string {
  return createHash('sha256').update(`${name} ${scope}`).digest('hex').slice(0, 32);
}

function clientOf({ name, objectId }: Principal): string {
  return `The client '${name ?? objectId}' with object id '${objectId}'`;
}

function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => {
    const expression = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
    return new RegExp(`^${expression}$`, 'i').test(action);
  });
}
