import type { TimerHandler } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isProjectAllowed } from '../domain/connection/bounds.ts';
import { syncInstanceId } from '../domain/connection/names.ts';
import { faultsText } from '../domain/run/declaration.ts';
import type { DeclaredEntry } from '../domain/run/declaration.ts';
import { notedWhitelist } from '../domain/run/status.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';
import { connectionsOfSync, syncPlaceSchema } from '../domain/sync/status.ts';
import type { Instance, WorkflowClientOf } from '../durable/client.ts';
import type { ProjectRegion } from '../ports.ts';
import type { FoundConnections } from '../queries/storedConnections.ts';
import { mapEach } from '../queries/tryRead.ts';
import { startDeclared } from './declaredConnections.ts';
import type { WakeSync } from './wakeSync.ts';

const DAY_MS = 24 * 3_600_000;
/** Finished runs are kept for inspection; connections are stored in Azure. */
const RUNS_KEPT_DAYS = 30;

/**
 * Timer trigger: events get lost, so it wakes the sync of every project and region with a connection from time to time. It
 * leaves connections alone that have a run.
 */
export function sweep(options: {
  readonly clientOf: WorkflowClientOf;
  readonly allowed: AllowedScopes;
  readonly waker: WakeSync;
  readonly connections: () => Promise<FoundConnections>;
  /** The entries of the setting CONNECTIONS. */
  readonly declared: readonly DeclaredEntry[];
  readonly now: () => number;
}): TimerHandler {
  const { clientOf, allowed, waker, connections, declared, now } = options;
  return async (_, context) => {
    const client = clientOf(context);
    const active = await client.active();
    const failed: unknown[] = [];
    await startDeclared(client, declared, { active, now: now() }).catch((error: unknown) =>
      failed.push(error),
    );
    for (const entry of declared) {
      if (entry.connection !== null) continue;
      const detail = faultsText(entry.faults);
      context.warn(telemetryLine({ event: 'declared-refused', entry: entry.index, detail }));
    }
    const [ended, { found, unread }] = await Promise.all([client.ended(), connections()]);
    for (const { subscriptionId, failure } of unread) {
      context.warn(telemetryLine({ event: 'subscription-not-searched', subscriptionId, ...failure }));
    }
    const running = new Set(active.map(({ instanceId }) => instanceId));
    const ids = found.map(({ connection }) => connection.id).filter((id) => running.has(id));
    // The run of a connection writes and proves all that a sync could.
    const idle = found
      .filter(({ connection: { id } }) => !running.has(id))
      .map(({ connection }) => connection);
    const projectRegions = new Map(
      [...idle, ...syncedBefore(ended)]
        .filter(({ projectId }) => isProjectAllowed(projectId, allowed))
        .map(({ projectId, regionId }) => [syncInstanceId({ projectId, regionId }), { projectId, regionId }]),
    );
    await mapEach([...projectRegions.values()], (where) =>
      waker.wake(client, where, { running: ids }).catch((error: unknown) => failed.push(error)),
    );
    // Its time is noted only in the run, until a later run or DELETE has shown it.
    const hasUntoldEntry = (run: Instance): boolean =>
      run.runtimeStatus !== 'Completed' &&
      notedWhitelist(run) !== null &&
      !found.some(
        ({ connection, whitelistedAt }) => connection.id === run.instanceId && whitelistedAt !== null,
      );
    const purged = await client.purgeFinished(now() - RUNS_KEPT_DAYS * DAY_MS, hasUntoldEntry);
    context.log(
      telemetryLine({ event: 'sweep', connections: found.length, woken: projectRegions.size, purged }),
    );
    if (failed.length > 0) {
      throw new AggregateError(
        failed,
        `${failed.length} parts of the sweep failed: ${failed.map(String).join('; ')}`,
      );
    }
  };
}

/** Where the last sync had connections: one whose private endpoint has been deleted, or has lost its tags, is not found any more. */
function syncedBefore(ended: readonly Instance[]): readonly ProjectRegion[] {
  return ended.flatMap((run) => {
    const where = syncPlaceSchema.safeParse(run.input).data;
    return run.name === 'sync' && where && connectionsOfSync(run).length > 0 ? where : [];
  });
}
