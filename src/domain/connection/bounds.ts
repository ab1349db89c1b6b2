import type { Failure } from '../failure/failure.ts';
import { isWithinScope } from './resourceId.ts';

/** What a deployment may act on, whatever it is asked. */
export interface AllowedScopes {
  /** Project IDs; null allows all. */
  readonly projects: readonly string[] | null;
  /** ARM ID prefixes; null allows all. */
  readonly scopes: readonly string[] | null;
}

export function isScopeAllowed(id: string, { scopes }: AllowedScopes): boolean {
  return scopes === null || scopes.some((scope) => isWithinScope(id, scope));
}

/** Null is a project that is not known: allowed only where all are. */
export function isProjectAllowed(projectId: string | null, { projects }: AllowedScopes): boolean {
  return projects === null || (projectId !== null && projects.includes(projectId));
}

/** Whether anything in a subscription may be acted on: the whitelist of Zilliz knows subscriptions only. */
export function isSubscriptionAllowed(subscriptionId: string, { scopes }: AllowedScopes): boolean {
  return scopes === null || scopes.some((scope) => isWithinScope(scope, `/subscriptions/${subscriptionId}`));
}

/** Whether this is what a write outside the bounds came to. */
export function isOutOfBounds({ code }: Failure): boolean {
  return code === 'scope-not-allowed' || code === 'project-not-allowed';
}

/** The reason comes first: an ID is long, and a status shows the beginning. */
export function outsideScopes(id: string): string {
  return `outside the scopes of this app: ${id}`;
}

export function outsideProjects(projectId: string | null): string {
  return `${projectId ?? 'a project that is not known'} is not among the projects of this app`;
}
