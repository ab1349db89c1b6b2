import { SYNC_HINT, syncInstanceId } from '../domain/connection/names.ts';
import type { KnownConnection } from '../domain/sync/status.ts';
import { connectionsOfSync, syncStatusSchema } from '../domain/sync/status.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClient } from '../durable/client.ts';
import type { ProjectRegion } from '../ports.ts';
import { readEach } from '../queries/tryRead.ts';

/** Wakes the sync of a project and region: starts its run, or raises an event on the active one. */
export interface WakeSync {
  wake(client: WorkflowClient, where: ProjectRegion, sweep?: OfSweep): Promise<void>;
}

/** Of a wake-up by the sweep: connections that have a run, which the first round leaves alone. */
interface OfSweep {
  readonly running: readonly string[];
}

interface Flight {
  current: Promise<void>;
  /** The wake that begins when the current one is over; all callers in between share it. */
  next: Promise<void> | null;
}

/**
 * Limits the wake-ups that reach a run, so that its history does not grow with the events: calls during a wake-up share the
 * next one, and a run that has already been woken in this round is skipped, since it makes one further round anyway. The
 * memory only saves calls; another or a restarted process raises one more event.
 */
export function wakeSync(): WakeSync {
  const flights = new Map<string, Flight>();
  const wokenRounds = new Map<string, string>();

  const wakeRun = async (client: WorkflowClient, where: ProjectRegion, sweep?: OfSweep): Promise<void> => {
    const id = syncInstanceId(where);
    const { projectId, regionId } = where;
    const found = await client.read(id);
    const known = found ? await connectionsLeft(client, connectionsOfSync(found)) : [];
    const input = { projectId, regionId, ...(sweep && { sweep }), ...(known.length > 0 && { known }) };
    if (!found || !isActive(found)) {
      wokenRounds.delete(id);
      if ((await client.start('sync', id, input)) === 'started') return;
    } else if (wokenRounds.get(id) === roundOf(found)) return;
    await client.raise(id, SYNC_HINT);
    // An event on a run that has ended in between is lost without an error: read again.
    const after = await client.read(id);
    if (after && isActive(after)) {
      if (found) wokenRounds.set(id, roundOf(found));
      return;
    }
    await client.start('sync', id, input);
  };

  return {
    wake(client, where, sweep) {
      const id = syncInstanceId(where);
      const flight = flights.get(id);
      if (flight) {
        flight.next ??= flight.current
          .catch(() => undefined)
          .then(() => {
            const own: Flight = { current: wakeRun(client, where, sweep), next: null };
            flights.set(id, own);
            return settled(flights, id, own);
          });
        return flight.next;
      }
      const own: Flight = { current: wakeRun(client, where, sweep), next: null };
      flights.set(id, own);
      return settled(flights, id, own);
    },
  };
}

/** Without those whose last run says itself what has become of them, first of all a disconnect. */
async function connectionsLeft(
  client: WorkflowClient,
  known: readonly KnownConnection[],
): Promise<readonly KnownConnection[]> {
  const runs = await readEach(known, ({ connectionId }) => client.read(connectionId), 'all');
  return runs.flatMap((run) => {
    const last = run.ok ? run.value : null;
    return last === null || (last.name === 'connect' && last.runtimeStatus === 'Completed') ? run.entry : [];
  });
}

async function settled(flights: Map<string, Flight>, id: string, own: Flight): Promise<void> {
  try {
    await own.current;
  } finally {
    if (own.next === null && flights.get(id) === own) flights.delete(id);
  }
}

/** Identifies the present round of a run; a run that continued as new counts from one again. */
function roundOf(instance: Instance): string {
  const status = syncStatusSchema.safeParse(instance.customStatus);
  return `${instance.createdAt}/${status.success ? status.data.round : 0}`;
}
