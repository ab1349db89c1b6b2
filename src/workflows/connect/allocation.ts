import { ProvisioningError, failed, succeeded } from '../../domain/failure/failure.ts';
import type { Outcome } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import type { Step } from '../../durable/run.ts';
import { allocation } from '../waits.ts';
import { fail } from './connectRun.ts';
import type { ConnectRun } from './connectRun.ts';

/** A resource that no read has shown for this time is deleted. For a moment, reads of Azure and Zilliz may miss one. */
const GRACE_MS = 120_000;

type Clusters = AllocationView['clusters'];

/**
 * Waits for the three signals: Approved in Azure, available at Zilliz, an address for each awaited cluster. Each read passes
 * the clusters that have an address to `onAllocated`. Clusters without one at the deadline do not delay the others. Without
 * one of the first two signals the run fails.
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
  const read = function* (): Step<Outcome<AllocationView>> {
    const outcome = yield* observe(run, endpointId);
    if (!outcome.ok) return outcome;
    const view = outcome.value;
    failIfRefused(view, endpointId, {
      endpoint: endpoint.isFinal(view.connection === 'Absent', run.now()),
      registration: registration.isFinal(view.registration === 'absent', run.now()),
    });
    if (view.connection === 'Absent') return outcome;
    yield* onAllocated(withAddress(view));
    return outcome;
  };
  const last = yield* run.poll({
    name: 'allocation',
    read,
    missing: (outcome) => (outcome.ok ? missing(outcome.value) : outcome.failure.message),
    schedule: allocation,
    justBegun,
    until: deadlineAt,
  });
  if (!last.ok) throw new ProvisioningError(last.failure);
  const view = last.value;
  if (view.connection !== 'Approved' || view.registration !== 'ready') {
    const signals = `Azure says ${view.connectionText}, Zilliz says ${view.registrationText}`;
    fail('not-approved-in-time', `${endpointId} after ${run.connection.deadlineMinutes} minutes: ${signals}`);
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

/** A transient failure of a read does not end the wait: the deadline does. */
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

function failIfRefused(
  view: AllocationView,
  endpointId: string,
  gone: { readonly endpoint: boolean; readonly registration: boolean },
): void {
  if (view.connection === 'Rejected') fail('connection-rejected', `${endpointId}: ${view.connectionText}`);
  if (view.connection === 'Disconnected')
    fail('connection-disconnected', `${endpointId}: ${view.connectionText}`);
  if (gone.endpoint) fail('endpoint-changed', `the private endpoint of ${endpointId} is gone`);
  if (view.registration === 'failed')
    fail('registration-failed', `${endpointId}: Zilliz says ${view.registrationText}`);
  if (gone.registration) fail('registration-failed', `${endpointId} is not listed at Zilliz any more`);
}

/** Returns the text of what is missing; null if nothing is. If no cluster is awaited, one with an address is enough. */
function missing(view: AllocationView): string | null {
  const missingParts: string[] = [];
  if (view.connection !== 'Approved') missingParts.push(`Azure says ${view.connectionText}`);
  if (view.registration !== 'ready') missingParts.push(`Zilliz says ${view.registrationText}`);
  const without = view.clusters.filter((cluster) => cluster.privateLinkAddress === null);
  const noneAllocated = view.clusters.length > 0 && without.length === view.clusters.length;
  if (noneAllocated || without.some(({ awaited }) => awaited)) {
    missingParts.push(`${without.length} of ${view.clusters.length} clusters without a private link address`);
  }
  return missingParts.length === 0 ? null : missingParts.join('; ');
}
