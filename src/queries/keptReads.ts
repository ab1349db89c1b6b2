import { currentReading } from '../readAs.ts';

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
const MOST_KEPT = 10_000;
/** How long a zone that this process has created holds only what it has written: writes are conditional, and see what others did. */
const CREATED_MS = 10 * 60_000;

interface Kept<T> {
  readonly at: number;
  /** Its place in the order of all reads of this process. */
  readonly count: number;
  /** `counted`: it follows from the counts of the zone. `created`: this process has created the zone. */
  readonly by: 'read' | 'counted' | 'created';
  readonly result: Promise<T>;
}

/** Results of one kind of read, by key. */
export class KeptReads<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #maxAgeMs: () => number;
  readonly #next: () => number;
  readonly #isLimited: boolean;

  /** `isLimited`: reads of private DNS, by keys that begin with a subscription. */
  constructor(next: () => number, maxAgeMs: () => number, isLimited: boolean) {
    this.#next = next;
    this.#maxAgeMs = maxAgeMs;
    this.#isLimited = isLimited;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** Returns the kept result if the current reading may use it; undefined if it must read. */
  find(key: string): Promise<T> | undefined {
    const kept = this.#kept.get(key.toLowerCase());
    if (!kept) return undefined;
    const isOwn = kept.count > (currentReading().reading.since ?? Infinity);
    return isOwn || Date.now() - kept.at < this.#ageOf(kept) ? kept.result : undefined;
  }

  #ageOf({ by }: Kept<T>): number {
    const maxAgeMs = this.#maxAgeMs();
    if (by === 'counted' || maxAgeMs === 0) return 0;
    return by === 'created' ? CREATED_MS : maxAgeMs;
  }

  of(key: string, read: () => Promise<T>): Promise<T> {
    const found = this.find(key);
    if (found) return found;
    const [subscriptionId = ''] = GUID.exec(key) ?? [];
    const refusal = this.#isLimited ? currentReading().refusalOf(subscriptionId) : undefined;
    if (refusal) return Promise.reject(refusal);
    const result = read();
    const kept = this.set(key, result);
    // A failed read is not kept, so that it can be repeated.
    result.catch(() => {
      if (this.#kept.get(key.toLowerCase()) === kept) this.forget(key);
    });
    return result;
  }

  /** Keeps what follows from another answer, unless it has been read. */
  conclude(key: string, result: T): void {
    const kept = this.#kept.get(key.toLowerCase());
    if (!kept || kept.by === 'counted') this.set(key, Promise.resolve(result), 'counted');
  }

  set(key: string, result: Promise<T>, by: Kept<T>['by'] = 'read'): Kept<T> {
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    const kept = { at: Date.now(), count: this.#next(), by, result };
    this.forget(key);
    this.#kept.set(key.toLowerCase(), kept);
    return kept;
  }

  /** Changes a kept result after a write of this process. */
  change(key: string, change: (result: T) => T): void {
    const kept = this.#kept.get(key.toLowerCase());
    if (!kept) return;
    const result = kept.result.then(change);
    result.catch(() => {
      this.forget(key);
    });
    this.#kept.set(key.toLowerCase(), { ...kept, result });
  }

  forget(key: string): void {
    this.#kept.delete(key.toLowerCase());
  }

  clear(): void {
    this.#kept.clear();
  }
}
