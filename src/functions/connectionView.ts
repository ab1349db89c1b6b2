import * as z from 'zod';
import type { LiveView } from '../activities/observeLive.ts';
import { clusterViewStates } from '../domain/clusterView.ts';
import type { Connection } from '../domain/connection.ts';
import { problemOf, problemSchema } from '../domain/problem.ts';
import type { Problem } from '../domain/problem.ts';
import { allPhaseNames, phaseNames, phases as phaseFacts, removalPhaseNames } from '../domain/phase.ts';
import { disconnectResultSchema } from '../domain/disconnectResult.ts';
import type { DisconnectResult } from '../domain/disconnectResult.ts';
import { connectionResultSchema } from '../domain/result.ts';
import type { ConnectionResult } from '../domain/result.ts';
import {
  newRunStatus,
  percentDone,
  phaseStates,
  runStatusSchema,
  undoStatusSchema,
} from '../domain/runStatus.ts';
import type { RunStatus } from '../domain/runStatus.ts';
import type { Instance } from '../durable/client.ts';

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
  status: z
    .enum(['running', 'connected', 'partial', 'failed', 'cancelled', 'disconnected', 'incomplete'])
    .meta({
      description: '`incomplete`: no run is known, and the private endpoint is not usable',
    }),
  /** The workflow of the last run; null when no run is known any more. */
  workflow: z.string().nullable(),
  startedBy: z.string().nullable(),
  createdAt: time.nullable(),
  updatedAt: time.nullable(),
  percent: z.number().meta({ description: 'An estimate from expected durations, no promise' }),
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
  },
  now: number,
): ConnectionView {
  const { id, instance, connection, live } = known;
  const read = runStatusSchema.safeParse(instance?.customStatus);
  const run = read.success
    ? read.data
    : newRunStatus(instance?.name === 'disconnect' ? removalPhaseNames : phaseNames);
  const output = connectionResultSchema.safeParse(instance?.output);
  const result = instance?.runtimeStatus === 'Completed' && output.success ? output.data : null;
  const removed = disconnectResultSchema.safeParse(instance?.output);
  const removal = instance?.runtimeStatus === 'Completed' && removed.success ? removed.data : null;
  const status = instance ? statusOf(instance, result, removal) : statusOfLive(live);
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
    problem: instance && problemIn(status, run, instance),
  };
}

function statusOf(
  instance: Instance,
  result: ConnectionResult | null,
  removal: DisconnectResult | null,
): ConnectionView['status'] {
  switch (instance.runtimeStatus) {
    case 'Completed':
      if (removal) return removal.outcome === 'disconnected' ? 'disconnected' : 'partial';
      return result?.outcome ?? 'failed';
    case 'Failed':
      return 'failed';
    case 'Terminated':
      return 'cancelled';
    case 'Pending':
    case 'Running':
    case 'Suspended':
    case 'Other':
      return 'running';
  }
}

function statusOfLive(live: LiveView | null): ConnectionView['status'] {
  return live?.privateEndpoint?.connectionState.toLowerCase() === 'approved' ? 'connected' : 'incomplete';
}

function problemIn(status: ConnectionView['status'], run: RunStatus, instance: Instance): Problem | null {
  if (status === 'cancelled') {
    const reason = typeof instance.output === 'string' ? instance.output : 'the run was cancelled';
    return problemOf('cancelled', reason);
  }
  if (status !== 'failed') return null;
  if (!run.problem) return problemOf('internal-error', 'the run ended without saying why; the log has it');
  const { code, detail, faults, omitted } = run.problem;
  return problemOf(
    code,
    omitted > 0 ? `${detail}; ${omitted} more are not shown, the plan lists them` : detail,
    faults,
  );
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
