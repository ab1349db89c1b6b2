import * as z from 'zod';

/** How the DNS of a connection shall be; null stands for "the endpoint's own". */
const dnsSpecSchema = z.object({
  manage: z.boolean(),
  layout: z.enum(['regional', 'per-cluster']),
  autoRegistration: z.boolean(),
  hiddenNames: z.enum(['warn', 'refuse']),
  zoneResourceGroupId: z.string().nullable(),
  linkedNetworks: z.array(z.string()).readonly().nullable(),
});

/** What the private endpoint itself cannot say of the request. It is kept in the endpoint's tags (design §3). */
export const connectionSpecSchema = z.object({
  clusters: z.union([z.literal('all'), z.array(z.string()).readonly()]),
  /** Clusters taken out by DELETE: they stay out. */
  exclusions: z.array(z.string()).readonly(),
  dns: dnsSpecSchema,
});

export type ConnectionSpec = Readonly<z.infer<typeof connectionSpecSchema>>;
