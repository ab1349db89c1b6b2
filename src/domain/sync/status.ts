import * as z from 'zod';
import { ByteBudget, truncate } from '../run/customStatus.ts';

/** What the last round found and did for one connection; the clusters by name show at the connection itself. */
export const connectionSummarySchema = z.object({
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
  /** Faults that are not shown. */
  omitted: z.number().default(0),
  /** Rows of the connection's plan that are not `keep`, records aside; null when nobody has looked. */
  drift: z.object({ rows: z.number(), shown: z.array(z.string()) }).nullable(),
});

/** How a sync run stands, as its custom status: written at each turn of it, so small whatever the number of clusters. */
export const syncStatusSchema = z.object({
  /** Rounds since the run began, this one included. A hint raised in a round leads to exactly one more. */
  round: z.number(),
  state: z.enum(['round', 'waiting', 'done', 'failed']),
  reason: z.string().nullable(),
  listed: z.number(),
  connections: z.array(connectionSummarySchema),
  /** Connections that are not shown, for want of room. */
  omitted: z.number().default(0),
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

const MOST_FAULTS = 3;
const LONGEST_TEXT = 300;
const LONGEST_REASON = 300;
/** In UTF-8, where each character takes a byte at least: the host refuses more than 16 KB at two bytes a character. */
const MOST_BYTES = 8000;

/** Cuts what grows with the outside world, texts and faults; a project has few connections. */
export function summarised(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  return connections.map((connection) => {
    const { hold, faults, omitted, drift } = connection;
    const first = faults.slice(0, MOST_FAULTS);
    return {
      ...connection,
      hold: hold === null ? null : truncate(hold, LONGEST_TEXT),
      faults: first.map((fault) => truncate(fault, LONGEST_TEXT)),
      omitted: omitted + faults.length - first.length,
      drift: drift && { ...drift, shown: drift.shown.map((row) => truncate(row, LONGEST_TEXT)) },
    };
  });
}

/**
 * The status with as much as there is room for. First the rows of drift are left out, then faults beyond the first of each
 * connection, then connections, those with nothing wrong before the others.
 */
export function syncCustomStatus(status: Omit<SyncStatus, 'omitted'>): SyncStatus {
  const { connections } = status;
  const room = new ByteBudget(MOST_BYTES);
  const reason = status.reason === null ? null : truncate(status.reason, LONGEST_REASON);
  room.take({ ...status, reason, connections: [], omitted: connections.length });
  const troubledFirst = connections.toSorted((a, b) => Number(isTroubled(b)) - Number(isTroubled(a)));
  const shown = troubledFirst.filter((connection) => room.take(bareSummary(connection)));
  const faults = fairly(room, shown, ({ faults }) => faults);
  const drift = fairly(room, shown, ({ drift }) => drift?.shown ?? []);
  const withTexts = (connection: ConnectionSummary): ConnectionSummary => {
    const own = faults.get(connection) ?? [];
    return {
      ...connection,
      faults: own,
      omitted: connection.omitted + connection.faults.length - own.length,
      drift: connection.drift && { ...connection.drift, shown: drift.get(connection) ?? [] },
    };
  };
  return {
    ...status,
    reason,
    connections: connections.filter((connection) => shown.includes(connection)).map(withTexts),
    omitted: connections.length - shown.length,
  };
}

function isTroubled({ hold, faults }: ConnectionSummary): boolean {
  return hold !== null || faults.length > 0;
}

/** The counts are there in any case, and how many faults there are. */
function bareSummary(connection: ConnectionSummary): ConnectionSummary {
  const { faults, omitted, drift } = connection;
  return {
    ...connection,
    faults: [],
    omitted: omitted + faults.length,
    drift: drift && { ...drift, shown: [] },
  };
}

/** Takes the first text of each, then the second of each, and so on, while there is room. */
function fairly(
  room: ByteBudget,
  connections: readonly ConnectionSummary[],
  textsOf: (connection: ConnectionSummary) => readonly string[],
): Map<ConnectionSummary, string[]> {
  const taken = new Map(connections.map((connection): [ConnectionSummary, string[]] => [connection, []]));
  const most = Math.max(0, ...connections.map((connection) => textsOf(connection).length));
  for (let nth = 0; nth < most; nth++) {
    for (const [connection, texts] of taken) {
      const text = textsOf(connection)[nth];
      if (text !== undefined && room.take(text)) texts.push(text);
    }
  }
  return taken;
}
