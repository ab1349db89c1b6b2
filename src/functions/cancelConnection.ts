import type { HttpHandler } from '@azure/functions';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf } from '../domain/problem.ts';
import { telemetryLine } from '../domain/telemetry.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import type { Access } from './access.ts';

/** `POST /api/connections/{id}/cancel`: ends the run where it stands. A write in flight may still land. */
export function cancelConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly now: () => number;
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
    context.log(cancelledLine(instance, options.now()));
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '5' },
      jsonBody: { id, status: 'cancelling' },
    };
  });
}

/** A run that is ended from outside cannot say so itself. */
function cancelledLine({ instanceId, name, beganAt }: Instance, now: number): string {
  const stamp = { instanceId, workflow: name, at: new Date(now).toISOString() };
  return telemetryLine({
    ...{ event: 'run-ended', outcome: 'cancelled', seconds: Math.max(0, now - beganAt) / 1000 },
    ...stamp,
  });
}
