import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClient, WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { problemsAsResponses, problemResponse } from './response.ts';
import { authorizeRun } from './startConnection.ts';

export const cancelledSchema = z.object({
  id: z.string(),
  status: z.enum(['cancelled', 'cancelling']).meta({
    description: '`cancelling`: it has not ended yet; a request that comes before would join it',
  }),
});

/**
 * Pauses between looks whether the run has ended, 16 s together: the host takes the word for it from a queue, at which it
 * looks every 10 s at the least (maxQueuePollingInterval in host.json).
 */
const PAUSES_MS = [100, 200, 400, 800, 1500, 3000, 5000, 5000];

/**
 * `POST /api/connections/{id}/cancel`: ends the run where it stands, and answers when it has ended, so that a request
 * that follows begins a run of its own. A write in flight may still land.
 */
export function cancelConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: AllowedScopes;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
}): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const id = request.params.id ?? '';
    const client = options.clientOf(context);
    const instance = isConnectionId(id) ? await client.read(id) : null;
    if (!instance)
      return problemResponse(problemOf('connection-not-found', 'no connection of this ID is known here'));
    const [first, ...others] = authorizeRun(instance, options.allowed);
    if (first) return problemResponse(problemOfFaults([first, ...others]));
    if (!isActive(instance))
      return problemResponse(problemOf('not-running', `the last run is ${instance.runtimeStatus}`));
    await client.terminate(id, `cancelled by ${options.access.callerOf(request)}`);
    const ended = await awaitEnd(client, id, options.pause);
    if (ended && ended.runtimeStatus !== 'Terminated')
      return problemResponse(problemOf('not-running', `the run has just ended: ${ended.runtimeStatus}`));
    context.log(cancelledLine(instance, options.now()));
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '5' },
      jsonBody: { id, status: ended ? 'cancelled' : 'cancelling' } satisfies z.infer<typeof cancelledSchema>,
    };
  });
}

/** The run when it has ended; null when it has not after all looks. */
async function awaitEnd(
  client: WorkflowClient,
  id: string,
  pause: (milliseconds: number) => Promise<void>,
): Promise<Instance | null> {
  for (const milliseconds of PAUSES_MS) {
    await pause(milliseconds);
    const instance = await client.read(id);
    if (instance && !isActive(instance)) return instance;
  }
  return null;
}

/** A run that is ended from outside cannot say so itself. */
function cancelledLine({ instanceId, name, beganAt }: Instance, now: number): string {
  const stamp = { instanceId, workflow: name, at: new Date(now).toISOString() };
  return telemetryLine({
    ...{ event: 'run-ended', outcome: 'cancelled', seconds: Math.max(0, now - beganAt) / 1000 },
    ...stamp,
  });
}
