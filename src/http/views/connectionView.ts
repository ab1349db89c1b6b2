import * as z from 'zod';
import { clusterViewStates } from '../../domain/connection/clusterView.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { lastCheckSchema } from '../../domain/connection/marks.ts';
import type { WhitelistEntry } from '../../domain/connection/fieldSchemas.ts';
import { whitelistEntrySchema } from '../../domain/connection/fieldSchemas.ts';
import { faultOfOrphan } from '../../domain/connection/orphan.ts';
import type { Orphan } from '../../domain/connection/orphan.ts';
import { connectionFaultSchema, statusOf } from '../../domain/connection/status.ts';
import type { StatusAndProblem, StatusProblem } from '../../domain/connection/status.ts';
import { connectionStatusSchema, statusTable } from '../../domain/connection/statusTable.ts';
import type { Problem } from '../../domain/failure/problem.ts';
import { problemOf, problemSchema } from '../../domain/failure/problem.ts';
import { onDemandSchema } from '../../domain/resources/onDemand.ts';
import { phases as phaseFacts } from '../../domain/run/phase.ts';
import { connectionResultSchema, disconnectResultSchema } from '../../domain/run/result.ts';
import {
  notedWhitelist,
  percentDone,
  phaseNameSchema,
  phaseStateSchema,
  undoStatusSchema,
} from '../../domain/run/status.ts';
import type { Fault, RunStatus } from '../../domain/run/status.ts';
import type { Instance } from '../../durable/client.ts';
import type { LiveView } from '../../queries/liveView.ts';
import { lastRunOf, resultsOf, runStatusOf } from './lastRun.ts';

const time = z.string().meta({ description: 'ISO 8601' });

export const sourceSchema = z.enum(['live', 'view']).meta({ id: 'Source' });

const phaseViewSchema = z.object({
  phase: phaseNameSchema,
  guideStep: z.string(),
  state: phaseStateSchema,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  reason: z.string().nullable(),
  attempts: z.number(),
});

export const clusterViewSchema = z
  .object({
    clusterId: z.string(),
    name: z.string(),
    kind: z.string(),
    status: z.string(),
    state: z.enum(clusterViewStates).meta({ id: 'ClusterState' }),
    reason: z.string().nullable(),
    host: z.string().nullable(),
    port: z.number().nullable(),
    uri: z.string().nullable(),
    record: z
      .object({ id: z.string(), addresses: z.array(z.string()).readonly(), ttlSeconds: z.number() })
      .nullable(),
  })
  .meta({ id: 'Cluster' });

export const incompleteSchema = z.object({ scope: z.string(), reason: z.string() }).meta({
  description: 'What could not be read, and why. A limit of reads passes: the next request goes on',
});

const liveViewSchema = z.object({
  readAt: time,
  faults: z.array(connectionFaultSchema).readonly().meta({ description: 'What was requested and is not so' }),
  privateEndpoint: z
    .object({
      id: z.string(),
      provisioningState: z.string(),
      connectionState: z.string(),
      endpointId: z.string().nullable(),
      address: z.string().nullable(),
      target: z.string(),
      whitelistedAt: time.nullable(),
      verification: lastCheckSchema.nullable(),
    })
    .nullable(),
  zones: z.array(z.object({ id: z.string(), linkedNetworks: z.array(z.string()).readonly() })).readonly(),
  clusters: z.array(clusterViewSchema).readonly(),
  onDemand: onDemandSchema.nullable(),
  incomplete: z.array(incompleteSchema).readonly(),
});

/** The response to GET: the run with the steps of the guide. It has no URL of the host's own API, whose keys open every run. */
export const connectionViewSchema = z
  .object({
    id: z.string(),
    status: connectionStatusSchema,
    final: z.boolean().meta({ description: 'Whether a caller that waits can stop waiting' }),
    asOf: time.meta({ description: 'When the readings behind the status were made' }),
    source: sourceSchema.meta({
      description:
        '`view`: from the last sync or the end of the last run, because Azure or Zilliz did not respond in time or limits its reads',
    }),
    /** The workflow of the last run; null when no run is known. */
    workflow: z.string().nullable(),
    startedBy: z.string().nullable(),
    createdAt: time.nullable(),
    updatedAt: time.nullable(),
    percent: z
      .number()
      .meta({ description: 'How far the last run is: an estimate from expected durations, no promise' }),
    deadlineAt: time.nullable(),
    request: z
      .object({
        projectId: z.string(),
        regionId: z.string(),
        subnetId: z.string(),
        privateEndpointId: z.string(),
      })
      .nullable(),
    whitelist: whitelistEntrySchema.nullable().meta({
      description: "The subscription's entry on Zilliz's whitelist, as far as the app has noted it",
    }),
    phases: z.array(phaseViewSchema),
    writes: z
      .record(z.string(), z.number())
      .meta({ description: 'Number of writes of the last run so far, by kind' }),
    result: connectionResultSchema.nullable().meta({
      description: 'The result of a connect run. Of a failed one, what it knows; null while it runs',
    }),
    removal: disconnectResultSchema
      .nullable()
      .meta({ description: 'What a disconnect removed and what it kept' }),
    undo: undoStatusSchema.nullable().meta({ description: 'What `onFailure: "undo"` came to' }),
    live: liveViewSchema.nullable(),
    problem: problemSchema.nullable(),
  })
  .meta({ id: 'Connection' });

