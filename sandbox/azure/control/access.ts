import { lockIdOf } from '../access/lockOperations.ts';
import { keyOf } from '../resourceId.ts';
import type { Budget, BudgetName, Lock, Policy } from '../state/accessSchema.ts';
import { removeFrom } from '../state/records.ts';
import { APP_PRINCIPAL_ID } from '../state/schema.ts';
import type { World } from '../state/world.ts';

export interface NewAssignment {
  /** Default: the app's identity. */
  readonly principalId?: string;
  readonly scope: string;
  readonly actions: readonly string[];
  readonly notActions?: readonly string[];
}

/** Roles, locks, policies and budgets. */
export interface AccessControl {
  assignRole(assignment: NewAssignment): void;
  /** Takes every role from a principal, by default from the app, which may do everything at first. */
  removeRoles(principalId?: string): void;
  /** Refuses actions (`*` as wildcard) at a scope and below it; with `forMilliseconds` like a role that is still spreading. */
  deny(denial: {
    readonly principalId?: string;
    readonly scope: string;
    readonly actions: readonly string[];
    readonly forMilliseconds?: number;
  }): void;
  /** Ends all denials. */
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
    assignRole({ principalId = APP_PRINCIPAL_ID, scope, actions, notActions = [] }) {
      access.assignments.push({ principalId, scope, actions: [...actions], notActions: [...notActions] });
    },
    removeRoles(principalId = APP_PRINCIPAL_ID) {
      access.assignments = access.assignments.filter((one) => one.principalId !== principalId);
    },
    deny({ principalId = APP_PRINCIPAL_ID, scope, actions, forMilliseconds }) {
      const until = forMilliseconds === undefined ? {} : { until: world.now() + forMilliseconds };
      access.denials.push({ principalId, scope, actions: [...actions], ...until });
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
