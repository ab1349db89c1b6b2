import type { HttpHandler } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import type { Connection } from '../domain/connection/connection.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { isActive } from '../durable/client.ts';
import type { LiveView } from '../queries/liveView.ts';
import { onConnection, runningConnection } from './findConnection.ts';
import type { KnownConnection, Sources } from './findConnection.ts';
import { readingsOfSyncs } from './views/syncReadings.ts';
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

async function readNow(
  connection: Connection,
  { instance, client }: KnownConnection,
  { live, now, oldestReading }: GetOptions,
): Promise<LiveView> {
  const reading = live(connection, instance && !isActive(instance) ? instance.updatedAt : null);
  if (instance && now() - instance.updatedAt < LIVE_AFTER_RUN_MS) return reading;
  const timer = new AbortController();
  const late = pause(LIVE_WITHIN_MS, null, { signal: timer.signal, ref: false });
  const first = await Promise.race([reading, late.catch(() => null)]);
  timer.abort();
  if (first) return first;
  const { readings } = await readingsOfSyncs(client, [connection], oldestReading());
  const synced = readings.get(connection.id);
  if (!synced) return reading;
  return { source: 'view', ...synced, privateEndpoint: null, zones: [], clusters: [], onDemand: null };
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
