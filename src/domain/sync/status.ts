import * as z from 'zod';
import { privateEndpointIdSchema } from '../connection/fieldSchemas.ts';
import { endpointHealthSchema } from '../connection/endpointHealth.ts';
import { connectionReadingSchema } from '../connection/status.ts';
import type { ConnectionReading } from '../connection/status.ts';
import { ByteBudget, truncate } from '../run/customStatus.ts';

/** What the last round found and wrote for one connection. The view of the connection lists its clusters by name. */
export const connectionSummarySchema = z.object({
  connectionId: z.string(),
  /** To find out what has become of it when its tags no longer show it. */
  privateEndpointId: z.string().nullable().default(null),
  /** Why its records are not maintained; null when they are. */
  hold: z.string().nullable(),
  kept: z.number(),
  written: z.number(),
  removed: z.number(),
  /** Clusters in use that have no address yet, and suspended clusters without one. */
  waiting: z.number(),
  dormant: z.number(),
  /** Records whose cluster is deleted and whose removal is delayed. */
  gone: z.number(),
  faults: z.array(z.string()),
  /** Faults that are not shown. */
  omitted: z.number().default(0),
  /** What was requested and is not so after this round. */
  reading: connectionReadingSchema.nullable(),
  health: endpointHealthSchema,
  /** Rows of the connection's plan that are not `keep`; records count if this round could not write them. Null: not checked. */
  drift: z.object({ rows: z.number(), shown: z.array(z.string()) }).nullable(),
});

/** The custom status of a sync run. It is written often, so it stays small for any number of clusters. */
export const syncStatusSchema = z.object({
  /** Rounds since the run began, including this one. Events raised during a round cause exactly one more round. */
  round: z.number(),
  state: z.enum(['round', 'waiting', 'done', 'failed']),
  reason: z.string().nullable(),
  listed: z.number(),
  connections: z.array(connectionSummarySchema),
  /** Connections that are not shown, because the size is limited. */
  omitted: z.number().default(0),
});

/** The place of a sync, as its input says it. */
export const syncPlaceSchema = z.object({ projectId: z.string(), regionId: z.string() });

/** A connection that an earlier sync has read. */
export const knownConnectionSchema = z.object({
  connectionId: z.string(),
  privateEndpointId: privateEndpointIdSchema,
});

export type KnownConnection = Readonly<z.infer<typeof knownConnectionSchema>>;

const syncedSchema = z.object({ connections: z.array(z.unknown()) });

/** Returns the connections in the output or the status of a sync; none if it is of another form. */
export function connectionsOfSync(sync: {
  readonly output: unknown;
  readonly customStatus: unknown;
}): readonly KnownConnection[] {
  const synced = [sync.output, sync.customStatus].map((value) => syncedSchema.safeParse(value).data);
  const connections = (synced[0] ?? synced[1])?.connections ?? [];
  return connections.flatMap((connection) => knownConnectionSchema.safeParse(connection).data ?? []);
}

export type SyncStatus = Readonly<z.infer<typeof syncStatusSchema>>;
export type ConnectionSummary = Readonly<z.infer<typeof connectionSummarySchema>>;

