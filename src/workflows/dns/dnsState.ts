import * as z from 'zod';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { fail, failureCodeSchema, failureSchema } from '../../domain/failure/failure.ts';
import { truncate } from '../../domain/run/customStatus.ts';
import type { EnsuringByKey } from '../ensure.ts';
import { ensuringSchema } from '../ensure.ts';

/**
 * The DNS resources of one connection in a run. The keys are short, because a run of 500 clusters carries them all through
 * continue as new: `zone/<zone>`, `record/<cluster ID>`, `link/<zone>/<number of the network>`. The zone is `region`, or the
 * cluster ID where each cluster has its own.
 */
export const dnsStateSchema = z.object({
  /** Resources that Azure has confirmed. They are not requested again. */
  ready: z.array(z.string()).default([]),
  ensuring: z.record(z.string(), ensuringSchema).default({}),
  /** Records that are written again later: since when they fail, how often, and when the next attempt is due. */
  retries: z
    .record(
      z.string(),
      z.object({ since: z.number(), attempts: z.number(), dueAt: z.number(), code: failureCodeSchema }),
    )
    .default({}),
  /** Resources that failed for good. Of many only the code is kept. */
  failed: z.record(z.string(), z.union([failureSchema, failureCodeSchema])).default({}),
  /** Zones that exist elsewhere than in the group of the connection, by their key. */
  zoneIds: z.record(z.string(), z.string()).default({}),
  /** Zones that another process deleted during the run. Each is ensured again once. */
  removedZones: z.array(z.string()).default([]),
  /** Clusters whose zone this run has created before they had an address: `other` if they got one with another name. */
  early: z.record(z.string(), z.enum(['predicted', 'other'])).default({}),
});

type DnsStateData = z.infer<typeof dnsStateSchema>;

/** So many failures keep their text; of the others, the title of the code is enough. */
const MOST_TEXTS = 20;
const LONGEST_TEXT = 300;

/** The state behind its rules. It is changed in place, as part of the run's state. */
export class DnsState {
  readonly #data: DnsStateData;
  readonly #ready: Set<string>;

  constructor(data: DnsStateData) {
    this.#data = data;
    this.#ready = new Set(data.ready);
  }

  isReady(key: string): boolean {
    return this.#ready.has(key);
  }

  failureOf(key: string): Failure | null {
    const failure = this.#data.failed[key] ?? null;
    return typeof failure === 'string' ? fail(failure, failureCatalog[failure].title).failure : failure;
  }

  isOver(key: string): boolean {
    return this.isReady(key) || key in this.#data.failed;
  }

  get ensuring(): EnsuringByKey {
    return this.#data.ensuring;
  }

  get retries(): DnsStateData['retries'] {
    return this.#data.retries;
  }

  ready(key: string): void {
    this.#drop(key);
    this.#ready.add(key);
    this.#data.ready.push(key);
  }

  fail(key: string, failure: Failure): void {
    this.#drop(key);
    const isOneOfMany = Object.keys(this.#data.failed).length >= MOST_TEXTS;
    const message = truncate(failure.message, LONGEST_TEXT);
    this.#data.failed[key] = isOneOfMany ? failure.code : { ...failure, message };
  }

  /** Makes the run ensure these resources again. */
  forget(keys: readonly string[]): void {
    for (const key of keys) {
      this.#ready.delete(key);
      this.#drop(key);
      Reflect.deleteProperty(this.#data.failed, key);
    }
    this.#data.ready = [...this.#ready];
  }

  zoneId(zone: string): string | null {
    return this.#data.zoneIds[zone] ?? null;
  }

  noteZoneId(zone: string, id: string): void {
    this.#data.zoneIds[zone] = id;
  }

  /** Notes that the zone was deleted by another process. Returns whether this is the first time. */
  noteRemoved(zone: string): boolean {
    if (this.#data.removedZones.includes(zone)) return false;
    this.#data.removedZones.push(zone);
    return true;
  }

  get early(): DnsStateData['early'] {
    return this.#data.early;
  }

  #drop(key: string): void {
    Reflect.deleteProperty(this.#data.ensuring, key);
    Reflect.deleteProperty(this.#data.retries, key);
  }
}
