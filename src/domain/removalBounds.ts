import { isProjectAllowed, isScopeAllowed, outsideProjects, outsideScopes } from './bounds.ts';
import type { Allowed } from './bounds.ts';
import type { RemovalRow } from './removal.ts';

export interface RemovalBounds {
  readonly allowed: Allowed;
  /** Of the connection; null when it is not known. */
  readonly projectId: string | null;
}

/** The rows of a removal with everything outside the bounds kept, and the reason. What lies inside goes all the same. */
export function keepOutside(
  rows: readonly RemovalRow[],
  { allowed, projectId }: RemovalBounds,
): readonly RemovalRow[] {
  const isOutside = ({ resource, id }: RemovalRow): boolean =>
    resource !== 'registration' && !isScopeAllowed(id, allowed);
  const endpoint = rows.find((row) => row.resource === 'private endpoint' && isOutside(row));
  return rows.map((row): RemovalRow => {
    if (row.action !== 'delete') return row;
    if (!isProjectAllowed(projectId, allowed)) return kept(row, outsideProjects(projectId));
    if (isOutside(row)) return kept(row, outsideScopes(row.id));
    // A private endpoint that stays goes on needing what Zilliz knows of it.
    return row.resource === 'registration' && endpoint ? kept(row, outsideScopes(endpoint.id)) : row;
  });
}

function kept(row: RemovalRow, reason: string): RemovalRow {
  return { ...row, action: 'keep', reason, outside: true };
}
