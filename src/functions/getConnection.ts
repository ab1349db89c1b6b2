import type { HttpHandler, HttpRequest } from '@azure/functions';
import type { LiveView } from '../activities/observeLive.ts';
import type { Connection } from '../domain/connection.ts';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf } from '../domain/problem.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import { connectionPage } from './connectionPage.ts';
import { connectionView } from './connectionView.ts';
import { runningConnection } from './sameRequest.ts';

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed; the reading succeeded.
 * Without a run in the hub the marks of the private endpoint answer.
 */
export function getConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly now: () => number;
  readonly stored: (id: string) => Promise<Connection | null>;
  readonly live: (connection: Connection) => Promise<LiveView>;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    const instance = isConnectionId(id) ? await options.clientOf(context).read(id) : null;
    const ofRun = instance && runningConnection(instance);
    const connection = ofRun ?? (isConnectionId(id) ? await options.stored(id) : null);
    if (!instance && !connection)
      return problemAnswer(problemOf('connection-not-found', 'no connection of this ID is known here'));
    const live = connection && (await options.live(connection));
    const view = connectionView({ id, instance, connection, live }, options.now());
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

/** Browsers ask for HTML before anything else; everybody else gets JSON. */
function wantsPage(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
