import * as z from 'zod';
import { probeSchema } from './probe.ts';

const clusterSchema = z.object({
  clusterId: z.string(),
  /** `connected` has its record; `pending` has no private link address yet; `failed` says why in `reason`. */
  state: z.enum(['connected', 'pending', 'failed']),
  host: z.string().nullable(),
  port: z.number().nullable(),
  /** Ready to paste into a client, e.g. `https://in01-…-privatelink.az-eastus.vectordb.zillizcloud.com:19530`. */
  uri: z.string().nullable(),
  recordSetId: z.string().nullable(),
  verification: z.object({ outcome: z.string(), detail: z.string() }).nullable(),
  publicAccess: z.enum(['open', 'closed', 'not-verifiable-from-here']).nullable(),
  reason: z.string().nullable(),
  /** Where the app could not make the proof itself: how a person makes it. */
  probe: probeSchema.optional(),
});

/** What a connect run ends with: the output of the run, and the body of the result. */
export const connectionResultSchema = z.object({
  /** `partial` when a cluster that was named in the request has no record. */
  outcome: z.enum(['connected', 'partial']),
  privateEndpoint: z.object({
    id: z.string(),
    endpointId: z.string(),
    address: z.string(),
    target: z.string(),
  }),
  zones: z.array(z.object({ id: z.string(), name: z.string() })),
  clusters: z.array(clusterSchema),
  /** What somebody else must create when `dns.manage` is false: zones, record sets in them, and then the links. */
  zonesToCreate: z
    .array(z.object({ name: z.string(), linkedNetworks: z.array(z.string()).readonly() }))
    .readonly()
    // Runs that an earlier version has ended do not say it.
    .default([]),
  recordsToCreate: z.array(z.object({ name: z.string(), address: z.string(), ttlSeconds: z.number() })),
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })),
  /** Things that no API can do. */
  actionsForPeople: z.array(z.string()),
  /** Writes that this run made, by kind; all zero when it found everything as it should be. */
  writes: z.record(z.string(), z.number()),
});

export type ConnectionResult = Readonly<z.infer<typeof connectionResultSchema>>;
export type ClusterResult = Readonly<z.infer<typeof clusterSchema>>;
