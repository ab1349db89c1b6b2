import type { HttpHandler } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../domain/connection/connection.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { isActive } from '../durable/client.ts';
import type { Instance } from '../durable/client.ts';
import type { LiveView } from '../queries/liveView.ts';
import { onConnection, runningConnection } from './findConnection.ts';
import type { KnownConnection, Sources } from './findConnection.ts';
import { readingsOfSyncs } from './views/syncReadings.ts';
import type { SyncReading } from './views/syncReadings.ts';
import type { Addresses } from './views/links.ts';
import { connectionView } from './views/connectionView.ts';
import type { ConnectionView } from './views/connectionView.ts';

export interface GetOptions {
  readonly addresses: Addresses;
  readonly now: () => number;
  /** Reads it, or takes a reading of the last half minute that no run has outdated. */
  readonly live: (connection: Connection, runEndedAt: number | null) => Promise<LiveView>;
  /** Milliseconds since the epoch: an older reading says nothing about the present. */
  readonly oldestReading: () => number;
}

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed. Without a run in the hub
 * it is read from the marks of the private endpoint, and without an endpoint from those of its records.
 */
export function getConnection(sources: Sources, options: GetOptions): HttpHandler {
  return onConnection(sources, async (known) => {
    const view = await readConnectionView(known, options);
    const headers = {
      'cache-control': 'no-store',
      vary: 'accept',
      ...(!view.final && { 'retry-after': '10' }),
    };
    return { status: 200, headers, jsonBody: view };
  });
}

/** The connection as it is now, with its last run. */
export async function readConnectionView(
  known: KnownConnection,
  options: GetOptions,
): Promise<ConnectionView> {
  const { id, instance } = known;
  const found = await findConnection(known);
  const live = found.connection && (await readNow(found.connection, known, options));
  const view = connectionView({ id, instance, ...found, live }, options.now());
  return { ...view, problem: view.problem && options.addresses.ofProblem(view.problem) };
}

/** A reading that takes longer is replaced by that of the last sync, if there is one. */
const LIVE_WITHIN_MS = 5000;
/** So long after a run, only a reading shows what it has written. */
const LIVE_AFTER_RUN_MS = 60_000;

/** Reads the connection. */
async function readNow(
  connection: Connection,
  known: KnownConnection,
  options: GetOptions,
): Promise<LiveView> {
  const { instance } = known;
  const reading = options.live(connection, instance && !isActive(instance) ? instance.updatedAt : null);
  const isJustWritten = instance && options.now() - instance.updatedAt < LIVE_AFTER_RUN_MS;
  const live = isJustWritten ? await reading : await within(LIVE_WITHIN_MS, reading);
  if (live && !live.isCut) return live;
  const { readings } = await readingsOfSyncs(known.client, [connection], options.oldestReading());
  const synced = readings.get(connection.id) ?? null;
  if (live) return completed(live, synced, { instance, oldest: options.oldestReading() });
  return synced ? viewOfSync(synced) : reading;
}

/** Where limits on reads cut a reading, the status is that of the last sync or of the run that succeeded, whichever is newer. */
function completed(
  live: LiveView,
  synced: SyncReading | null,
  { instance, oldest }: { readonly instance: Instance | null; readonly oldest: number },
): LiveView {
  // At its end a run has read all.
  const ended = instance?.runtimeStatus === 'Completed' ? instance.updatedAt : 0;
  if (synced?.reading.incomplete.length === 0 && Date.parse(synced.reading.readAt) > ended)
    return { ...live, source: 'view', health: live.health ?? synced.health, reading: synced.reading };
  if (ended < oldest) return live;
  // The status of a run decides where no reading is newer.
  const readAt = new Date(ended - 1).toISOString();
  return { ...live, source: 'view', reading: { ...live.reading, readAt } };
}

async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | null> {
  const timer = new AbortController();
  const late = pause(milliseconds, null, { signal: timer.signal, ref: false });
  const first = await Promise.race([work, late.catch(() => null)]);
  timer.abort();
  return first;
}

function viewOfSync(synced: SyncReading): LiveView {
  const unseen = { privateEndpoint: null, zones: [], clusters: [], onDemand: null };
  return { source: 'view', isCut: false, ...synced, ...unseen };
}

/** Finds the connection by its run or its marks, and without either the records that are left. */
async function findConnection(
  known: KnownConnection,
): Promise<{ readonly connection: Connection | null; readonly orphan: Orphan | null }> {
  const { instance } = known;
  const running = instance && runningConnection(instance);
  const connection = running ?? (await known.stored())?.connection ?? null;
  if (instance || connection) return { connection, orphan: null };
  const orphan = await known.orphan();
  if (!orphan) throw known.notFound();
  return { connection, orphan };
}
