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

/** Words of a run, and those of the list for what has become of a connection since, or without, a run. */
export const connectionStatuses = [
  'running',
  'connected',
  'partial',
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

/** A run tells of itself while it goes on and when it failed. Of one that went well the present tells what became of it. */
export function statusOf(known: Known): StatusAndProblem {
  const { instance, live, orphan } = known;
  if (!instance) {
    if (orphan) return statusOfOrphan(orphan);
    return live?.standing ? statusOfEndpoint(live.standing) : { status: 'incomplete', problem: null };
  }
  const told = statusOfRun(known, instance);
  const since = live && isAfter(live, instance) ? live.standing : null;
  const isOverruled =
    since && (known.removal ? isMadeAgain(known.removal, since) : isLost(known.result, since));
  return isOverruled ? statusOfEndpoint(since) : told;
}

function isLost(result: ConnectionResult | null, { state }: EndpointHealth): boolean {
  return result !== null && state !== 'connected';
}

/** After a disconnect, by another deployment. */
function isMadeAgain({ outcome }: DisconnectResult, { state }: EndpointHealth): boolean {
  return outcome === 'disconnected' && state !== 'absent' && state !== 'unmarked';
}

/** A reading is kept for a while: one from before the end of a run says nothing of what the run came to. */
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

function statusOfRun({ result, removal, run }: Known, instance: Instance): StatusAndProblem {
  switch (instance.runtimeStatus) {
    case 'Completed': {
      const removed = removal && (removal.outcome === 'disconnected' ? 'disconnected' : 'partial');
      const status = removed ?? result?.outcome;
      return status ? { status, problem: null } : { status: 'failed', problem: problemOfRun(run) };
    }
    case 'Failed':
      return { status: 'failed', problem: problemOfRun(run) };
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

function problemOfRun({ problem }: RunStatus): Problem {
  if (!problem) return problemOf('internal-error', 'the run ended without saying why; the log has it');
  const { code, detail, faults, omitted } = problem;
  const more = omitted > 0 ? `; ${omitted} more are not shown, the plan lists them` : '';
  return problemOf(code, `${detail}${more}`, faults);
}
