import type * as z from 'zod';
import { connectionFrom, connectionRequestSchema } from './connection.ts';
import type { Connection } from './connection.ts';
import { endpointTags, tagBudgetFault } from './marks.ts';
import { isWithinScope } from './resourceId.ts';
import type { Fault } from './runStatus.ts';

export type ParsedRequest =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads the body of a request: everything that is wrong with it at once, each with its JSON pointer (RFC 6901). */
export function parseConnectionRequest(body: unknown): ParsedRequest {
  const parsed = connectionRequestSchema.safeParse(body);
  if (!parsed.success) return { ok: false, faults: parsed.error.issues.flatMap(faultsOf) };
  const connection = connectionFrom(parsed.data);
  const faults = impossible(connection);
  return faults.length === 0 ? { ok: true, connection } : { ok: false, faults };
}

function faultsOf(issue: z.core.$ZodIssue): readonly Fault[] {
  const code = 'invalid-request';
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      code,
      detail: 'is not a field of the request',
    }));
  }
  const [branch] = issue.code === 'invalid_union' ? issue.errors.toSorted((a, b) => depth(b) - depth(a)) : [];
  if (branch && depth(branch) > 0)
    return branch.flatMap((inner) => faultsOf({ ...inner, path: [...issue.path, ...inner.path] }));
  return [{ pointer: pointerOf(issue.path), code, detail: issue.message }];
}

/** How far into the value the faults of a union's branch lie: the deepest branch is the one that was meant. */
function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function impossible(connection: Connection): readonly Fault[] {
  const faults: Fault[] = [];
  const { layout, autoRegistration } = connection.spec.dns;
  if (layout === 'per-cluster' && autoRegistration) {
    const detail = 'the zones of the per-cluster layout take no machines';
    faults.push({ pointer: '/dns/autoRegistration', code: 'auto-registration-not-possible', detail });
  }
  const { id, projectId, regionId, spec } = connection;
  const tags = endpointTags(
    { connectionId: id, projectId, regionId, whitelistedAt: null, spec },
    connection.privateEndpoint.tags,
  );
  const tooLarge = tagBudgetFault(tags);
  if (tooLarge !== null) faults.push({ pointer: '', code: 'spec-too-large', detail: tooLarge });
  return faults;
}

export interface Allowed {
  /** Project IDs; null allows all. */
  readonly projects: readonly string[] | null;
  /** ARM ID prefixes; null allows all. */
  readonly scopes: readonly string[] | null;
}

/** What in a request this deployment may not act on: its identity must not be borrowed. */
export function notAllowedHere(connection: Connection, allowed: Allowed): readonly Fault[] {
  const faults: Fault[] = [];
  if (allowed.projects && !allowed.projects.includes(connection.projectId)) {
    faults.push({
      pointer: '/projectId',
      code: 'project-not-allowed',
      detail: `${connection.projectId} is not among the projects of this app`,
    });
  }
  const named: readonly (readonly [string, string])[] = [
    ['/subnetId', connection.subnetId],
    ['/privateEndpoint/resourceGroup', connection.privateEndpoint.id],
    ['/dns/zoneResourceGroupId', connection.zoneResourceGroupId],
    ...connection.linkedNetworks.map((id, index) => [`/dns/linkedNetworks/${index}`, id] as const),
  ];
  for (const [pointer, id] of named) {
    if (allowed.scopes && !allowed.scopes.some((scope) => isWithinScope(id, scope))) {
      faults.push({ pointer, code: 'scope-not-allowed', detail: `${id} is outside the scopes of this app` });
    }
  }
  return faults;
}
