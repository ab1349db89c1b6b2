import * as z from 'zod';

/** One reading of the three signals that a private link is allocated. */
export const allocationViewSchema = z.object({
  /** Azure's connection state; `Absent` if the endpoint does not exist. */
  connection: z.enum(['Pending', 'Approved', 'Rejected', 'Disconnected', 'Other', 'Absent']),
  /** The original texts of Azure and Zilliz, for the time-out message. */
  connectionText: z.string(),
  registration: z.enum(['ready', 'failed', 'working', 'absent']),
  registrationText: z.string(),
  /** The clusters that need a record. */
  clusters: z
    .array(
      z.object({
        clusterId: z.string(),
        privateLinkAddress: z.string().nullable(),
        connectAddress: z.string(),
        /** Whether the run waits for its address. Sync writes the record of the others when they have an address. */
        awaited: z.boolean(),
      }),
    )
    .readonly(),
});

export type AllocationView = Readonly<z.infer<typeof allocationViewSchema>>;
