import * as z from 'zod';
import { clusterViewStates } from '../../domain/connection/clusterView.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { endpointHealthStates } from '../../domain/connection/endpointHealth.ts';
import type { Orphan } from '../../domain/connection/orphan.ts';
import { problemSchema } from '../../domain/failure/problem.ts';
import {
  allPhaseNames,
  phaseNames,
  phases as phaseFacts,
  removalPhaseNames,
} from '../../domain/run/phase.ts';
import { connectionResultSchema, disconnectResultSchema } from '../../domain/run/result.ts';
import {
  newRunStatus,
  percentDone,
  phaseStates,
  runStatusSchema,
  withoutRunning,
  undoStatusSchema,
} from '../../domain/run/status.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import type { Instance } from '../../durable/client.ts';
import { isActive } from '../../durable/client.ts';
import type { LiveView } from '../../queries/liveView.ts';
import { connectionStatuses, statusOf } from './connectionStatus.ts';

const time = z.string().meta({ description: 'ISO 8601' });

const phaseViewSchema = z.object({
  phase: z.enum(allPhaseNames),
  guideStep: z.string(),
  state: z.enum(phaseStates),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  reason: z.string().nullable(),
  attempts: z.number(),
});

const clusterViewSchema = z.object({
  clusterId: z.string(),
  name: z.string(),
  kind: z.string(),
  status: z.string(),
  state: z.enum(clusterViewStates),
  reason: z.string().nullable(),
  host: z.string().nullable(),
  port: z.number().nullable(),
  uri: z.string().nullable(),
  record: z
    .object({ id: z.string(), addresses: z.array(z.string()).readonly(), ttlSeconds: z.number() })
    .nullable(),
});

export const incompleteSchema = z.object({ scope: z.string(), reason: z.string() }).meta({
  description: 'What could not be read, and why. A limit of reads passes: the next request goes on',
});

const liveViewSchema = z.object({
  readAt: time,
  standing: z
    .object({ state: z.enum(endpointHealthStates), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'Health of the private endpoint; null when it could not be read' }),
  privateEndpoint: z
    .object({
      id: z.string(),
      provisioningState: z.string(),
      connectionState: z.string(),
      endpointId: z.string().nullable(),
      address: z.string().nullable(),
      target: z.string(),
      whitelistedAt: time.nullable(),
    })
    .nullable(),
  zones: z.array(z.object({ id: z.string(), linkedNetworks: z.array(z.string()).readonly() })).readonly(),
  clusters: z.array(clusterViewSchema).readonly(),
  incomplete: z.array(incompleteSchema).readonly(),
});

/** The response to GET: the run with the steps of the guide. It has no URL of the host's own API, whose keys open every run. */
export const connectionViewSchema = z.object({
  id: z.string(),
  status: z.enum(connectionStatuses).meta({
    description:
      'Of the last run; once it succeeded, or where none is known, the present state of the connection, as in the list. ' +
      '`incomplete`: no run is known, and the private endpoint could not be read',
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
  phases: z.array(phaseViewSchema),
  result: connectionResultSchema.nullable(),
  removal: disconnectResultSchema
    .nullable()
    .meta({ description: 'What a disconnect removed and what it kept' }),
  undo: undoStatusSchema.nullable().meta({ description: 'What `onFailure: "undo"` came to' }),
  live: liveViewSchema.nullable(),
  problem: problemSchema.nullable(),
});

export type ConnectionView = Readonly<z.infer<typeof connectionViewSchema>>;
export type PhaseView = Readonly<z.infer<typeof phaseViewSchema>>;

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
  const { id, instance, connection, live, orphan } = known;
  const run = runStatusOf(instance);
  const { result, removal } = resultsOf(instance);
  const { status, problem } = statusOf({ instance, run, result, removal, live, orphan });
  const isComplete = status === 'connected' || result !== null || removal !== null;
  return {
    id,
    status,
    ...runFacts(instance),
    percent: isComplete ? 100 : percentDone(run, now),
    deadlineAt: isoOrNull(run.deadlineAt),
    request: connection && requestView(connection),
    phases: instance ? phaseViews(run) : [],
    result,
    removal,
    undo: run.undo ?? null,
    live: live && { ...live, zones: [...live.zones] },
    problem,
  };
}

function runStatusOf(instance: Instance | null): RunStatus {
  const parsed = runStatusSchema.safeParse(instance?.customStatus);
  // A run that was terminated had no time to end its phase itself.
  if (parsed.success) return instance && !isActive(instance) ? withoutRunning(parsed.data) : parsed.data;
  return newRunStatus(instance?.name === 'disconnect' ? removalPhaseNames : phaseNames);
}

/** The output of a completed run, which is the result of a connect or of a disconnect. */
function resultsOf(instance: Instance | null): Pick<ConnectionView, 'result' | 'removal'> {
  if (instance?.runtimeStatus !== 'Completed') return { result: null, removal: null };
  return {
    result: connectionResultSchema.safeParse(instance.output).data ?? null,
    removal: disconnectResultSchema.safeParse(instance.output).data ?? null,
  };
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
