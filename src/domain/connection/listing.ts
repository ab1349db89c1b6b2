import * as z from 'zod';
import { foundStates, storedEndpointHealth } from './endpointHealth.ts';
import type { Orphan } from './orphan.ts';
import type { StoredConnection } from './storedConnection.ts';

/** How a connection stands, by its marks and its private endpoint alone. */
const listedStates = [
  ...foundStates,
  'orphaned',
  'endpoint-not-visible',
  // By a run under way alone.
  'starting',
  'ending',
] as const;

export const listedConnectionSchema = z.object({
  id: z.string(),
  state: z.enum(listedStates),
  reason: z.string().nullable(),
  projectId: z.string().nullable(),
  regionId: z.string(),
  privateEndpointId: z.string().nullable(),
  subnetId: z.string().nullable(),
  whitelistedAt: z.string().nullable().meta({ description: 'When it put the subscription on the whitelist' }),
});

export type ListedConnection = Readonly<z.infer<typeof listedConnectionSchema>>;

export function listedConnection(stored: StoredConnection): ListedConnection {
  const { connection, endpoint, whitelistedAt } = stored;
  return {
    id: connection.id,
    ...storedEndpointHealth(stored),
    projectId: connection.projectId,
    regionId: connection.regionId,
    privateEndpointId: endpoint.id,
    subnetId: endpoint.subnetId,
    whitelistedAt,
  };
}

export function listedOrphan(orphan: Orphan): ListedConnection {
  const { connectionId, regionId, projectId, privateEndpointId } = orphan;
  return {
    id: connectionId,
    ...stateOfOrphan(orphan),
    projectId,
    regionId,
    privateEndpointId,
    subnetId: null,
    whitelistedAt: null,
  };
}

/** Records without a private endpoint that could be found: `orphaned` only where Azure says that it is gone. */
export function stateOfOrphan({
  doubt,
  records,
}: Pick<Orphan, 'doubt' | 'records'>): Pick<ListedConnection, 'state' | 'reason'> {
  if (doubt !== null) return { state: 'endpoint-not-visible', reason: doubt };
  const reason = `its private endpoint is gone, and ${records.length} of its records are left: post the request again, or DELETE it`;
  return { state: 'orphaned', reason };
}

export interface Page {
  readonly entries: readonly ListedConnection[];
  /** The ID to go on after; null on the last page. */
  readonly next: string | null;
}

/** In the order of IDs, so that a page goes on where the last one ended whatever was made or removed meanwhile. */
export function pageOf(all: readonly ListedConnection[], after: string, size: number): Page {
  const rest = all
    .filter(({ id }) => id > after)
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entries = rest.slice(0, size);
  return { entries, next: rest.length > size ? (entries.at(-1)?.id ?? null) : null };
}