/** The result of a run: what its last round found, and the writes of all its rounds. */
export const syncResultSchema = z.object({
  /** `partial`: something that was to be done could not be done; the connections name it. */
  outcome: z.enum(['complete', 'partial']),
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
/** The view of a connection in the result of a sync. */
const MOST_IN_RESULT = 50;
const LONGEST_IN_STATUS = 120;
const LONGEST_TEXT = 300;
const LONGEST_REASON = 300;
/** In UTF-8, with at least one byte per character. The host refuses more than 16 KB in UTF-16, with two bytes per character. */
const MOST_BYTES = 8000;

/** Limits texts and faults, whose size depends on other systems. Connections are not limited, because a project has few. */
export function summarised(connections: readonly ConnectionSummary[]): ConnectionSummary[] {
  return connections.map((connection) => {
    const { hold, faults, omitted, drift, reading } = connection;
    const first = faults.slice(0, MOST_FAULTS);
    return {
      ...connection,
      hold: hold === null ? null : truncate(hold, LONGEST_TEXT),
      faults: first.map((fault) => truncate(fault, LONGEST_TEXT)),
      omitted: omitted + faults.length - first.length,
      reading: reading && shortReading(reading, MOST_IN_RESULT, LONGEST_TEXT),
      drift: drift && { ...drift, shown: drift.shown.map((row) => truncate(row, LONGEST_TEXT)) },
    };
  });
}

/** A record that is not as requested counts as drift, also in a round that did not compare the rest. */
export function withRecordDrift(summary: ConnectionSummary): ConnectionSummary {
  const { drift, reading } = summary;
  const records = (reading?.faults ?? []).filter(({ code }) => code.startsWith('record-'));
  const shown = records.map(({ clusterId, detail }) => `${clusterId ?? ''}: ${detail}`);
  return {
    ...summary,
    drift: drift && { rows: drift.rows + records.length, shown: [...drift.shown, ...shown] },
  };
}

/** The first fault decides the status. */
function shortReading(reading: ConnectionReading, most: number, longest: number): ConnectionReading {
  const short = (text: string): string => truncate(text, longest);
  return {
    ...reading,
    faults: reading.faults.slice(0, most).map((fault) => ({ ...fault, detail: short(fault.detail) })),
    incomplete: reading.incomplete.slice(0, most).map((one) => ({ ...one, reason: short(one.reason) })),
  };
}

/**
 * Limits the status to the maximum size. It omits first the rows of drift, then the faults beyond the first of each connection,
 * then connections: those without faults before the others.
 */
export function syncCustomStatus(status: Omit<SyncStatus, 'omitted'>): SyncStatus {
  const { connections } = status;
  const budget = new ByteBudget(MOST_BYTES);
  const reason = status.reason === null ? null : truncate(status.reason, LONGEST_REASON);
  budget.take({ ...status, reason, connections: [], omitted: connections.length });
  const faultyFirst = connections.toSorted((a, b) => Number(hasFault(b)) - Number(hasFault(a)));
  const shown = faultyFirst.filter((connection) => budget.take(bareSummary(connection)));
  const faults = takeInTurn(budget, shown, ({ faults }) => faults);
  const drift = takeInTurn(budget, shown, ({ drift }) => drift?.shown ?? []);
  const withTexts = (connection: ConnectionSummary): ConnectionSummary => {
    const own = faults.get(connection) ?? [];
    return {
      ...bareSummary(connection),
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

function hasFault({ hold, faults }: ConnectionSummary): boolean {
  return hold !== null || faults.length > 0;
}

/** The part that is always shown: all counts, including the number of faults. */
function bareSummary(connection: ConnectionSummary): ConnectionSummary {
  const { faults, omitted, drift, reading, health } = connection;
  const { reason } = health;
  return {
    ...connection,
    reading: reading && shortReading(reading, 1, LONGEST_IN_STATUS),
    health: { ...health, reason: reason === null ? null : truncate(reason, LONGEST_IN_STATUS) },
    faults: [],
    omitted: omitted + faults.length,
    drift: drift && { ...drift, shown: [] },
  };
}

/** Takes the first text of each connection, then the second of each, and so on, within the budget. */
function takeInTurn(
  budget: ByteBudget,
  connections: readonly ConnectionSummary[],
  textsOf: (connection: ConnectionSummary) => readonly string[],
): Map<ConnectionSummary, string[]> {
  const taken = new Map(connections.map((connection): [ConnectionSummary, string[]] => [connection, []]));
  const longest = Math.max(0, ...connections.map((connection) => textsOf(connection).length));
  for (let nth = 0; nth < longest; nth++) {
    for (const [connection, texts] of taken) {
      const text = textsOf(connection)[nth];
      if (text !== undefined && budget.take(text)) texts.push(text);
    }
  }
  return taken;
}
