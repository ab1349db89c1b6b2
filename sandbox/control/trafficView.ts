import { z } from 'zod';
import type { Exchange, Traffic } from '../kernel/traffic.ts';

/** Query of a look at the traffic. Keys are lower-case, as the simulators read them. */
export const trafficQuerySchema = z.strictObject({
  service: z.string().optional(),
  operation: z.string().optional(),
  writes: z.enum(['true', 'false']).default('false'),
  /** How many of the matching exchanges to leave out at the beginning: what was seen already. */
  skip: z.coerce.number().int().nonnegative().default(0),
});

export function selected(
  traffic: Traffic,
  { service, operation, writes, skip }: z.output<typeof trafficQuerySchema>,
): { readonly total: number; readonly exchanges: readonly Exchange[] } {
  const matching = traffic
    .all()
    .filter((exchange) => service === undefined || exchange.service === service)
    .filter((exchange) => operation === undefined || exchange.operation === operation)
    .filter((exchange) => writes === 'false' || exchange.write);
  return { total: matching.length, exchanges: matching.slice(skip) };
}

/** Calls and writes: all, and per service and operation. */
export function counted(traffic: Traffic): Record<string, unknown> {
  const exchanges = traffic.all();
  return {
    calls: exchanges.length,
    writes: traffic.writes().length,
    services: tally(exchanges, ({ service }) => service),
    operations: tally(exchanges, ({ operation }) => operation),
  };
}

function tally(
  exchanges: readonly Exchange[],
  nameOf: (exchange: Exchange) => string,
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const exchange of exchanges) counts[nameOf(exchange)] = (counts[nameOf(exchange)] ?? 0) + 1;
  return counts;
}
