import type { Failure, Outcome } from '../../domain/failure/failure.ts';
import { fail, ProvisioningError } from '../../domain/failure/failure.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import type { Attempt, Step } from '../../durable/run.ts';
import type { Schedule } from '../schedules.ts';
import { allocation, scheduleOf } from '../schedules.ts';
import type { Work } from '../settle.ts';
import { settle } from '../settle.ts';
import type { ConnectRun, ReadyEndpoint } from './connectRun.ts';

/** A resource that no read has shown for this time is deleted. For a moment, reads of Azure and Zilliz may miss one. */
const GRACE_MS = 120_000;

/**
 * Waits for the three signals: Approved in Azure, available at Zilliz, an address for each awaited cluster. Beside it, zones,
 * the links of those for one cluster, and the records of clusters that have an address are written. Clusters without one at the deadline do not delay the others.
 * Without one of the first two signals the run fails.
 */
export function* awaitAllocation(run: ConnectRun, endpoint: ReadyEndpoint, isNew: boolean): Step<null> {
  const dns = run.dns(endpoint);
  const wait = new AllocationWait(run, endpoint.endpointId, isNew);
  const works = (): readonly Work[] => {
    dns.wantBesideWait(wait.clusters, wait.isRegistered);
    const open = dns.works();
    if (open.length > 0) run.beginBeside('configure-dns');
    return open;
  };
  yield* settle(run, works, wait);
  const view = wait.result();
  failWithoutSignals(run, endpoint, view);
  run.noteClusters(view.clusters);
  return null;
}

/** Reads both sides until nothing is missing, or the deadline has passed. A transient failure of a read does not end it. */
class AllocationWait implements Work {
  reason = 'Zilliz is allocating the private link';
  readonly #run: ConnectRun;
  readonly #endpointId: string;
  readonly #schedule: Schedule;
  #dueAt: number;
  #last: Outcome<AllocationView> | null = null;
  #isOver = false;

  constructor(run: ConnectRun, endpointId: string, isNew: boolean) {
    this.#run = run;
    this.#endpointId = endpointId;
    this.#schedule = scheduleOf(run.connection.spec.dns.layout, allocation);
    const since = run.since('allocation');
    this.#dueAt = isNew ? Math.max(run.now(), since + this.#schedule(0) * 1000) : run.now();
  }

  get dueAt(): number | null {
    return this.#isOver ? null : this.#dueAt;
  }

  get clusters(): AllocationView['clusters'] {
    // Records wait while a reading does not show their endpoint.
    return this.#last?.ok && this.#last.value.connection !== 'Absent' ? this.#last.value.clusters : [];
  }

  /** Whether Zilliz lists the endpoint as ready: a record needs that as proof. */
  get isRegistered(): boolean {
    return this.#last?.ok === true && this.#last.value.registration === 'ready';
  }

  attempt(): Attempt {
    const { connection, steps } = this.#run;
    return steps.observeAllocation.attempt({ connection, endpointId: this.#endpointId }, (outcome) => {
      this.#settle(outcome);
    });
  }

