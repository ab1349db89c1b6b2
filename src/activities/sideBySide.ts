/** Runs `work` over the entries, so many at a time, and answers in their order. The first to throw ends it. */
export async function sideBySide<T, R>(
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
