const FOR_DISPLAY_MS = 30_000;

/** Keeps results of reads for a time: a page reads every few seconds, a sweep the same for each connection, and reads are limited. */
export class TtlCache<T> {
  readonly #now: () => number;
  readonly #entries = new Map<string, { readonly until: number; readonly result: Promise<T> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the cached result for the ID, or reads it. A failed read is not cached. */
  of(id: string, read: () => Promise<T>, ttlMs = FOR_DISPLAY_MS): Promise<T> {
    const now = this.#now();
    for (const [old, { until }] of this.#entries) if (now >= until) this.#entries.delete(old);
    const cached = this.#entries.get(id);
    if (cached) return cached.result;
    const result = read();
    this.#entries.set(id, { until: now + ttlMs, result });
    result.catch(() => this.#entries.delete(id));
    return result;
  }
}
