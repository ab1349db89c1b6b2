import { connectStartSchema } from '../domain/connectStart.ts';
import { runStatusSchema } from '../domain/runStatus.ts';
import type { Instance } from '../durable/client.ts';

/** A zone or link in the making shows up nowhere in Azure; each is there, or has failed, within a minute. */
const LATE_WRITE_SECONDS = 60;

/**
 * When the last write of a run that was cancelled or failed is to be seen, in milliseconds since the epoch: a run that
 * reads before would not find it, and would write it again. Undefined where nothing can be under way.
 */
export function lateWritesShowAt({
  runtimeStatus,
  customStatus,
  updatedAt,
  input,
}: Instance): number | undefined {
  if (runtimeStatus !== 'Terminated' && runtimeStatus !== 'Failed') return undefined;
  const status = runStatusSchema.safeParse(customStatus).data;
  const preflight = status?.phases.find(({ phase }) => phase === 'preflight');
  const onlyRead = preflight !== undefined && preflight.state !== 'done';
  // It may have waited for the writes of the run before it.
  if (onlyRead) return connectStartSchema.safeParse(input).data?.notBefore;
  return updatedAt + LATE_WRITE_SECONDS * 1000;
}
