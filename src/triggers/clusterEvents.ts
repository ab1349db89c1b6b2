import type { InvocationContext } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isProjectAllowed, outsideProjects } from '../domain/connection/bounds.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';
import { parseClusterEvent } from '../domain/sync/clusterEvent.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { ProjectRegion } from '../ports.ts';
import type { WakeSync } from './wakeSync.ts';

/**
 * Event Grid trigger or storage queue trigger, for CloudEvents 1.0 and the Event Grid schema. An event only signals that something
 * may have changed: it wakes the sync of its project and region, which reads the clusters itself. An event for another owner, or
 * for a project and region without a connection, is logged with its ID and dropped: one failing event makes the host refuse the
 * whole batch, and Event Grid sends it again. An
 * unavailable task hub is a failure: then the batch is to be sent again.
 */
export function clusterEvents(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly waker: WakeSync;
  readonly hasConnection: (where: ProjectRegion) => Promise<boolean>;
}): (event: unknown, context: InvocationContext) => Promise<void> {
  const { clientOf, allowed, waker, hasConnection } = options;
  return async (event, context) => {
    const read = parseClusterEvent(event);
    if (!read.ok) {
      const { eventId, reason } = read;
      context.warn(telemetryLine({ event: 'event-dropped', eventId, reason }));
      return;
    }
    const { eventId, projectId, regionId, type } = read.hint;
    const isAllowed = isProjectAllowed(projectId, allowed);
    if (!isAllowed || !(await hasConnection({ projectId, regionId }))) {
      const reason = isAllowed ? `${projectId} has no connection in ${regionId}` : outsideProjects(projectId);
      context.warn(telemetryLine({ event: 'event-dropped', eventId, reason }));
      return;
    }
    await waker.wake(clientOf(context), { projectId, regionId });
    context.log(telemetryLine({ event: 'sync-woken', eventId, type, projectId, regionId }));
  };
}
