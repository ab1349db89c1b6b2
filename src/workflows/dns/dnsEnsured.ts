import * as z from 'zod';
import { failed, succeeded } from '../../domain/failure/failure.ts';
import type { Failure, Outcome } from '../../domain/failure/failure.ts';

/** As it travels in the input of a renewed run. */
export const dnsEnsuredSchema = z.object({
  zones: z.array(z.string()),
  records: z.record(z.string(), z.string()),
  links: z.array(z.string()),
  failures: z
    .record(
      z.string(),
      z.custom<Failure>((value) => typeof value === 'object'),
    )
    .default({}),
  doubted: z.array(z.string()).default([]),
});

/**
 * What of DNS stands by this run's doing. A renewed run asks for none of it again: with many clusters or networks the asking
 * alone would fill its history, and it would renew itself for ever.
 */
export class DnsEnsured {
  /** Names of zones that are there. */
  readonly zones: Set<string>;
  /** Record set IDs by the private name. */
  readonly records: Map<string, string>;
  /** Links that are Completed, by the name of their wait. */
  readonly links: Set<string>;
  /** Why there is no record, by the private name. */
  readonly failures: Map<string, Failure>;
  /** Private names whose record was to be looked at once more. */
  readonly doubted: Set<string>;

  constructor(carried?: z.infer<typeof dnsEnsuredSchema>) {
    this.zones = new Set(carried?.zones);
    this.records = new Map(Object.entries(carried?.records ?? {}));
    this.links = new Set(carried?.links);
    this.failures = new Map(Object.entries(carried?.failures ?? {}));
    this.doubted = new Set(carried?.doubted);
  }

  /** How the record of a private name has come out; undefined where it is still to be written. */
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

  /** What time may cure is to be tried again. */
  forgetTransient(): void {
    for (const [host, { kind }] of this.failures) if (kind === 'transient') this.failures.delete(host);
  }

  /** Somebody may have taken the record away. Once for each: a run that renews itself meanwhile comes here again. */
  doubtRecord(host: string): void {
    if (this.doubted.has(host)) return;
    this.doubted.add(host);
    this.records.delete(host);
  }

  get carried(): z.infer<typeof dnsEnsuredSchema> {
    return {
      zones: [...this.zones],
      records: Object.fromEntries(this.records),
      links: [...this.links],
      failures: Object.fromEntries(this.failures),
      doubted: [...this.doubted],
    };
  }
}
