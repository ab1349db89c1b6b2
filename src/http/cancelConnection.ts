import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { telemetryLine } from '../domain/run/telemetry.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClient } from '../durable/client.ts';
import type { Access } from './access.ts';
import { onConnection } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { followed, Refused } from './response.ts';

export const cancelledSchema = z
  .object({
    id: z.string(),
    status: z.enum(['cancelled', 'cancelling']).meta({
      description: '`cancelling`: the run has not ended yet; a request before its end joins it',
    }),
  })
  .meta({ id: 'Cancelled' });

/**
 * Pauses between the checks whether the run has ended, 16 s together: the host reads the request to end it from a queue,
 * which it polls at least every 10 s (maxQueuePollingInterval in host.json).
 */
const PAUSES_MS = [100, 200, 400, 800, 1500, 3000, 5000, 5000];

/**
 * `POST /api/connections/{id}/cancel`: ends the run at once and returns when it has ended, so that the next request starts
 * a new run. A write that is already sent may still take effect.
 */
export function cancelConnection(
  sources: Sources,
  options: {
    readonly access: Access;
    readonly now: () => number;
    readonly pause: (milliseconds: number) => Promise<void>;
  },
): HttpHandler {
  return onConnection(sources, async (known, request, context) => {
    const { id, client, instance } = known;
    if (!instance) throw known.notFound();
    if (!isActive(instance)) throw notRunning(`the last run is ${instance.runtimeStatus}`);
    await client.terminate(id, `cancelled by ${options.access.callerOf(request)}`);
    const ended = await awaitEnd(client, id, options.pause);
    if (ended && ended.runtimeStatus !== 'Terminated')
      throw notRunning(`the run has just ended: ${ended.runtimeStatus}`);
    context.log(cancelledLine(instance, options.now()));
    const body = { id, status: ended ? 'cancelled' : 'cancelling' } satisfies z.infer<typeof cancelledSchema>;
    return followed(sources.addresses.run(id), body, 5);
  });
}

function notRunning(detail: string): Refused {
  return new Refused({ code: 'not-running', detail });
}

/** Returns the run when it has ended; null when it has not ended after all checks. */
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

/** The telemetry of the run's end: a terminated run cannot write it itself. */
function cancelledLine({ instanceId, name, beganAt }: Instance, now: number): string {
  const stamp = { instanceId, workflow: name, at: new Date(now).toISOString() };
  return telemetryLine({
    ...{ event: 'run-ended', outcome: 'cancelled', seconds: Math.max(0, now - beganAt) / 1000 },
    ...stamp,
  });
}
