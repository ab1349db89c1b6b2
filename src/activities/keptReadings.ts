const KEPT_MS = 30_000;

/** Readings for people to look at, kept for half a minute: a page asks every few seconds, and Azure Private DNS limits reads. */
export class KeptReadings<T> {
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly at: number; readonly reading: Promise<T> }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The kept reading of that ID, or a new one. One that failed is not kept. */
  of(id: string, read: () => Promise<T>): Promise<T> {
    const now = this.#now();
    for (const [old, { at }] of this.#kept) if (now - at >= KEPT_MS) this.#kept.delete(old);
    const kept = this.#kept.get(id);
    if (kept) return kept.reading;
    const reading = read();
    this.#kept.set(id, { at: now, reading });
    reading.catch(() => this.#kept.delete(id));
    return reading;
  }
}
