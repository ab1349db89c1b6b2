import { lockIdOf } from '../access/lockOperations.ts';
import { keyOf } from '../resourceId.ts';
import type { Budget, BudgetName, Lock, Policy } from '../state/accessSchema.ts';
import { removeFrom } from '../state/records.ts';
import { APP_PRINCIPAL_ID } from '../state/schema.ts';
import type { World } from '../state/world.ts';

interface NewAssignment {
  /** Default: the app's identity. */
  readonly principalId?: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
  /** How long it takes to spread. Default: it acts at once. */
  readonly inMilliseconds?: number;
}

/** Roles, locks, policies and budgets. */
export interface AccessControl {
  assignRole(assignment: NewAssignment): void;
  /** Takes every role from a principal, by default from the app, which may do everything at first. */
  removeRoles(principalId?: string): void;
  /** Takes actions from each role of a principal, by default the app's, as if none of them had ever named them. */
  takeActions(actions: readonly string[], principalId?: string): void;
  /** Makes a deny assignment: refuses actions (`*` as wildcard) at a scope and below it, despite any role. */
  deny(denial: {
    readonly principalId?: string;
    readonly scope: string;
    readonly actions: readonly string[];
    readonly name?: string;
  }): void;
  /** Ends all deny assignments. */
  allow(): void;
  lock(lock: Lock): void;
  unlock(scope: string, name: string): void;
  addPolicy(policy: Policy): void;
  removePolicy(name: string): void;
  /** How many calls are let through; undefined brings back the usual. */
  setBudget(name: BudgetName, budget: Budget | undefined): void;
}

export function accessControl(world: World): AccessControl {
  const { access } = world.state;
  return {
    assignRole({ principalId = APP_PRINCIPAL_ID, scope, actions, notActions = [], inMilliseconds }) {
      const from = inMilliseconds === undefined ? {} : { from: world.now() + inMilliseconds };
      access.assignments.push({
        ...{ principalId, scope, actions: [...actions], notActions: [...notActions] },
        ...from,
      });
    },
    removeRoles(principalId = APP_PRINCIPAL_ID) {
      access.assignments = access.assignments.filter((one) => one.principalId !== principalId);
    },
    takeActions(actions, principalId = APP_PRINCIPAL_ID) {
      const taken = new Set(actions.map((action) => action.toLowerCase()));
      for (const assignment of access.assignments) {
        if (assignment.principalId !== principalId) continue;
        assignment.actions = assignment.actions.filter((action) => !taken.has(action.toLowerCase()));
      }
    },
    deny({ principalId = APP_PRINCIPAL_ID, scope, actions, name = 'sandbox deny assignment' }) {
      access.denials.push({ name, principalId, scope, actions: [...actions] });
    },
    allow() {
      access.denials = [];
    },
    lock(lock) {
      access.locks[keyOf(lockIdOf(lock.scope, lock.name))] = { ...lock };
    },
    unlock(scope, name) {
      removeFrom(access.locks, keyOf(lockIdOf(scope, name)));
    },
    addPolicy(policy) {
      access.policies.push({ ...policy });
    },
    removePolicy(name) {
      access.policies = access.policies.filter((policy) => policy.name !== name);
    },
    setBudget(name, budget) {
      if (budget) access.budgets[name] = { ...budget };
      else removeFrom(access.budgets, name);
    },
  };
}
