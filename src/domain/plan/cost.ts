import * as z from 'zod';
import type { PlanRow } from './rows.ts';

export const costSchema = z.object({
  currency: z.string(),
  asOf: z.string().meta({ description: 'When the prices were published' }),
  perMonth: z
    .number()
    .meta({ description: 'For what this plan would create; traffic and queries come on top' }),
  lines: z.array(z.object({ item: z.string(), count: z.number(), perMonth: z.number() })).readonly(),
  note: z.string(),
});

export type Cost = Readonly<z.infer<typeof costSchema>>;

/** Returns the monthly cost of the rows that create a resource. Links, records and everything at Zilliz are free. */
export function monthlyCost(rows: readonly Pick<PlanRow, 'resource' | 'action'>[]): Cost {
  const created = (resource: PlanRow['resource']): number =>
    rows.filter((row) => row.resource === resource && row.action === 'create').length;
  const lines = [
    {
      item: 'private endpoint',
      count: created('private endpoint'),
      each: prices.privateEndpointPerHour * prices.hoursPerMonth,
    },
    { item: 'private DNS zone', count: created('private DNS zone'), each: prices.privateDnsZonePerMonth },
  ]
    .filter(({ count }) => count > 0)
    .map(({ item, count, each }) => ({ item, count, perMonth: cents(count * each) }));
  return {
    currency: prices.currency,
    asOf: prices.asOf,
    perMonth: cents(lines.reduce((sum, { perMonth }) => sum + perMonth, 0)),
    lines,
    note:
      `Prices vary. On top come ${prices.privateEndpointPerGigabyte} per GB in each direction and ` +
      `${prices.privateDnsPerMillionQueries} per million DNS queries. Zilliz charges nothing for the private endpoint, and no data transfer over it.`,
  };
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100;
}

/**
 * Azure's list prices for the resources of a connection: US dollars, pay as you go, published on 17 September 2026. Prices vary by
 * region, currency and agreement, and from 1 PB a month on a GB costs less. This is the only place to change them.
 */
const prices = {
  asOf: '2026-09',
  currency: 'USD',
  hoursPerMonth: 730,
  privateEndpointPerHour: 0.01,
  /** In each direction. */
  privateEndpointPerGigabyte: 0.01,
  privateDnsZonePerMonth: 0.5,
  privateDnsPerMillionQueries: 0.4,
} as const;
