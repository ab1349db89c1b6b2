import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import type { Fault } from '../domain/run/status.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { LiveView } from '../queries/liveView.ts';
import { connectionNotFound, problemsAsResponses, refusalOf } from './response.ts';
import { authorizeRun, runningConnection } from './startConnection.ts';
import { connectionPage } from './views/connectionPage.ts';
import { connectionView } from './views/connectionView.ts';
import type { KnownConnection } from './views/connectionView.ts';

interface GetConnectionOptions {
  readonly clientOf: WorkflowClientOf;
  readonly now: () => number;
  readonly allowed: AllowedScopes;
  readonly stored: (id: string) => Promise<Connection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
  readonly live: (connection: Connection) => Promise<LiveView>;
}

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed. Without a run in the hub
 * it is read from the marks of the private endpoint, and without an endpoint from those of its records.
 */
export function getConnection(options: GetConnectionOptions): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const known = await findKnown(request.params.id ?? '', options, context);
    if (!known) return connectionNotFound();
    const refusal = refusalOf(authorizeKnown(known, options.allowed));
    if (refusal) return refusal;
    const live = known.connection && (await options.live(known.connection));
    const view = connectionView({ ...known, live }, options.now());
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

type Known = Omit<KnownConnection, 'live'>;

/** Reads the run, the connection and, without either, the records that are left. Null when there is none of them. */
async function findKnown(
  id: string,
  options: GetConnectionOptions,
  context: InvocationContext,
): Promise<Known | null> {
  if (!isConnectionId(id)) return null;
  const instance = await options.clientOf(context).read(id);
  const connection = (instance && runningConnection(instance)) ?? (await options.stored(id));
  if (instance || connection) return { id, instance, connection, orphan: null };
  const orphan = await options.orphan(id);
  return orphan && { id, instance, connection, orphan };
}

function authorizeKnown({ instance, connection, orphan }: Known, allowed: AllowedScopes): readonly Fault[] {
  if (connection) return authorizeConnection(connection, allowed);
  if (orphan) return authorizeRecordsAlone(orphan, allowed);
  return instance ? authorizeRun(instance, allowed) : [];
}

/** Browsers accept HTML before anything else; every other client gets JSON. */
function wantsPage(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
