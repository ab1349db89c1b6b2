import * as z from 'zod';

const resourceSchema = z.object({ resource: z.string(), id: z.string() });

/** What became of everything that a tear-down looked at. */
export const tearDownResultSchema = z.object({
  removed: z.array(resourceSchema).readonly(),
  /** What stays, and why: somebody else's, or still needed. */
  kept: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** What should go and could not be removed; only an undo goes on past such a thing. */
  failed: z.array(resourceSchema.extend({ reason: z.string() })).readonly(),
  /** Things that no API can do. */
  actionsForPeople: z.array(z.string()).readonly(),
});

/** What a disconnect run ends with. */
export const disconnectResultSchema = tearDownResultSchema.extend({
  /** `kept` when the private endpoint itself stays, because somebody else uses its address. */
  outcome: z.enum(['disconnected', 'kept']),
  /** Writes that this run made, by kind; all zero when nothing of the connection was left. */
  writes: z.record(z.string(), z.number()),
});

export type TearDownResult = Readonly<z.infer<typeof tearDownResultSchema>>;
export type DisconnectResult = Readonly<z.infer<typeof disconnectResultSchema>>;
