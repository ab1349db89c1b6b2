import type { HttpHandler, HttpRequest } from '@azure/functions';
import type { LiveView } from '../activities/observeLive.ts';
import type { Connection } from '../domain/connection.ts';
import { isConnectionId } from '../domain/naming.ts';
import { notAllowedAlone } from '../domain/notAllowedSubject.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { Fault } from '../domain/runStatus.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import { connectionPage } from './connectionPage.ts';
import { connectionView } from './connectionView.ts';
import { notAllowedRun, runningConnection } from './sameRequest.ts';

/**
 * `GET /api/connections/{id}`: 200 with what is known of the connection, also when its run failed; the reading succeeded.
 * Without a run in the hub the marks of the private endpoint answer, and without it those of its records.
 */
export function getConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly now: () => number;
  readonly allowed: Allowed;
  readonly stored: (id: string) => Promise<Connection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
  readonly live: (connection: Connection) => Promise<LiveView>;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    const instance = isConnectionId(id) ? await options.clientOf(context).read(id) : null;
    const ofRun = instance && runningConnection(instance);
    const connection = ofRun ?? (isConnectionId(id) ? await options.stored(id) : null);
    const orphan = isConnectionId(id) && !instance && !connection ? await options.orphan(id) : null;
    if (!instance && !connection && !orphan)
      return problemAnswer(problemOf('connection-not-found', 'no connection of this ID is known here'));
    const [first, ...others] = notAllowed({ instance, connection, orphan }, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
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
  allowed: Allowed,
): readonly Fault[] {
  if (connection) return notAllowedHere(connection, allowed);
  if (orphan) return notAllowedAlone(orphan, allowed);
  return instance ? notAllowedRun(instance, allowed) : [];
}

/** Browsers ask for HTML before anything else; everybody else gets JSON. */
function wantsPage(request: HttpRequest): boolean {
  const [first = ''] = (request.headers.get('accept') ?? '').split(',');
  return first.trim().toLowerCase().startsWith('text/html');
}
