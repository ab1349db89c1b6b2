import * as z from 'zod';

/** As it travels in the input of a renewed run. */
export const dnsSettledSchema = z.object({
  zones: z.array(z.string()),
  records: z.record(z.string(), z.string()),
  links: z.array(z.string()),
});

/**
 * What of DNS stands by this run's doing. A renewed run asks for none of it again: with many clusters or networks the asking
 * alone would fill its history, and it would renew itself for ever.
 */
export class DnsSettled {
  /** Names of zones that are there. */
  readonly zones: Set<string>;
  /** Record set IDs by the private name. */
  readonly records: Map<string, string>;
  /** Links that are Completed, by the name of their wait. */
  readonly links: Set<string>;

  constructor(carried?: z.infer<typeof dnsSettledSchema>) {
    this.zones = new Set(carried?.zones);
    this.records = new Map(Object.entries(carried?.records ?? {}));
    this.links = new Set(carried?.links);
  }

  get carried(): z.infer<typeof dnsSettledSchema> {
    return { zones: [...this.zones], records: Object.fromEntries(this.records), links: [...this.links] };
  }
}
