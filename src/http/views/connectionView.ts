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
  undoStatusSchema,
} from '../../domain/run/status.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import type { Instance } from '../../durable/client.ts';
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

const liveViewSchema = z.object({
  readAt: time,
  standing: z
    .object({ state: z.enum(endpointHealthStates), reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'How the private endpoint stands; null when that could not be read' }),
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
  unread: z.array(z.string()).readonly(),
});

/** The answer to GET: the run in the words of the guide. No URL of the host's own API, whose keys open every run. */
export const connectionViewSchema = z.object({
  id: z.string(),
  status: z.enum(connectionStatuses).meta({
    description:
      'Of the last run; once that went well, or where none is known, how the connection stands now, in the words of the list. ' +
      '`incomplete`: no run is known, and the private endpoint could not be read',
  }),
  /** The workflow of the last run; null when no run is known any more. */
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

/** Joins what is known of a connection: its last run, if the hub has one, and how it stands now. */
export function connectionView(
  known: {
    readonly id: string;
    readonly instance: Instance | null;
    readonly connection: Connection | null;
    readonly live: LiveView | null;
    /** Where no private endpoint of it is found. */
    readonly orphan: Orphan | null;
  },
  now: number,
): ConnectionView {
  const { id, instance, connection, live, orphan } = known;
  const read = runStatusSchema.safeParse(instance?.customStatus);
  const run = read.success
    ? read.data
    : newRunStatus(instance?.name === 'disconnect' ? removalPhaseNames : phaseNames);
  const output = connectionResultSchema.safeParse(instance?.output);
  const result = instance?.runtimeStatus === 'Completed' && output.success ? output.data : null;
  const removed = disconnectResultSchema.safeParse(instance?.output);
  const removal = instance?.runtimeStatus === 'Completed' && removed.success ? removed.data : null;
  const { status, problem } = statusOf({ instance, run, result, removal, live, orphan });
  return {
    id,
    status,
    workflow: instance?.name ?? null,
    startedBy: instance && startedBy(instance.input),
    createdAt: instance && iso(instance.createdAt),
    updatedAt: instance && iso(instance.updatedAt),
    percent: status === 'connected' || result || removal ? 100 : percentDone(run, now),
    deadlineAt: run.deadlineAt === undefined ? null : iso(run.deadlineAt),
    request: connection && {
      projectId: connection.projectId,
      regionId: connection.regionId,
      subnetId: connection.subnetId,
      privateEndpointId: connection.privateEndpoint.id,
    },
    phases: instance ? phaseViews(run) : [],
    result,
    removal,
    undo: run.undo ?? null,
    live: live && { ...live, zones: [...live.zones] },
    problem,
  };
}

function phaseViews(run: RunStatus): PhaseView[] {
  return run.phases.map(({ phase, state, startedAt, endedAt, reason, attempts }) => ({
    phase,
    guideStep: phaseFacts[phase].guideStep,
    state,
    startedAt: startedAt === undefined ? null : iso(startedAt),
    endedAt: endedAt === undefined ? null : iso(endedAt),
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
