import type { AllocationView } from '../../activities/allocation.ts';
import { ProvisioningError, failed, succeeded } from '../../domain/failure/failure.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import type { Step } from '../../durable/run.ts';
import { allocation } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';

/** What is missing from each look for so long is gone; for a moment Azure and Zilliz may miss what is there. */
const GRACE_MS = 120_000;

type Clusters = AllocationView['clusters'];

/**
 * Waits for the three signals: Approved in Azure, available at Zilliz, an address for each awaited cluster. Whatever has its
 * address meanwhile is handed on at each look. Clusters that lack theirs at the deadline do not hold up the others; without
 * one of the first two signals the run ends.
 */
export function* awaitAllocation(
  run: ConnectRun,
  { endpointId, justBegun }: { readonly endpointId: string; readonly justBegun: boolean },
  deadlineAt: number,
  onAllocated: (clusters: Clusters) => Step<void>,
): Step<AllocationView> {
  if (run.allocated) {
    yield* onAllocated(withAddress(run.allocated));
    return run.allocated;
  }
  const endpoint = new Absence();
  const registration = new Absence();
  const look = function* (): Step<Outcome<AllocationView>> {
    const outcome = yield* observe(run, endpointId);
    if (!outcome.ok) return outcome;
    const seen = outcome.value;
    stopIfRefused(seen, endpointId, {
      endpoint: endpoint.isFinal(seen.connection === 'Absent', run.now()),
      registration: registration.isFinal(seen.registration === 'absent', run.now()),
    });
    if (seen.connection === 'Absent') return outcome;
    yield* onAllocated(withAddress(seen));
    return outcome;
  };
  const last = yield* run.poll({
    name: 'allocation',
    look,
    missing: (seen) => (seen.ok ? missing(seen.value) : seen.failure.message),
    schedule: allocation,
    justBegun,
    until: deadlineAt,
  });
  if (!last.ok) throw new ProvisioningError(last.failure);
  const view = last.value;
  if (view.connection !== 'Approved' || view.registration !== 'ready') {
    const seen = `Azure says ${view.connectionText}, Zilliz says ${view.registrationText}`;
    fail('not-approved-in-time', `${endpointId} after ${run.connection.deadlineMinutes} minutes: ${seen}`);
  }
  const reachable = view.clusters.some((cluster) => cluster.privateLinkAddress !== null);
  if (!reachable && view.clusters.length > 0) {
    fail(
      'not-approved-in-time',
      `no cluster has a private link address after ${run.connection.deadlineMinutes} minutes`,
    );
  }
  run.allocated = view;
  return view;
}

function withAddress({ clusters }: AllocationView): Clusters {
  return clusters.filter(({ privateLinkAddress }) => privateLinkAddress !== null);
}

/** A look that fails for a while is no answer: how long the wait may last, the deadline says. */
function* observe(run: ConnectRun, endpointId: string): Step<Outcome<AllocationView>> {
  try {
    return succeeded(yield* run.steps.observeAllocation({ connection: run.connection, endpointId }));
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.kind === 'transient')
      return failed(error.failure);
    throw error;
  }
}

class Absence {
  #since: number | null = null;

  isFinal(isAbsent: boolean, now: number): boolean {
    this.#since = isAbsent ? (this.#since ?? now) : null;
    return this.#since !== null && now - this.#since >= GRACE_MS;
  }
}

function stopIfRefused(
  seen: AllocationView,
  endpointId: string,
  gone: { readonly endpoint: boolean; readonly registration: boolean },
): void {
  if (seen.connection === 'Rejected') fail('connection-rejected', `${endpointId}: ${seen.connectionText}`);
  if (seen.connection === 'Disconnected')
    fail('connection-disconnected', `${endpointId}: ${seen.connectionText}`);
  if (gone.endpoint) fail('endpoint-changed', `the private endpoint of ${endpointId} is gone`);
  if (seen.registration === 'failed')
    fail('registration-failed', `${endpointId}: Zilliz says ${seen.registrationText}`);
  if (gone.registration) fail('registration-failed', `${endpointId} is not listed at Zilliz any more`);
}

/** What is still missing, in words; null when nothing is. Where no cluster is awaited, one with an address is enough. */
function missing(seen: AllocationView): string | null {
  const lacks: string[] = [];
  if (seen.connection !== 'Approved') lacks.push(`Azure says ${seen.connectionText}`);
  if (seen.registration !== 'ready') lacks.push(`Zilliz says ${seen.registrationText}`);
  const without = seen.clusters.filter((cluster) => cluster.privateLinkAddress === null);
  const noneYet = seen.clusters.length > 0 && without.length === seen.clusters.length;
  if (noneYet || without.some(({ awaited }) => awaited)) {
    lacks.push(`${without.length} of ${seen.clusters.length} clusters without a private link address`);
  }
  return lacks.length === 0 ? null : lacks.join('; ');
}
