import type { Connection } from '../domain/connection/connection.ts';
import { connectStartSchema } from '../domain/connection/connection.ts';
import { notedWhitelist, runStatusSchema } from '../domain/run/status.ts';
import type { Instance, WorkflowClient } from './client.ts';

/** A zone or link under creation is not visible in Azure; each exists, or has failed, within a minute. */
const LATE_WRITE_SECONDS = 60;

/** Starts the run of a connection whose last run, if any, is over. Another start may have been first. */
export async function startConnect(
  client: WorkflowClient,
  start: {
    readonly connection: Connection;
    readonly startedBy: string;
    readonly reconciles: boolean;
  },
  last: Instance | null,
): Promise<'started' | 'already-running'> {
  const notBefore = last ? lateWritesShowAt(last) : undefined;
  const whitelist = last && notedWhitelist(last);
  const input = {
    ...start,
    ...(notBefore !== undefined && { notBefore }),
    ...(whitelist && { whitelist }),
  };
  return client.start('connect', start.connection.id, input);
}

/**
 * When the last write of a cancelled or failed run is visible, in milliseconds since the epoch: a run that reads before
 * does not find it, and writes it again. Undefined where no write can be under way.
 */
function lateWritesShowAt(last: Instance): number | undefined {
  if (last.runtimeStatus !== 'Terminated' && last.runtimeStatus !== 'Failed') return undefined;
  // This run may itself have waited for the writes of the run before it.
  if (hasOnlyRead(last)) return connectStartSchema.safeParse(last.input).data?.notBefore;
  return last.updatedAt + LATE_WRITE_SECONDS * 1000;
}

/** Whether a run ended before its first write: it writes only after the preflight. */
export function hasOnlyRead({ customStatus }: Pick<Instance, 'customStatus'>): boolean {
  const status = runStatusSchema.safeParse(customStatus).data;
  const preflight = status?.phases.find(({ phase }) => phase === 'preflight');
  return preflight !== undefined && preflight.state !== 'done';
}
