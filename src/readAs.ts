import { AsyncLocalStorage } from 'node:async_hooks';
import { isOfLimit, ProvisioningError } from './domain/failure/failure.ts';
import type { Written } from './domain/resources/written.ts';

/** For what private DNS is read: by runs that connect or disconnect, for a request of the API, or by sweep and sync. */
export type Reader = 'connect' | 'people' | 'background';

/** How the reads of one activity or request are limited, and which earlier reads of this process they may use instead. */
export interface Reading {
  readonly reader: Reader;
  /** The most lists and single reads of private DNS. A list that has begun is read to its end. */
  readonly most?: number;
  /** Uses reads that began after this one, by {@link SharedReads.count}: its own, and those of an attempt that a limit ended. */
  readonly since?: number;
  /** Uses lists of private DNS that are not older. */
  readonly dnsAgeMs?: number;
  /** The same for lists of zones, if it differs. */
  readonly zonesAgeMs?: number;
  /** Uses lists of subscriptions and private endpoints that are not older. */
  readonly resourcesAgeMs?: number;
  /** Whether each attempt reads all itself: removals decide by what is there now. */
  readonly afresh?: boolean;
  /** When Azure must have responded, in milliseconds of `performance.now()`. */
  readonly until?: number;
}

class CurrentReading {
  readonly reading: Reading;
  /** What this work has removed, also in earlier attempts: it needs no further read. */
  readonly removed: Map<string, Written>;
  readonly #refused = new Map<string, Error>();
  #reads = 0;

  constructor(reading: Reading, removed = new Map<string, Written>()) {
    this.reading = reading;
    this.removed = removed;
  }

  /** Whether a read was refused by the budget: the result is incomplete, or failed. */
  get isCut(): boolean {
    return this.#refused.size > 0;
  }

  /** Notes that reads are refused: those of one subscription, or all. */
  refuse(subscriptionId: string | null, refusal: Error): Error {
    this.#refused.set(subscriptionId?.toLowerCase() ?? '', refusal);
    return refusal;
  }

  /** Returns the refusal that the next read of the subscription would meet too: of a thousand, each would take a call. */
  refusalOf(subscriptionId: string): Error | undefined {
    return this.#refused.get('') ?? this.#refused.get(subscriptionId.toLowerCase());
  }

  /** Counts one more read. Returns whether it is more than the reading may make. */
  isTooMany(): boolean {
    this.#reads += 1;
    return this.#reads > (this.reading.most ?? Infinity);
  }
}

const current = new AsyncLocalStorage<CurrentReading>();

/** Runs `work`, and all that it awaits, with this reading. */
export function readAs<T>(
  reading: Reading,
  work: () => Promise<T>,
  removed?: Map<string, Written>,
): Promise<T> {
  return current.run(new CurrentReading(reading, removed), work);
}

export function currentReading(): CurrentReading {
  return current.getStore() ?? new CurrentReading({ reader: 'connect' });
}

/** A request is repeated within minutes. */
const REQUESTS_APART_MS = 15 * 60_000;
/** The attempts of a run come to one process or another: between two in the same one can be as long as a run waits for its turn. */
const ATTEMPTS_APART_MS = 6 * 3_600_000;

/** Returns the same key for each attempt of an activity, also after its run has continued as new at a later time. */
export function workKey(activity: string, instanceId: string, input: unknown): string {
  const atAnyTime = (name: string, value: unknown): unknown => (name === 'now' ? undefined : value);
  return [activity, instanceId, JSON.stringify(input, atAnyTime)].join(' ');
}

interface Unfinished {
  readonly since: number;
  readonly until: number;
  readonly removed: Map<string, Written>;
}

/**
 * Attempts of the same work. Reads are limited, so a reading of many zones may need several attempts: each goes on with the
 * reads of those before it.
 */
export class Attempts {
  readonly #count: () => number;
  readonly #unfinished = new Map<string, Unfinished>();

  /** `count` returns how many reads this process has begun. */
  constructor(count: () => number) {
    this.#count = count;
  }

  /** Runs one attempt. It is unfinished where a limit of Azure, of Zilliz or of the app's own refused a read. */
  async run<T>(key: string, reading: Reading, work: () => Promise<T>): Promise<T> {
    const now = Date.now();
    for (const [other, { until }] of this.#unfinished) if (now > until) this.#unfinished.delete(other);
    const first = this.#unfinished.get(key) ?? { since: this.#count(), removed: new Map<string, Written>() };
    const until = now + (reading.reader === 'people' ? REQUESTS_APART_MS : ATTEMPTS_APART_MS);
    this.#unfinished.set(key, { ...first, until });
    const since = reading.afresh ? this.#count() : first.since;
    const attempt = async (): Promise<T> => {
      let isLimited = false;
      try {
        return await work();
      } catch (error) {
        // A person may have corrected what an earlier request of the same address has read.
        const isRun = reading.reader !== 'people';
        isLimited = isRun && error instanceof ProvisioningError && isOfLimit(error.failure);
        throw error;
      } finally {
        if (!isLimited && !currentReading().isCut) this.#unfinished.delete(key);
      }
    };
    return readAs({ ...reading, since }, attempt, first.removed);
  }
}
