import * as z from 'zod';
import { autoRegistrations } from '../resources/virtualNetworkLink.ts';
import { faultSchema } from '../run/status.ts';
import { removalRowSchema } from './removal.ts';
import { warningSchema } from './warnings.ts';

/** The part of a plan that a run needs. It excludes the rows: the history stores it, and they grow with the clusters. */
export const preflightResultSchema = z.object({
  faults: z.array(faultSchema).readonly(),
  warnings: z.array(warningSchema).readonly(),
  hiddenNames: z.array(z.string()).readonly(),
  replaces: z.boolean(),
  /**
   * Whether the run creates or adopts the private endpoint, so that the connection begins with it. From the plan: the response to
   * the write itself can be lost.
   */
  beginsConnection: z.boolean(),
  removals: z.array(removalRowSchema).readonly(),
  /** Absent in runs that an earlier version started. */
  formerNetworks: z.array(z.string()).readonly().default([]),
  /** Of the virtual network. The private endpoint must have the same. */
  location: z.string(),
  /** Alias or resource ID of the service that the subscription may already use; null if it must be authorized first. */
  service: z.string().nullable(),
  /** Whether the regional zone registers the machines of the endpoint's own network. */
  autoRegistration: z.enum(autoRegistrations),
});

export type PreflightResult = Readonly<z.infer<typeof preflightResultSchema>>;
