import { setTimeout as pause } from 'node:timers/promises';
import type { App, Run } from '../client/client.ts';
import { ApiError } from '../client/client.ts';
import { CommandError, exitCodes, print } from './io.ts';
import type { Io } from './io.ts';
import { Progress } from './progress.ts';

export interface FollowOptions {
  /** How long to wait, in minutes. */
  readonly minutes: number;
  /** Seconds between two looks; null: as the app says. */
  readonly interval: number | null;
  /** Where the progress is shown. */
  readonly to: Io['out'];
}

/**
 * Follows the last runs of connections until all have ended. At the limit and at Ctrl-C it ends, and the runs go on. What cannot be
 * reached for a while is asked again.
 */
export async function follow(
  app: App,
  ids: readonly string[],
  { minutes, interval, to }: FollowOptions,
  { interrupted }: Pick<Io, 'interrupted'>,
): Promise<readonly Run[]> {
  const progress = new Progress(to, ids.length === 1);
  const until = AbortSignal.any([interrupted, AbortSignal.timeout(minutes * 60_000)]);
  const toEnd = async (id: string): Promise<Run> => {
    for (;;) {
      const seen = await app.run(id).catch((error: unknown) => {
        if (until.aborted) throw stillRunning(ids, interrupted.aborted);
        if (error instanceof ApiError && error.status < 500 && error.status !== 429) throw error;
        print(to, [`  ${id}: ${error instanceof Error ? error.message : String(error)}; asked again`]);
        return null;
      });
      if (seen) progress.show(seen.value);
      if (seen && seen.response.status !== 202) return seen.value;
      const seconds = interval ?? Number(seen?.response.headers.get('retry-after') ?? 10);
      await pause(seconds * 1000, undefined, { signal: until }).catch(() => undefined);
      if (until.aborted) throw stillRunning(ids, interrupted.aborted);
    }
  };
  return Promise.all(ids.map(toEnd));
}

function stillRunning(ids: readonly string[], isInterrupted: boolean): CommandError {
  const what = isInterrupted ? 'Stopped waiting; the run goes on.' : 'The run is not over yet, and goes on.';
  return new CommandError(
    `${what} Watch it again: zilliz-private-link wait ${ids.join(' ')}`,
    exitCodes.running,
  );
}