  /** Returns the last view. Throws the failure of the last read. */
  result(): AllocationView {
    if (this.#last?.ok) return this.#last.value;
    throw this.#last ? new ProvisioningError(this.#last.failure) : new Error('The allocation was not read.');
  }

  #settle(outcome: Outcome<AllocationView>): void {
    const now = this.#run.now();
    const failure = outcome.ok ? this.#refusal(outcome.value) : outcome.failure;
    this.#last = failure && outcome.ok ? { ok: false, failure } : this.#withPublicAddresses(outcome);
    const missing = outcome.ok ? missingOf(outcome.value) : outcome.failure.message;
    const isFinal = failure !== null && failure.kind !== 'transient';
    this.#isOver = isFinal || missing === null || now >= this.#run.deadlineAt;
    this.reason = missing ?? this.reason;
    const requested = outcome.ok ? 0 : (outcome.failure.retryAfterSeconds ?? 0);
    const pause = this.#schedule((now - this.#run.since('allocation')) / 1000);
    // The last read is at the deadline, or later if the other system requests a longer wait.
    const next = Math.min(now + pause * 1000, this.#run.deadlineAt);
    this.#dueAt = Math.max(next, now + requested * 1000);
  }

  /**
   * [inf] Zilliz may show the private name as the public address too, once it has allocated the private link. The address of
   * the reading before stays, because it is the one that may be open to the internet.
   */
  #withPublicAddresses(outcome: Outcome<AllocationView>): Outcome<AllocationView> {
    if (!outcome.ok) return outcome;
    const before = new Map(
      this.#last?.ok ? this.#last.value.clusters.map((one) => [one.clusterId, one]) : [],
    );
    const clusters = outcome.value.clusters.map((cluster) => {
      const { clusterId, connectAddress, privateLinkAddress } = cluster;
      const earlier = before.get(clusterId)?.connectAddress ?? '';
      return connectAddress === privateLinkAddress && earlier !== ''
        ? { ...cluster, connectAddress: earlier }
        : cluster;
    });
    return { ok: true, value: { ...outcome.value, clusters } };
  }

  /** Returns why waiting is of no use; null if it is. */
  #refusal(view: AllocationView): Failure | null {
    const gone = {
      endpoint: this.#isGone('endpoint', view.connection === 'Absent'),
      registration: this.#isGone('registration', view.registration === 'absent'),
    };
    return refusalOf(view, this.#endpointId, gone)?.failure ?? null;
  }

  #isGone(what: string, isAbsent: boolean): boolean {
    const wait = `${what} absent`;
    if (!isAbsent) this.#run.forget(wait);
    return isAbsent && this.#run.now() - this.#run.since(wait) >= GRACE_MS;
  }
}

function refusalOf(
  view: AllocationView,
  endpointId: string,
  gone: { readonly endpoint: boolean; readonly registration: boolean },
): ProvisioningError | null {
  if (view.connection === 'Rejected')
    return fail('connection-rejected', `${endpointId}: ${view.connectionText}`);
  if (view.connection === 'Disconnected')
    return fail('connection-disconnected', `${endpointId}: ${view.connectionText}`);
  if (gone.endpoint) return fail('endpoint-changed', `the private endpoint of ${endpointId} is gone`);
  if (view.registration === 'failed')
    return fail('registration-failed', `${endpointId}: Zilliz says ${view.registrationText}`);
  return gone.registration
    ? fail('registration-failed', `${endpointId} is not listed at Zilliz any more`)
    : null;
}

/** Returns the text of what is missing; null if nothing is. If no cluster is awaited, one with an address is enough. */
function missingOf(view: AllocationView): string | null {
  const missing: string[] = [];
  if (view.connection !== 'Approved') missing.push(`Azure says ${view.connectionText}`);
  if (view.registration !== 'ready') missing.push(`Zilliz says ${view.registrationText}`);
  const without = view.clusters.filter((cluster) => cluster.privateLinkAddress === null);
  const noneAllocated = view.clusters.length > 0 && without.length === view.clusters.length;
  if (noneAllocated || without.some(({ awaited }) => awaited)) {
    missing.push(`${without.length} of ${view.clusters.length} clusters without a private link address`);
  }
  return missing.length === 0 ? null : missing.join('; ');
}

function failWithoutSignals(run: ConnectRun, { endpointId }: ReadyEndpoint, view: AllocationView): void {
  const { deadlineMinutes } = run.connection;
  if (view.connection !== 'Approved' || view.registration !== 'ready') {
    const signals = `Azure says ${view.connectionText}, Zilliz says ${view.registrationText}`;
    throw fail('not-approved-in-time', `${endpointId} after ${deadlineMinutes} minutes: ${signals}`);
  }
  const isReachable = view.clusters.some((cluster) => cluster.privateLinkAddress !== null);
  if (!isReachable && view.clusters.length > 0) {
    const detail = `no cluster has a private link address after ${deadlineMinutes} minutes`;
    throw fail('not-approved-in-time', detail);
  }
}
