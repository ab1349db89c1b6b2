import { SYNC_HINT, syncInstanceId } from '../domain/connection/names.ts';
import { syncStatusSchema } from '../domain/sync/status.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClient } from '../durable/client.ts';
import type { ProjectRegion } from '../ports.ts';

/** Wakes the sync of a project and region: starts its run, or hints to the one that runs. */
export interface WakeSync {
  wake(client: WorkflowClient, where: ProjectRegion): Promise<void>;
}

interface Flight {
  current: Promise<void>;
  /** The wake that begins when the current one is over; all who come meanwhile share it. */
  next: Promise<void> | null;
}

/**
 * However many hints come, few reach a run: those that come while one is on its way share the next, and a run that has been
 * hinted in this round already is left alone, since it will make one further round anyway. So its history does not grow
 * with the events. What is remembered is a saving only; another process, or a restarted one, merely hints once more.
 */
export function wakeSync(): WakeSync {
  const flights = new Map<string, Flight>();
  const hinted = new Map<string, string>();

  const fly = async (client: WorkflowClient, where: ProjectRegion): Promise<void> => {
    const id = syncInstanceId(where);
    const { projectId, regionId } = where;
    const found = await client.read(id);
    if (!found || !isActive(found)) {
      hinted.delete(id);
      if ((await client.start('sync', id, { projectId, regionId })) === 'started') return;
    } else if (hinted.get(id) === roundOf(found)) return;
    await client.raise(id, SYNC_HINT);
    // A hint on a run that has ended in between is lost, silently: look again.
    const after = await client.read(id);
    if (after && isActive(after)) {
      if (found) hinted.set(id, roundOf(found));
      return;
    }
    await client.start('sync', id, { projectId, regionId });
  };

  return {
    wake(client, where) {
      const id = syncInstanceId(where);
      const flight = flights.get(id);
      if (flight) {
        flight.next ??= flight.current
          .catch(() => undefined)
          .then(() => {
            const own: Flight = { current: fly(client, where), next: null };
            flights.set(id, own);
            return landed(flights, id, own);
          });
        return flight.next;
      }
      const own: Flight = { current: fly(client, where), next: null };
      flights.set(id, own);
      return landed(flights, id, own);
    },
  };
}

async function landed(flights: Map<string, Flight>, id: string, own: Flight): Promise<void> {
  try {
    await own.current;
  } finally {
    if (own.next === null && flights.get(id) === own) flights.delete(id);
  }
}

/** Names the round of a run that a hint falls into; a run that has begun anew counts from one again. */
function roundOf(instance: Instance): string {
  const status = syncStatusSchema.safeParse(instance.customStatus);
  return `${instance.createdAt}/${status.success ? status.data.round : 0}`;
}
