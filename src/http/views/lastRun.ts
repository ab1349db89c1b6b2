import type { LastRun, StatusProblem } from '../../domain/connection/status.ts';
import { connectStartSchema } from '../../domain/connection/connection.ts';
import type { Verb } from '../../domain/failure/catalog.ts';
import type { ConnectionResult, DisconnectResult } from '../../domain/run/result.ts';
import { connectionResultSchema, disconnectResultSchema, probeOf } from '../../domain/run/result.ts';
import { phaseNames, removalPhaseNames } from '../../domain/run/phase.ts';
import { newRunStatus, runStatusSchema, withoutRunning } from '../../domain/run/status.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import type { Instance } from '../../durable/client.ts';
import { isActive } from '../../durable/client.ts';

export function runStatusOf(instance: Instance | null): RunStatus {
  const parsed = runStatusSchema.safeParse(instance?.customStatus);
  // A run that was terminated had no time to end its phase itself.
  if (parsed.success)
    return instance && !isActive(instance) ? withoutRunning(parsed.data, instance.updatedAt) : parsed.data;
  return newRunStatus(instance?.name === 'disconnect' ? removalPhaseNames : phaseNames);
}

export interface RunResults {
  readonly result: ConnectionResult | null;
  readonly removal: DisconnectResult | null;
}

/** The output of a completed run, which is the result of a connect or of a disconnect. Of a failed one, what it knows. */
export function resultsOf(instance: Instance | null): RunResults {
  if (instance?.runtimeStatus === 'Failed') {
    const { result = null, removal = null } = runStatusOf(instance);
    return { result: result && withProbes(result), removal };
  }
  if (instance?.runtimeStatus !== 'Completed') return { result: null, removal: null };
  return {
    result: connectionResultSchema.safeParse(instance.output).data ?? null,
    removal: disconnectResultSchema.safeParse(instance.output).data ?? null,
  };
}

/** They take much of the status, and are made from what it holds. */
function withProbes(result: ConnectionResult): ConnectionResult {
  const address = result.privateEndpoint?.address;
  return {
    ...result,
    clusters: result.clusters.map((cluster) => {
      const { host, port, verification } = cluster;
      if (address === undefined || host === null || port === null || verification?.outcome === 'verified')
        return cluster;
      return { ...cluster, probe: probeOf({ host, port, address }) };
    }),
  };
}

/** The last run of a connection, as its status needs it. */
export function lastRunOf(instance: Instance): LastRun {
  const { name, updatedAt } = instance;
  const of = { workflow: name === 'disconnect' ? 'disconnect' : 'connect', updatedAt } as const;
  switch (instance.runtimeStatus) {
    case 'Pending':
    case 'Running':
    case 'Other':
      return { ...of, state: 'active' };
    case 'Suspended':
      return { ...of, state: 'suspended' };
    case 'Terminated': {
      const detail = typeof instance.output === 'string' ? instance.output : 'the run was cancelled';
      return { ...of, state: 'cancelled', problem: { code: 'cancelled', detail, verb: verbOf(instance) } };
    }
    case 'Failed':
      return { ...of, state: 'failed', problem: problemOfRun(instance) };
    case 'Completed': {
      const { result, removal } = resultsOf(instance);
      if (result) return { ...of, state: 'succeeded', status: result.outcome, problem: result.problem };
      if (removal) return { ...of, state: 'succeeded', ...statusOfRemoval(removal) };
      return { ...of, state: 'failed', problem: problemOfRun(instance) };
    }
  }
}

function statusOfRemoval({
  outcome,
  kept,
}: DisconnectResult): Pick<Extract<LastRun, { state: 'succeeded' }>, 'status' | 'problem'> {
  if (outcome === 'disconnected') return { status: 'disconnected', problem: null };
  const first = kept.find(({ resource }) => resource === 'private endpoint') ?? kept[0];
  const detail = first ? `${first.id}: ${first.reason}` : 'the private endpoint is kept';
  const code = outcome === 'degraded' ? 'removal-without-zilliz' : 'endpoint-kept';
  return { status: 'degraded', problem: { code, detail, verb: 'disconnect' } };
}

/** What started the run. */
function verbOf({ name, input }: Instance): Verb {
  if (name === 'disconnect') return 'disconnect';
  const reconciles = connectStartSchema.pick({ reconciles: true }).safeParse(input).data?.reconciles;
  return reconciles === true ? 'reconcile' : 'connect';
}

function problemOfRun(instance: Instance): StatusProblem {
  const { problem } = runStatusOf(instance);
  const verb = verbOf(instance);
  if (!problem) {
    return { code: 'internal-error', detail: 'the run ended without a reason; the log has it', verb };
  }
  const more = problem.omitted > 0 ? `; ${problem.omitted} more are not shown, the plan lists them` : '';
  const cure = problem.cure ?? problem.faults[0]?.cure;
  return { code: problem.code, detail: `${problem.detail}${more}`, cure, verb };
}
