import type { LiveView } from '../activities/observeLive.ts';
import type { DisconnectResult } from '../domain/disconnectResult.ts';
import type { FailureCode } from '../domain/failureCatalog.ts';
import { stateOfOrphan } from '../domain/listing.ts';
import { faultOfOrphan } from '../domain/orphans.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOf } from '../domain/problem.ts';
import type { Problem } from '../domain/problem.ts';
import type { ConnectionResult } from '../domain/result.ts';
import type { RunStatus } from '../domain/runStatus.ts';
import type { Standing } from '../domain/standing.ts';
import type { Instance } from '../durable/client.ts';

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

export type ConnectionStatus = (typeof connectionStatuses)[number];

export interface Told {
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
export function toldOf(known: Known): Told {
  const { instance, live, orphan } = known;
  if (!instance) {
    if (orphan) return toldOfOrphan(orphan);
    return live?.standing ? toldOfStanding(live.standing) : { status: 'incomplete', problem: null };
  }
  const told = toldOfRun(known, instance);
  const since = live && isAfter(live, instance) ? live.standing : null;
  const isOverruled =
    since && (known.removal ? isMadeAgain(known.removal, since) : isLost(known.result, since));
  return isOverruled ? toldOfStanding(since) : told;
}

function isLost(result: ConnectionResult | null, { state }: Standing): boolean {
  return result !== null && state !== 'connected';
}

/** After a disconnect, by another deployment. */
function isMadeAgain({ outcome }: DisconnectResult, { state }: Standing): boolean {
  return outcome === 'disconnected' && state !== 'absent' && state !== 'unmarked';
}

/** A reading is kept for a while: one from before the end of a run says nothing of what the run came to. */
function isAfter({ readAt }: LiveView, { updatedAt }: Instance): boolean {
  return Date.parse(readAt) >= updatedAt;
}

function toldOfOrphan(orphan: Orphan): Told {
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
} as const satisfies Readonly<Record<Standing['state'], FailureCode | null>>;

function toldOfStanding({ state, reason }: Standing): Told {
  const code = problemOfState[state];
  const problem = code && problemOf(code, reason ?? 'Azure shows no reason');
  if (state === 'absent') return { status: 'orphaned', problem };
  return { status: state === 'unmarked' ? 'endpoint-not-visible' : state, problem };
}

function toldOfRun({ result, removal, run }: Known, instance: Instance): Told {
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
