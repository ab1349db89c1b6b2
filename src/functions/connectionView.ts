import { problemOf } from '../domain/problem.ts';
import type { Problem } from '../domain/problem.ts';
import { phases as phaseFacts } from '../domain/phase.ts';
import { connectionResultSchema } from '../domain/result.ts';
import type { ConnectionResult } from '../domain/result.ts';
import { newRunStatus, percentDone, runStatusSchema } from '../domain/runStatus.ts';
import type { RunStatus } from '../domain/runStatus.ts';
import type { Instance } from '../durable/client.ts';
import { runningConnection } from './sameRequest.ts';

export interface PhaseView {
  readonly phase: string;
  readonly guideStep: string;
  readonly state: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly reason: string | null;
  readonly attempts: number;
}

/** The answer to GET: the run in the words of the guide. No URL of the host's own API, whose keys open every run. */
export interface ConnectionView {
  readonly id: string;
  readonly status: 'running' | 'connected' | 'partial' | 'failed' | 'cancelled';
  readonly startedBy: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** An estimate from expected durations, no promise. */
  readonly percent: number;
  readonly deadlineAt: string | null;
  readonly request: {
    readonly projectId: string;
    readonly regionId: string;
    readonly subnetId: string;
    readonly privateEndpointId: string;
  } | null;
  readonly phases: readonly PhaseView[];
  readonly result: ConnectionResult | null;
  readonly problem: Problem | null;
}

export function connectionView(instance: Instance, now: number): ConnectionView {
  const read = runStatusSchema.safeParse(instance.customStatus);
  const run = read.success ? read.data : newRunStatus();
  const output = connectionResultSchema.safeParse(instance.output);
  const result = instance.runtimeStatus === 'Completed' && output.success ? output.data : null;
  const connection = runningConnection(instance);
  const status = statusOf(instance, result);
  return {
    id: instance.instanceId,
    status,
    startedBy: startedBy(instance.input),
    createdAt: iso(instance.createdAt),
    updatedAt: iso(instance.updatedAt),
    percent: result ? 100 : percentDone(run, now),
    deadlineAt: run.deadlineAt === undefined ? null : iso(run.deadlineAt),
    request: connection && {
      projectId: connection.projectId,
      regionId: connection.regionId,
      subnetId: connection.subnetId,
      privateEndpointId: connection.privateEndpoint.id,
    },
    phases: phaseViews(run),
    result,
    problem: problemIn(status, run, instance),
  };
}

function statusOf(instance: Instance, result: ConnectionResult | null): ConnectionView['status'] {
  switch (instance.runtimeStatus) {
    case 'Completed':
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

function phaseViews(run: RunStatus): readonly PhaseView[] {
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
