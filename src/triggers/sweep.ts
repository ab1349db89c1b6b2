import type { TimerHandler } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isProjectAllowed } from '../domain/connection/bounds.ts';
import { syncInstanceId } from '../domain/connection/names.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { FoundConnections } from '../queries/storedConnections.ts';
import { mapEach } from '../queries/tryRead.ts';
import type { WakeSync } from './wakeSync.ts';

const DAY_MS = 24 * 3_600_000;
/** Finished runs are kept for inspection; connections are stored in Azure. */
const RUNS_KEPT_DAYS = 30;

/** Timer trigger: events get lost, so it wakes the sync of every project and region with a connection from time to time. */
export function sweep(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly waker: WakeSync;
  readonly connections: () => Promise<FoundConnections>;
  readonly now: () => number;
}): TimerHandler {
  const { clientOf, allowed, waker, connections, now } = options;
  return async (_, context) => {
    const client = clientOf(context);
    const { found, unread } = await connections();
    for (const { subscriptionId, failure } of unread) {
      context.warn(telemetryLine({ event: 'subscription-not-searched', subscriptionId, ...failure }));
    }
    const projectRegions = new Map(
      found.flatMap(({ connection: { projectId, regionId } }) =>
        isProjectAllowed(projectId, allowed)
          ? [[syncInstanceId({ projectId, regionId }), { projectId, regionId }] as const]
          : [],
      ),
    );
    const failed: unknown[] = [];
    await mapEach([...projectRegions.values()], (where) =>
      waker.wake(client, where).catch((error: unknown) => failed.push(error)),
    );
    const purged = await client.purgeFinished(now() - RUNS_KEPT_DAYS * DAY_MS);
    context.log(
      telemetryLine({ event: 'sweep', connections: found.length, woken: projectRegions.size, purged }),
    );
    if (failed.length > 0) {
      throw new AggregateError(failed, `${failed.length} of ${projectRegions.size} syncs could not be woken`);
    }
  };
}
