import * as z from 'zod';
import { failureCodeSchema } from '../../domain/failure/failure.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { lastCheck, lastCheckSchema } from '../../domain/connection/marks.ts';
import { storedEndpointHealth } from '../../domain/connection/endpointHealth.ts';
import type { EndpointHealth } from '../../domain/connection/endpointHealth.ts';
import { faultOfOrphan } from '../../domain/connection/orphan.ts';
import type { Orphan } from '../../domain/connection/orphan.ts';
import type { StatusProblem } from '../../domain/connection/status.ts';
import { connectionStatusSchema } from '../../domain/connection/statusTable.ts';
import { sourceSchema } from './connectionView.ts';
import type { StoredConnection } from '../../domain/connection/storedConnection.ts';

export const listedConnectionSchema = z.object({
  id: z.string(),
  status: connectionStatusSchema,
  problem: z
    .object({ code: failureCodeSchema, detail: z.string(), cause: z.string(), remedy: z.string() })
    .nullable(),
  final: z.boolean(),
  asOf: z.string().meta({ description: 'When the readings behind the status were made, ISO 8601' }),
  source: sourceSchema.meta({
    description: '`view`: links, records and registration are from the last sync',
  }),
  connectionState: z
    .string()
    .nullable()
    .meta({ description: "Azure's state of the private endpoint's connection" }),
  projectId: z.string().nullable(),
  regionId: z.string(),
  privateEndpointId: z.string().nullable(),
  subnetId: z.string().nullable(),
  whitelistedAt: z
    .string()
    .nullable()
    .meta({ description: 'When it asked to put the subscription on the whitelist' }),
  verification: lastCheckSchema.nullable(),
});

export type ListedProblem = NonNullable<ListedConnection['problem']>;
type ListedConnection = Readonly<z.infer<typeof listedConnectionSchema>>;

/** A connection for the list, before its status is known. */
export interface ListEntry extends Omit<
  ListedConnection,
  'status' | 'problem' | 'final' | 'asOf' | 'source'
> {
  /** Null when there is no private endpoint. */
  readonly health: EndpointHealth | null;
  readonly orphan: StatusProblem | null;
}

export function entryOfStored(stored: StoredConnection): ListEntry {
  const { connection, endpoint, whitelistedAt } = stored;
  return {
    ...{ id: connection.id, projectId: connection.projectId, regionId: connection.regionId },
    ...{ privateEndpointId: endpoint.id, subnetId: endpoint.subnetId, whitelistedAt },
    ...{ connectionState: endpoint.connectionState.text, health: storedEndpointHealth(stored), orphan: null },
    verification: lastCheck(endpoint.tags),
  };
}

export function entryOfOrphan(orphan: Orphan): ListEntry {
  const { connectionId, regionId, projectId, privateEndpointId } = orphan;
  return {
    ...{ id: connectionId, projectId, regionId, privateEndpointId, subnetId: null, whitelistedAt: null },
    ...{ connectionState: null, health: null, orphan: faultOfOrphan(orphan), verification: null },
  };
}

/** A connection that only its run knows: the private endpoint does not exist yet, or no longer. */
export function entryOfRun({ id, projectId, regionId, subnetId, privateEndpoint }: Connection): ListEntry {
  return {
    ...{ id, projectId, regionId, privateEndpointId: privateEndpoint.id, subnetId, whitelistedAt: null },
    ...{ connectionState: null, health: null, orphan: null, verification: null },
  };
}

/** A connection whose run has an input that this version cannot read. Its ID begins with the region. */
export function entryOfUnreadableRun(id: string): ListEntry {
  return {
    ...{ id, projectId: null, regionId: id.replace(/-[0-9a-f]{12}$/, ''), privateEndpointId: null },
    ...{
      subnetId: null,
      whitelistedAt: null,
      connectionState: null,
      health: null,
      orphan: null,
      verification: null,
    },
  };
}

export interface Page {
  readonly entries: readonly ListEntry[];
  /** The last ID of this page, after which the next page starts; null on the last page. */
  readonly next: string | null;
}

/** Sorts by ID, so that the next page continues correctly even when connections were created or removed in between. */
export function pageOf(all: readonly ListEntry[], after: string, size: number): Page {
  const remaining = all
    .filter(({ id }) => id > after)
    .toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const entries = remaining.slice(0, size);
  return { entries, next: remaining.length > size ? (entries.at(-1)?.id ?? null) : null };
}