export type ConnectionView = Readonly<z.infer<typeof connectionViewSchema>>;
type PhaseView = Readonly<z.infer<typeof phaseViewSchema>>;

/** What is known of one connection. */
export interface KnownConnection {
  readonly id: string;
  /** The last run, if the hub has one. */
  readonly instance: Instance | null;
  readonly connection: Connection | null;
  readonly live: LiveView | null;
  /** Set where no private endpoint of the connection is found. */
  readonly orphan: Orphan | null;
}

/** Joins what is known of a connection: its last run and its present state. */
export function connectionView(known: KnownConnection, now: number): ConnectionView {
  const { id, instance, connection, live } = known;
  const run = runStatusOf(instance);
  const { result, removal } = resultsOf(instance);
  const { status, problem } = statusNow(known);
  const isComplete = status === 'connected' || instance?.runtimeStatus === 'Completed';
  return {
    id,
    status,
    final: statusTable[status].final,
    ...sourceOf(live, now),
    ...runFacts(instance),
    percent: isComplete ? 100 : percentDone(run, now),
    deadlineAt: isoOrNull(run.deadlineAt),
    request: connection && requestView(connection),
    whitelist: whitelistOf(known),
    writes: run.writes ?? {},
    phases: instance ? phaseViews(run) : [],
    result,
    removal,
    undo: run.undo ?? null,
    live: live && liveViewOf(live),
    problem: problem && problemOfStatus(problem, problem.verb && run.problem?.faults),
  };
}

/** A connection that exists is repaired by `reconcile`. */
export function problemOfStatus(problem: StatusProblem, faults: readonly Fault[] = []): Problem {
  return problemOf({ ...problem, faults }, problem.verb ?? 'reconcile');
}

function statusNow({ instance, live, orphan }: KnownConnection): StatusAndProblem {
  return statusOf({
    run: instance && lastRunOf(instance),
    health: live?.health ?? null,
    reading: live?.reading ?? null,
    orphan: orphan && faultOfOrphan(orphan),
  });
}

function whitelistOf({ instance, live }: KnownConnection): WhitelistEntry | null {
  const at = live?.privateEndpoint?.whitelistedAt ?? null;
  return at === null ? instance && notedWhitelist(instance) : { at, confirmed: true };
}

function sourceOf(live: LiveView | null, now: number): Pick<ConnectionView, 'asOf' | 'source'> {
  return live ? { asOf: live.reading.readAt, source: live.source } : { asOf: iso(now), source: 'live' };
}

function liveViewOf({
  reading,
  privateEndpoint,
  zones,
  clusters,
  onDemand,
}: LiveView): ConnectionView['live'] {
  const { readAt, faults, incomplete } = reading;
  return { readAt, faults, incomplete, privateEndpoint, zones, clusters, onDemand };
}

function runFacts(
  instance: Instance | null,
): Pick<ConnectionView, 'workflow' | 'startedBy' | 'createdAt' | 'updatedAt'> {
  if (!instance) return { workflow: null, startedBy: null, createdAt: null, updatedAt: null };
  return {
    workflow: instance.name,
    startedBy: startedBy(instance.input),
    createdAt: iso(instance.createdAt),
    updatedAt: iso(instance.updatedAt),
  };
}

function requestView(connection: Connection): ConnectionView['request'] {
  return {
    projectId: connection.projectId,
    regionId: connection.regionId,
    subnetId: connection.subnetId,
    privateEndpointId: connection.privateEndpoint.id,
  };
}

function phaseViews(run: RunStatus): PhaseView[] {
  return run.phases.map(({ phase, state, startedAt, endedAt, reason, attempts }) => ({
    phase,
    guideStep: phaseFacts[phase].guideStep,
    state,
    startedAt: isoOrNull(startedAt),
    endedAt: isoOrNull(endedAt),
    reason: reason ?? null,
    attempts,
  }));
}

function startedBy(input: unknown): string | null {
  if (typeof input !== 'object' || input === null || !('startedBy' in input)) return null;
  return typeof input.startedBy === 'string' ? input.startedBy : null;
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function isoOrNull(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : iso(milliseconds);
}
