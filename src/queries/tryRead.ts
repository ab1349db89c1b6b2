import type { Outcome } from '../domain/failure/failure.ts';
import { lastingFailure, succeeded } from '../domain/failure/failure.ts';

/** Returns the result of a read, or its lasting failure. Throws a transient failure, so that the step is tried again. */
export async function tryRead<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeeded(await read());
  } catch (error) {
    return lastingFailure(error);
  }
}

/** Runs `work` for each entry, at most `atATime` in parallel. Returns the results in order. The first error ends it. */
export async function mapConcurrently<T, R>(
  atATime: number,
  entries: readonly T[],
  work: (entry: T) => Promise<R>,
): Promise<readonly R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) {
      const entry = entries[index];
      if (entry !== undefined) results[index] = await work(entry);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, entries.length) }, lane));
  return results;
}
