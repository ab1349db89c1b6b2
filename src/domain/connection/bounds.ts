import type { Failure } from '../failure/failure.ts';
import { isWithinScope } from './resourceId.ts';

/** The projects and Azure scopes that a deployment may act on, for every request. */
export interface AllowedScopes {
  /** Project IDs; null allows all. */
  readonly projects: readonly string[] | null;
  /** ARM ID prefixes; null allows all. */
  readonly scopes: readonly string[] | null;
}

export function isScopeAllowed(id: string, { scopes }: AllowedScopes): boolean {
  return scopes === null || scopes.some((scope) => isWithinScope(id, scope));
}

/** Null is an unknown project: it is allowed only where all projects are. */
export function isProjectAllowed(projectId: string | null, { projects }: AllowedScopes): boolean {
  return projects === null || (projectId !== null && projects.includes(projectId));
}

/** Whether any scope in the subscription is allowed. The whitelist of Zilliz holds whole subscriptions. */
export function isSubscriptionAllowed(subscriptionId: string, { scopes }: AllowedScopes): boolean {
  return scopes === null || scopes.some((scope) => isWithinScope(scope, `/subscriptions/${subscriptionId}`));
}

/** Whether the failure is that of a write outside the allowed projects or scopes. */
export function isOutOfBounds({ code }: Failure): boolean {
  return code === 'scope-not-allowed' || code === 'project-not-allowed';
}

/** The reason comes first: an ID is long, and a status shows only the beginning of a text. */
export function outsideScopes(id: string): string {
  return `outside the scopes of this app: ${id}`;
}

export function outsideProjects(projectId: string | null): string {
  return `${projectId ?? 'a project that is not known'} is not among the projects of this app`;
}
