import type { HttpHandler } from '@azure/functions';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf } from '../domain/problem.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import type { Access } from './access.ts';

/** `POST /api/connections/{id}/cancel`: ends the run where it stands. A write in flight may still land. */
export function cancelConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    const client = options.clientOf(context);
    const instance = isConnectionId(id) ? await client.read(id) : null;
    if (!instance)
      return problemAnswer(problemOf('connection-not-found', 'no connection of this ID is known here'));
    if (!isActive(instance))
      return problemAnswer(problemOf('not-running', `the last run is ${instance.runtimeStatus}`));
    await client.terminate(id, `cancelled by ${options.access.callerOf(request)}`);
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '5' },
      jsonBody: { id, status: 'cancelling' },
    };
  });
}
