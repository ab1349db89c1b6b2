import type * as z from 'zod';
import { currentReading } from '../../readAs.ts';
import type { clusterSchema } from './schemas.ts';

type Listed = readonly z.output<typeof clusterSchema>[];

/**
 * Zilliz lists the clusters of all projects of a key at once: for hundreds of projects that is dozens of pages. The syncs of one
 * sweep share that list, as they share those of Azure.
 */
export class ClusterLists {
  /** By the key and the region. */
  readonly #kept = new Map<string, { readonly at: number; readonly list: Promise<Listed> }>();

  async of(keyOf: () => Promise<string>, read: () => Promise<Listed>): Promise<Listed> {
    const { resourcesAgeMs = 0 } = currentReading().reading;
    if (resourcesAgeMs === 0) return read();
    const key = await keyOf();
    const kept = this.#kept.get(key);
    if (kept && Date.now() - kept.at < resourcesAgeMs) return kept.list;
    const entry = { at: Date.now(), list: read() };
    this.#kept.set(key, entry);
    // A failed read is not kept, so that it can be repeated.
    entry.list.catch(() => {
      if (this.#kept.get(key) === entry) this.#kept.delete(key);
    });
    return entry.list;
  }
}
