import type { Outcome } from '../domain/failure/failure.ts';
import { lastingFailure, succeeded } from '../domain/failure/failure.ts';

/** A reading whose lasting failure stands beside the others. One that time may cure is thrown: the step is tried again. */
export async function tryRead<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeeded(await read());
  } catch (error) {
    return lastingFailure(error);
  }
}

/** Runs `work` over the entries, so many at a time, and answers in their order. The first to throw ends it. */
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
