import type { EndpointHealth } from '../../domain/connection/endpointHealth.ts';
import { stateOfOrphan } from '../../domain/connection/listing.ts';
import { faultOfOrphan } from '../../domain/connection/orphan.ts';
import type { Orphan } from '../../domain/connection/orphan.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { problemOf } from '../../domain/failure/problem.ts';
import type { Problem } from '../../domain/failure/problem.ts';
import type { ConnectionResult, DisconnectResult } from '../../domain/run/result.ts';
import type { RunStatus } from '../../domain/run/status.ts';
import type { Instance } from '../../durable/client.ts';
import type { LiveView } from '../../queries/liveView.ts';

/** The states of a run, and those of the list for a connection after, or without, a run. */
export const connectionStatuses = [
  'running',
  'connected',
  'partial',
  'degraded',
  'failed',
  'cancelled',
  'disconnected',
  'pending',
  'rejected',
  'removed-by-zilliz',
  'working',
  'spec-unreadable',
  'orphaned',
  'endpoint-not-visible',
  'incomplete',
] as const;

type ConnectionStatus = (typeof connectionStatuses)[number];

export interface StatusAndProblem {
  readonly status: ConnectionStatus;
  readonly problem: Problem | null;
}

/** What is known of one connection. */
export interface Known {
  readonly instance: Instance | null;
  readonly run: RunStatus;
  readonly result: ConnectionResult | null;
  readonly removal: DisconnectResult | null;
  readonly live: LiveView | null;
  readonly orphan: Orphan | null;
}

/** The status is that of the run while it goes on and when it failed. After a successful run a later reading may overrule it. */
export function statusOf(known: Known): StatusAndProblem {
  const { instance, live, orphan } = known;
  if (!instance) {
    if (orphan) return statusOfOrphan(orphan);
    return live?.standing ? statusOfEndpoint(live.standing) : { status: 'incomplete', problem: null };
  }
  const runStatus = statusOfRun(known, instance);
  const health = live && isAfter(live, instance) ? live.standing : null;
  const isOverruled =
    health && (known.removal ? isCreatedAgain(known.removal, health) : isLost(known.result, health));
  return isOverruled ? statusOfEndpoint(health) : runStatus;
}

function isLost(result: ConnectionResult | null, { state }: EndpointHealth): boolean {
  return result !== null && state !== 'connected';
}

/** Whether another deployment created the connection again after a disconnect. */
function isCreatedAgain({ outcome }: DisconnectResult, { state }: EndpointHealth): boolean {
  return outcome === 'disconnected' && state !== 'absent' && state !== 'unmarked';
}

/** Readings are cached: one from before the end of a run does not show its result. */
function isAfter({ readAt }: LiveView, { updatedAt }: Instance): boolean {
  return Date.parse(readAt) >= updatedAt;
}

function statusOfOrphan(orphan: Orphan): StatusAndProblem {
  const { code, detail } = faultOfOrphan(orphan);
  const status = stateOfOrphan(orphan).state === 'orphaned' ? 'orphaned' : 'endpoint-not-visible';
  return { status, problem: problemOf(code, detail) };
}

const problemOfState = {
  connected: null,
  pending: 'not-approved-in-time',
  working: null,
  failed: 'endpoint-failed',
  rejected: 'connection-rejected',
  'removed-by-zilliz': 'connection-disconnected',
  absent: 'endpoint-lost',
  unmarked: 'endpoint-not-visible',
  'spec-unreadable': 'spec-unreadable',
} as const satisfies Readonly<Record<EndpointHealth['state'], FailureCode | null>>;

function statusOfEndpoint({ state, reason }: EndpointHealth): StatusAndProblem {
  const code = problemOfState[state];
  const problem = code && problemOf(code, reason ?? 'Azure shows no reason');
  if (state === 'absent') return { status: 'orphaned', problem };
  return { status: state === 'unmarked' ? 'endpoint-not-visible' : state, problem };
}

function statusOfRun(known: Known, instance: Instance): StatusAndProblem {
  switch (instance.runtimeStatus) {
    case 'Completed':
      return statusOfCompleted(known);
    case 'Failed':
      return { status: 'failed', problem: problemOfRun(known.run) };
    case 'Terminated': {
      const reason = typeof instance.output === 'string' ? instance.output : 'the run was cancelled';
      return { status: 'cancelled', problem: problemOf('cancelled', reason) };
    }
    case 'Pending':
    case 'Running':
    case 'Suspended':
    case 'Other':
      return { status: 'running', problem: null };
  }
}

function statusOfCompleted({ result, removal, run }: Known): StatusAndProblem {
  if (removal?.outcome === 'degraded') {
    const [reason] = removal.kept.filter(({ resource }) => resource === 'private endpoint');
    const detail = reason?.reason ?? 'registration and private endpoint stay';
    return { status: 'degraded', problem: problemOf('removal-without-zilliz', detail) };
  }
  if (removal) {
    return { status: removal.outcome === 'disconnected' ? 'disconnected' : 'partial', problem: null };
  }
  return result
    ? { status: result.outcome, problem: null }
    : { status: 'failed', problem: problemOfRun(run) };
}

function problemOfRun({ problem }: RunStatus): Problem {
  if (!problem) return problemOf('internal-error', 'the run ended without saying why; the log has it');
  const { code, detail, faults, omitted } = problem;
  const more = omitted > 0 ? `; ${omitted} more are not shown, the plan lists them` : '';
  return problemOf(code, `${detail}${more}`, faults);
}
