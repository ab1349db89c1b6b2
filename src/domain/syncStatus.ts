import * as z from 'zod';

/** What the last round found and did for one connection; the clusters by name show at the connection itself. */
const connectionSummarySchema = z.object({
  connectionId: z.string(),
  /** Why its records are left alone; null when they are kept. */
  hold: z.string().nullable(),
  kept: z.number(),
  written: z.number(),
  removed: z.number(),
  /** Clusters whose address is awaited, and clusters asleep without one. */
  waiting: z.number(),
  dormant: z.number(),
  /** Records whose cluster is gone and whose delay runs. */
  gone: z.number(),
  faults: z.array(z.string()),
  /** Rows of the connection's plan that are not `keep`, records aside; null when nobody has looked. */
  drift: z.object({ rows: z.number(), shown: z.array(z.string()) }).nullable(),
});

/** The custom status of a sync run, written at each turn of it: small, whatever the number of clusters. */
export const syncStatusSchema = z.object({
  /** Rounds since the run began, this one included. A hint raised in a round leads to exactly one more. */
  round: z.number(),
  state: z.enum(['round', 'waiting', 'done', 'failed']),
  reason: z.string().nullable(),
  listed: z.number(),
  connections: z.array(connectionSummarySchema),
});

export type SyncStatus = Readonly<z.infer<typeof syncStatusSchema>>;
export type ConnectionSummary = Readonly<z.infer<typeof connectionSummarySchema>>;

/** How a run ends: what its last round found, and what all its rounds wrote. */
export const syncResultSchema = z.object({
  projectId: z.string(),
  regionId: z.string(),
  rounds: z.number(),
  /** Clusters of the project and region, in the last round. */
  listed: z.number(),
  connections: z.array(connectionSummarySchema),
  writes: z.record(z.string(), z.number()),
});

export type SyncResult = Readonly<z.infer<typeof syncResultSchema>>;

const MOST_CONNECTIONS = 10;
const MOST_FAULTS = 3;
const LONGEST_TEXT = 180;

/** Cuts what grows with the outside world: a project has ten endpoints at most, but texts and faults know no bound. */
export function summarised(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  return connections.slice(0, MOST_CONNECTIONS).map((connection) => ({
    ...connection,
    hold: connection.hold?.slice(0, LONGEST_TEXT) ?? null,
    faults: cutFaults(connection.faults),
    drift: connection.drift && { ...connection.drift, shown: cutFaults(connection.drift.shown) },
  }));
}

function cutFaults(faults: readonly string[]): string[] {
  const shown = faults.slice(0, MOST_FAULTS).map((fault) => fault.slice(0, LONGEST_TEXT));
  return faults.length > MOST_FAULTS ? [...shown, `and ${faults.length - MOST_FAULTS} more`] : shown;
}
