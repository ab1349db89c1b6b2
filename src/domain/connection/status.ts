import * as z from 'zod';
import type { FailureCode, Verb } from '../failure/catalog.ts';
import { failureCodeSchema } from '../failure/failure.ts';
import type { EndpointHealth } from './endpointHealth.ts';
import { checkOutcomes } from './marks.ts';
import type { ConnectionStatus } from './statusTable.ts';

/** Something that was requested and is not so. */
export const connectionFaultSchema = z.object({
  code: failureCodeSchema,
  /** Null when it concerns the whole connection. */
  clusterId: z.string().nullable(),
  detail: z.string(),
});
export type ConnectionFault = Readonly<z.infer<typeof connectionFaultSchema>>;

/** What was read of a connection beside its private endpoint: by GET, or by a sync round. */
export const connectionReadingSchema = z.object({
  /** ISO 8601. */
  readAt: z.string(),
  faults: z.array(connectionFaultSchema).readonly(),
  /** Clusters in use that have no private link address yet. */
  waiting: z.number(),
  /** What could not be read, and why. */
  incomplete: z.array(z.object({ scope: z.string(), reason: z.string() })).readonly(),
  /** False when another team owns the DNS. */
  managesDns: z.boolean(),
  verification: z.enum(checkOutcomes).nullable(),
});
export type ConnectionReading = Readonly<z.infer<typeof connectionReadingSchema>>;

export interface StatusProblem {
  readonly code: FailureCode;
  readonly detail: string;
  readonly cure?: string | undefined;
  /** What ended with it; where it is missing, the connection exists, and `reconcile` is what to ask for. */
  readonly verb?: Verb;
}

export interface StatusAndProblem {
  readonly status: ConnectionStatus;
  readonly problem: StatusProblem | null;
}

/** The last run of a connection, as far as its status depends on it. */
export type LastRun = {
  readonly workflow: 'connect' | 'disconnect';
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
} & (
  | { readonly state: 'active' | 'suspended' }
  | { readonly state: 'failed' | 'cancelled'; readonly problem: StatusProblem }
  /** What the run found at its end. */
  | ({ readonly state: 'succeeded' } & StatusAndProblem)
);

/** What is known of a connection. */
export interface StatusInputs {
  readonly run: LastRun | null;
  /** Null when the private endpoint could not be read. */
  readonly health: EndpointHealth | null;
  /** The newest reading of the rest; null when there is none, or when it is too old. */
  readonly reading: ConnectionReading | null;
  /** For records or links without a private endpoint. */
  readonly orphan: StatusProblem | null;
}

/**
 * The status of a connection: the one of its run while it runs or when it did not succeed, else the worst that was read.
 * It is `connected` only if everything that it depends on was read and is as requested.
 */
export function statusOf({ run, health, reading, orphan }: StatusInputs): StatusAndProblem {
  const ofRun = run && statusOfRun(run, health);
  if (ofRun) return ofRun;
  if (orphan) {
    const isDoubtful = orphan.code === 'endpoint-not-visible';
    return { status: isDoubtful ? 'endpoint-not-visible' : 'orphaned', problem: orphan };
  }
  if (!health) return unknown(reading?.incomplete[0]?.reason ?? 'the private endpoint could not be read');
  return statusOfEndpoint(health) ?? statusOfRest(run, reading);
}

/** Of the links, records and registration, while the endpoint carries traffic: the newer of run and reading decides. */
function statusOfRest(run: LastRun | null, reading: ConnectionReading | null): StatusAndProblem {
  const isNewer = reading && (!run || Date.parse(reading.readAt) >= run.updatedAt);
  if (isNewer) {
    const ofReading = statusOfReading(reading);
    // The deadline of the run has passed, which may be earlier than the hour after which a sync finds a cluster overdue.
    const isOverdue =
      run?.state === 'succeeded' && run.problem?.code === 'address-overdue' && reading.waiting > 0;
    return isOverdue && ofReading.status === 'connected'
      ? { status: run.status, problem: run.problem }
      : ofReading;
  }
  if (run?.state === 'succeeded') return { status: run.status, problem: run.problem };
  return unknown('no recent reading of it is known');
}

/** Null when the readings decide. */
function statusOfRun(run: LastRun, health: EndpointHealth | null): StatusAndProblem | null {
  switch (run.state) {
    case 'active':
      return { status: run.workflow === 'disconnect' ? 'disconnecting' : 'running', problem: null };
    case 'suspended':
      return { status: 'suspended', problem: { code: 'run-suspended', detail: 'its run is suspended' } };
    case 'failed':
    case 'cancelled':
      return { status: run.state, problem: run.problem };
    case 'succeeded': {
      if (run.workflow === 'connect') return null;
      // Another deployment may have created it again.
      const isThere = health && health.state !== 'absent' && health.state !== 'unmarked';
      return isThere && run.status === 'disconnected' ? null : { status: run.status, problem: run.problem };
    }
  }
}

function statusOfReading({
  faults,
  incomplete,
  managesDns,
  verification,
}: ConnectionReading): StatusAndProblem {
  const [fault] = faults;
  if (fault) return { status: 'degraded', problem: { code: fault.code, detail: detailOf(faults, fault) } };
  if (incomplete.length > 0) return unknown(incomplete.map(({ reason }) => reason).join('; '));
  if (!managesDns && verification !== 'verified') return statusOfForeignDns(verification);
  return verification === 'failed'
    ? degraded('verification-failed', 'the last verification of the private path failed')
    : { status: 'connected', problem: null };
}

function detailOf(faults: readonly ConnectionFault[], first: ConnectionFault): string {
  const of = first.clusterId === null ? '' : `${first.clusterId}: `;
  const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
  return `${of}${first.detail}${more}`;
}

/** Null while the endpoint carries traffic. */
function statusOfEndpoint({ state, reason }: EndpointHealth): StatusAndProblem | null {
  const detail = reason ?? 'Azure shows no reason';
  switch (state) {
    case 'connected':
      return null;
    case 'update-failed':
      return degraded('endpoint-update-failed', detail);
    case 'pending':
    case 'working':
      return degraded('not-approved-in-time', detail);
    case 'failed':
      return degraded('endpoint-failed', detail);
    case 'rejected':
      return { status: 'rejected', problem: { code: 'connection-rejected', detail } };
    case 'removed-by-zilliz':
      return { status: 'removed-by-zilliz', problem: { code: 'connection-disconnected', detail } };
    case 'absent':
      return { status: 'orphaned', problem: { code: 'endpoint-lost', detail } };
    case 'unmarked':
      return { status: 'endpoint-not-visible', problem: { code: 'endpoint-not-visible', detail } };
    case 'spec-unreadable':
      return { status: 'spec-unreadable', problem: { code: 'spec-unreadable', detail } };
  }
}

/** Only a look from inside the network proves the DNS of another team. */
function statusOfForeignDns(verification: ConnectionReading['verification']): StatusAndProblem {
  const detail = 'the names do not resolve to the private endpoint';
  return verification === 'failed'
    ? { status: 'waiting-for-dns-owner', problem: { code: 'names-not-resolving', detail } }
    : degraded(
        'not-verifiable-from-here',
        'the app cannot look into the network, and does not manage its DNS',
      );
}

function degraded(code: FailureCode, detail: string): StatusAndProblem {
  return { status: 'degraded', problem: { code, detail } };
}

function unknown(detail: string): StatusAndProblem {
  return { status: 'unknown', problem: { code: 'reading-incomplete', detail } };
}
