import type { HttpHandler, HttpRequest } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import type { Fault } from '../domain/run/status.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { LiveView } from '../queries/liveView.ts';
import { problemsAsResponses, problemResponse } from './response.ts';
import { authorizeRun, runningConnection } from './startConnection.ts';
import { connectionPage } from './views/connectionPage.ts';
import { connectionView } from './views/connectionView.ts';

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed; the reading succeeded.
 * Without a run in the hub the marks of the private endpoint answer, and without it those of its records.
 */
export function getConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly now: () => number;
  readonly allowed: AllowedScopes;
  readonly stored: (id: string) => Promise<Connection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
  readonly live: (connection: Connection) => Promise<LiveView>;
}): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const id = request.params.id ?? '';
    const instance = isConnectionId(id) ? await options.clientOf(context).read(id) : null;
    const ofRun = instance && runningConnection(instance);
    const connection = ofRun ?? (isConnectionId(id) ? await options.stored(id) : null);
    const orphan = isConnectionId(id) && !instance && !connection ? await options.orphan(id) : null;
    if (!instance && !connection && !orphan)
      return problemResponse(problemOf('connection-not-found', 'no connection of this ID is known here'));
    const [first, ...others] = notAllowed({ instance, connection, orphan }, options.allowed);
    if (first) return problemResponse(problemOfFaults([first, ...others]));
    const live = connection && (await options.live(connection));
    const view = connectionView({ id, instance, connection, live, orphan }, options.now());
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

function notAllowed(
  {
    instance,
    connection,
    orphan,
  }: Pick<Parameters<typeof connectionView>[0], 'instance' | 'connection' | 'orphan'>,
  allowed: AllowedScopes,
): readonly Fault[] {
  if (connection) return authorizeConnection(connection, allowed);
  if (orphan) return authorizeRecordsAlone(orphan, allowed);
  return instance ? authorizeRun(instance, allowed) : [];
}

/** Browsers ask for HTML before anything else; everybody else gets JSON. */
function wantsPage(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
