import * as z from 'zod';
import { clusterIdsSchema, linkedNetworksSchema, resourceGroupIdSchema } from './fieldSchemas.ts';

/** How the DNS of a connection shall be; null stands for "the endpoint's own". */
const dnsSpecSchema = z
  .object({
    manage: z.boolean(),
    layout: z.enum(['regional', 'per-cluster']),
    autoRegistration: z.boolean(),
    hiddenNames: z.enum(['warn', 'refuse']),
    zoneResourceGroupId: resourceGroupIdSchema.nullable(),
    linkedNetworks: linkedNetworksSchema.readonly().nullable(),
  })
  .refine(
    ({ layout, autoRegistration }) => layout === 'regional' || !autoRegistration,
    'the zones of the per-cluster layout take no machines',
  );

/**
 * What the private endpoint itself cannot say of the request. It is kept in the endpoint's tags, where anyone may change it:
 * what passes this is as good as what has passed the schema of a request. Clusters are added one by one, too, so their
 * number is bounded by the room in the tags alone.
 */
export const connectionSpecSchema = z.object({
  clusters: z.union([z.literal('all'), clusterIdsSchema.min(1).readonly()]),
  /** Clusters taken out by DELETE: they stay out. */
  exclusions: clusterIdsSchema.readonly(),
  dns: dnsSpecSchema,
});

export type ConnectionSpec = Readonly<z.infer<typeof connectionSpecSchema>>;
