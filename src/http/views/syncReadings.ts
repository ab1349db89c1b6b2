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
      hold: z.string().nullable().default(null),
      faults: z.array(z.string()).default([]),
    }),
  ),
});

export interface SyncReading {
  readonly reading: ConnectionReading;
  readonly health: EndpointHealth | null;
}

export interface SyncReadings {
  /** The readings by connection ID. */
  readonly readings: ReadonlyMap<string, SyncReading>;
  /** What the last syncs could not do. */
  readonly troubles: readonly {
    readonly projectId: string;
    readonly regionId: string;
    readonly status: string;
    readonly faults: readonly string[];
  }[];
}

/** Returns what the last syncs found, of the projects and regions of these connections. */
export async function readingsOfSyncs(
  client: WorkflowClient,
  connections: readonly { readonly projectId: string | null; readonly regionId: string }[],
  oldest: number,
): Promise<SyncReadings> {
  const places = new Map(
    connections.flatMap(({ projectId, regionId }) =>
      projectId === null ? [] : [[syncInstanceId({ projectId, regionId }), { projectId, regionId }] as const],
    ),
  );
  const syncs = await readEach([...places], async ([id, place]) => {
    const instance = await client.read(id).catch(() => null);
    const found = [instance?.output, instance?.customStatus].map(
      (value) => syncedSchema.safeParse(value).data,
    );
    return { ...place, instance, synced: (found[0] ?? found[1])?.connections ?? [] };
  });
  const read = syncs.flatMap((sync) => (sync.ok ? sync.value : []));
  return {
    readings: new Map(
      read
        .flatMap(({ synced }) => synced)
        .flatMap(({ connectionId, reading, health }) =>
          reading && Date.parse(reading.readAt) >= oldest ? [[connectionId, { reading, health }]] : [],
        ),
    ),
    troubles: read.flatMap(({ projectId, regionId, instance, synced }) => {
      const faults = synced.flatMap((one) => [...(one.hold === null ? [] : [one.hold]), ...one.faults]);
      return instance && faults.length > 0
        ? { projectId, regionId, status: instance.runtimeStatus, faults: [...new Set(faults)] }
        : [];
    }),
  };
}
