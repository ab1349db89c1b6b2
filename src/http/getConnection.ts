import type { HttpHandler, HttpRequest } from '@azure/functions';
import type { Connection } from '../domain/connection/connection.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import type { LiveView } from '../queries/liveView.ts';
import { onConnection, runningConnection } from './findConnection.ts';
import type { KnownConnection, Sources } from './findConnection.ts';
import { connectionPage } from './views/connectionPage.ts';
import { connectionView } from './views/connectionView.ts';

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed. Without a run in the hub
 * it is read from the marks of the private endpoint, and without an endpoint from those of its records.
 */
export function getConnection(
  sources: Sources,
  options: { readonly now: () => number; readonly live: (connection: Connection) => Promise<LiveView> },
): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, instance } = known;
    const found = await findConnection(known);
    const live = found.connection && (await options.live(found.connection));
    const view = connectionView({ id, instance, ...found, live }, options.now());
    const headers = {
      'cache-control': 'no-store',
      vary: 'accept',
      ...(view.status === 'running' && { 'retry-after': '10' }),
    };
    if (!wantsPage(request)) return { status: 200, headers, jsonBody: view };
    const page = connectionPage(view);
    return { status: 200, headers: { ...headers, ...page.headers }, body: page.body };
  });
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

/** Browsers accept HTML before anything else; every other client gets JSON. */
function wantsPage(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
