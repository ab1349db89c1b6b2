import * as z from 'zod';
import { foundStates, storedEndpointHealth } from './endpointHealth.ts';
import type { Orphan } from './orphan.ts';
import type { StoredConnection } from './storedConnection.ts';

/** The states of a connection by its marks and its private endpoint alone. */
const listedStates = [
  ...foundStates,
  'orphaned',
  'endpoint-not-visible',
  // Only known from a run in progress.
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

/** The state of records whose private endpoint was not found: `orphaned` only if Azure reports that it does not exist. */
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
  /** The last ID of this page, after which the next page starts; null on the last page. */
  readonly next: string | null;
}

/** Sorts by ID, so that the next page continues correctly even when connections were created or removed in between. */
export function pageOf(all: readonly ListedConnection[], after: string, size: number): Page {
  const remaining = all
    .filter(({ id }) => id > after)
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entries = remaining.slice(0, size);
  return { entries, next: remaining.length > size ? (entries.at(-1)?.id ?? null) : null };
}
