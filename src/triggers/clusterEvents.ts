import type { EventGridHandler } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';
import { parseClusterEvent } from '../domain/sync/clusterEvent.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { WakeSync } from './wakeSync.ts';

/**
 * Event Grid trigger, for CloudEvents 1.0 and the Event Grid schema. An event is a hint that something may have changed,
 * never an order: it wakes the sync of its project and region, which looks for itself. What is none of ours is logged with
 * its ID and dropped, since one failing event makes the host refuse the whole batch, and all of it comes again. A hub that
 * does not answer is a failure: then the batch shall come again.
 */
export function clusterEvents(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly waker: WakeSync;
}): EventGridHandler {
  const { clientOf, allowed, waker } = options;
  return async (event: unknown, context) => {
    const read = parseClusterEvent(event);
    if (!read.ok) {
      const { eventId, reason } = read;
      context.warn(telemetryLine({ event: 'event-dropped', eventId, reason }));
      return;
    }
    const { eventId, projectId, regionId, type } = read.hint;
    if (allowed.projects && !allowed.projects.includes(projectId)) {
      const reason = `${projectId} is not among the projects of this app`;
      context.warn(telemetryLine({ event: 'event-dropped', eventId, reason }));
      return;
    }
    await waker.wake(clientOf(context), { projectId, regionId });
    context.log(telemetryLine({ event: 'sync-woken', eventId, type, projectId, regionId }));
  };
}
