import * as z from 'zod';
import { endpointHealthSchema } from '../../domain/connection/endpointHealth.ts';
import type { EndpointHealth } from '../../domain/connection/endpointHealth.ts';
import { connectionReadingSchema } from '../../domain/connection/status.ts';
import type { ConnectionReading } from '../../domain/connection/status.ts';
import { syncInstanceId } from '../../domain/connection/names.ts';
import type { WorkflowClient } from '../../durable/client.ts';
import { readEach } from '../../queries/tryRead.ts';

/** What the status and the output of a sync run have in common. */
const syncedSchema = z.object({
  connections: z.array(
    z.object({
      connectionId: z.string(),
      reading: connectionReadingSchema.nullable(),
      health: endpointHealthSchema.nullable().default(null),
    }),
  ),
});

interface SyncReading {
  readonly reading: ConnectionReading;
  readonly health: EndpointHealth | null;
}

/** Returns the readings of the last syncs by connection ID, of the projects and regions of these connections. */
export async function readingsOfSyncs(
  client: WorkflowClient,
  connections: readonly { readonly projectId: string | null; readonly regionId: string }[],
  oldest: number,
): Promise<ReadonlyMap<string, SyncReading>> {
  const ids = connections.flatMap(({ projectId, regionId }) =>
    projectId === null ? [] : syncInstanceId({ projectId, regionId }),
  );
  const syncs = await readEach([...new Set(ids)], (id) => client.read(id).catch(() => null));
  const synced = syncs.flatMap((sync) => {
    const instance = sync.ok ? sync.value : null;
    const found = [instance?.output, instance?.customStatus].map(
      (value) => syncedSchema.safeParse(value).data,
    );
    return (found[0] ?? found[1])?.connections ?? [];
  });
  return new Map(
    synced.flatMap(({ connectionId, reading, health }) =>
      reading && Date.parse(reading.readAt) >= oldest ? [[connectionId, { reading, health }] as const] : [],
    ),
  );
}
