/** Chance that repeats: the same seed draws the same GUIDs and durations, before a restart and after it. */
export interface Random {
  /** From `min` to `max`, both included. */
  integer(min: number, max: number): number;
  guid(): string;
}

/** Mulberry32 over a number that lives in the state. */
export function seededRandom(holder: { randomState: number }): Random {
  const next = (): number => {
    holder.randomState = (holder.randomState + 0x6d2b79f5) | 0;
    let mixed = Math.imul(holder.randomState ^ (holder.randomState >>> 15), 1 | holder.randomState);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('');
  return {
    integer: (min, max) => min + Math.floor(next() * (max - min + 1)),
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
