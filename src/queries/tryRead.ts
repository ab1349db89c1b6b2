import type { Outcome } from '../domain/failure/failure.ts';
import { failed, lastingFailure, ProvisioningError, succeeded } from '../domain/failure/failure.ts';

/** Which failures of a read are data. A transient one is thrown by default, so that the step is tried again. */
export type KeptFailures = 'lasting' | 'all';

/** Returns the result of a read, or its failure. For display, `all`: nothing tries the read again. */
export async function tryRead<T>(
  read: () => Promise<T>,
  kept: KeptFailures = 'lasting',
): Promise<Outcome<T>> {
  try {
    return succeeded(await read());
  } catch (error) {
    if (kept === 'all' && error instanceof ProvisioningError) return failed(error.failure);
    return lastingFailure(error);
  }
}

/** Enough to hide the latency; more would only meet the limits of Azure and Zilliz earlier. */
const AT_A_TIME = 10;

/** Reads each entry alone: the failure of one is its own outcome, beside the others. In the order of the entries. */
export function readEach<T, R>(
  entries: readonly T[],
  read: (entry: T) => Promise<R>,
  kept: KeptFailures = 'lasting',
): Promise<readonly (Outcome<R> & { readonly entry: T })[]> {
  return mapEach(entries, async (entry) => ({ ...(await tryRead(() => read(entry), kept)), entry }));
}

/** Runs `work` for each entry. Returns the results in order. The first error ends it. */
export function mapEach<T, R>(entries: readonly T[], work: (entry: T) => Promise<R>): Promise<readonly R[]> {
  return mapConcurrently(AT_A_TIME, entries, work);
}

/** The same, at most `atATime` in parallel. */
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
