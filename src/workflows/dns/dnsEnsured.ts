import * as z from 'zod';
import { failed, failureSchema, succeeded } from '../../domain/failure/failure.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';

/** The form in which it is carried through continue as new. */
export const dnsEnsuredSchema = z.object({
  zones: z.array(z.string()).default([]),
  records: z.record(z.string(), z.string()).default({}),
  links: z.array(z.string()).default([]),
  failures: z.record(z.string(), failureSchema).default({}),
  doubted: z.array(z.string()).default([]),
});

export type CarriedDns = z.infer<typeof dnsEnsuredSchema>;

/**
 * DNS resources that this run has already ensured. They are not requested again after continue as new: with many clusters or
 * networks the requests alone would fill the history, and the run would continue as new forever.
 */
export class DnsEnsured {
  /** Names of zones that exist. */
  readonly zones: Set<string>;
  /** Record set IDs by the private name. */
  readonly records: Map<string, string>;
  /** Links that are Completed, by the name of their wait. */
  readonly links: Set<string>;
  /** Why there is no record, by the private name. */
  readonly failures: Map<string, Failure>;
  /** Private names whose record this run has already checked a second time. */
  readonly doubted: Set<string>;

  constructor(carried: CarriedDns) {
    this.zones = new Set(carried.zones);
    this.records = new Map(Object.entries(carried.records));
    this.links = new Set(carried.links);
    this.failures = new Map(Object.entries(carried.failures));
    this.doubted = new Set(carried.doubted);
  }

  static none(): DnsEnsured {
    return new DnsEnsured(dnsEnsuredSchema.parse({}));
  }

  /** Returns the outcome for the record of a private name; undefined if it is not written yet. */
  recordOf(host: string): Outcome<{ readonly recordSetId: string }> | undefined {
    const recordSetId = this.records.get(host);
    if (recordSetId !== undefined) return succeeded({ recordSetId });
    const failure = this.failures.get(host);
    return failure && failed(failure);
  }

  noteRecord(host: string, outcome: Outcome<{ readonly recordSetId: string }>): void {
    if (outcome.ok) this.records.set(host, outcome.value.recordSetId);
    else this.failures.set(host, outcome.failure);
  }

  /** Removes transient failures, so that their records are tried again. */
  forgetTransient(): void {
    for (const [host, { kind }] of this.failures) if (kind === 'transient') this.failures.delete(host);
  }

  /** The record may have been deleted by another. Once for each name: the run comes here again after continue as new. */
  doubtRecord(host: string): void {
    if (this.doubted.has(host)) return;
    this.doubted.add(host);
    this.records.delete(host);
  }

  get carried(): CarriedDns {
    return {
      zones: [...this.zones],
      records: Object.fromEntries(this.records),
      links: [...this.links],
      failures: Object.fromEntries(this.failures),
      doubted: [...this.doubted],
    };
  }
}
