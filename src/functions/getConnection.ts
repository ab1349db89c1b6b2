import type { HttpHandler } from '@azure/functions';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf } from '../domain/problem.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import { connectionView } from './connectionView.ts';

/** `GET /api/connections/{id}`: 200 with what is known of the run, also when the run failed; the reading succeeded. */
export function getConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly now: () => number;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    const instance = isConnectionId(id) ? await options.clientOf(context).read(id) : null;
    if (!instance)
      return problemAnswer(problemOf('connection-not-found', 'no connection of this ID is known here'));
    const view = connectionView(instance, options.now());
    const headers = {
      'cache-control': 'no-store',
      ...(view.status === 'running' && { 'retry-after': '10' }),
    };
    return { status: 200, headers, jsonBody: view };
  });
}
