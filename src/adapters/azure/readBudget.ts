import type { Reader } from '../../readAs.ts';

/** Azure allows 500 reads of private DNS in five minutes, for all callers in a subscription. */
export const READS_ALLOWED = 500;
const WINDOW_MS = 300_000;
/**
 * The processes of the app that may read at the same time without a 429. They cannot count each other's reads: Azure's figure
 * of reads that are left does not fall with them. So each keeps to a quarter.
 */
const PROCESSES = 4;
const OWN = READS_ALLOWED / PROCESSES;

/** Each read counts in every row with its reader. All rows together: half of the reads is left for connect and disconnect. */
const shares: readonly { readonly readers: readonly Reader[]; readonly most: number }[] = [
  { readers: ['connect', 'people', 'background'], most: OWN },
  // The rest is for requests, also while many runs connect.
  { readers: ['connect'], most: OWN - 25 },
  { readers: ['people', 'background'], most: Math.floor(OWN / 2) },
  { readers: ['background'], most: Math.floor(OWN / 3) },
];

/** The reads of private DNS in one subscription by this process. */
export class ReadBudget {
  #reads: { readonly reader: Reader; readonly at: number }[] = [];
  #pausedUntil = 0;

  /** Takes one read. Returns 0 if it may be sent, otherwise the seconds until it may be tried again. */
  take(reader: Reader): number {
    const now = Date.now();
    this.#reads = this.#reads.filter(({ at }) => now - at < WINDOW_MS);
    const freeAt = shares.flatMap(({ readers, most }) => {
      if (!readers.includes(reader)) return [];
      const counted = this.#reads.filter((read) => readers.includes(read.reader));
      const oldest = counted.at(-most);
      return oldest ? oldest.at + WINDOW_MS : [];
    });
    const waitMs = Math.max(this.#pausedUntil, ...freeAt) - now;
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    this.#reads.push({ reader, at: now });
    return 0;
  }

  /** Pauses all readers after a 429. A longer pause that is already set stays. */
  pause(seconds: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, Date.now() + seconds * 1000);
  }
}
