import { isOutOfBounds } from '../domain/connection/bounds.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { RemovalRow } from '../domain/plan/removal.ts';
import {
  endpointIdsOf,
  keepOutside,
  manualStepsAfterRemoval,
  planRemoval,
  pointing,
} from '../domain/plan/removal.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { PrivateEndpoint } from '../domain/resources/model.ts';
import { decideEndpointRemoval } from '../domain/resources/privateEndpoint.ts';
import type { Removal } from '../domain/resources/verdict.ts';
import type { Ports } from '../ports.ts';
import { addressOf, observeRemoval, observeZonesOfRegion } from '../queries/observeRemoval.ts';
import { mapConcurrently } from '../queries/tryRead.ts';
import type { Policy } from './activities.ts';

export interface TearDownPlan {
  readonly rows: readonly RemovalRow[];
  /** Endpoint IDs that the endpoint and the records tell of: what they tell goes with them. */
  readonly endpointIds: readonly string[];
  /** What only people can do. */
  readonly actionsForPeople: readonly string[];
}

/** What disconnect would do, from one fresh reading; a run begins and ends with it. */
export async function planTearDown(
  ports: Ports,
  { allowed }: Policy,
  input: {
    readonly subject: RemovalSubject;
    readonly endpointIds: readonly string[];
    /** As Zilliz registers them: private endpoints that this run has itself deleted. */
    readonly deletedByRun: readonly string[];
  },
): Promise<TearDownPlan> {
  const observed = await observeRemoval(ports, input.subject, input);
  const endpointIds = endpointIdsOf(observed);
  const planned = planRemoval(observed);
  const rows = keepOutside(planned, { allowed, projectId: input.subject.projectId });
  const actionsForPeople = manualStepsAfterRemoval(input.subject, observed, endpointIds, rows);
  return { rows, endpointIds, actionsForPeople };
}

/** What became of one resource. `deleted` is submitted, not awaited. */
export interface Removed {
  readonly outcome: 'deleted' | 'gone' | 'kept';
  readonly reason: string;
  /** Of a private endpoint that was deleted, as Zilliz registers it. */
  readonly endpointId?: string | null;
}

export const GONE: Removed = { outcome: 'gone', reason: 'it is not there' };

/** Those of the deleted resources that Azure still shows. */
export async function readRemoved(
  ports: Ports,
  { ids }: { readonly ids: readonly { readonly resource: RemovalRow['resource']; readonly id: string }[] },
): Promise<{ readonly left: readonly string[] }> {
  const found = await Promise.all(
    ids.map(async ({ resource, id }) => {
      if (resource === 'virtual network link') return (await ports.dns.link(id)) && id;
      if (resource === 'private DNS zone') return (await ports.dns.zone(id)) && id;
      return (await ports.network.privateEndpoint(id)) && id;
    }),
  );
  return { left: found.filter((id) => id !== null) };
}

export async function endpointDecision(
  ports: Ports,
  subject: RemovalSubject,
  endpoint: PrivateEndpoint,
): Promise<Removal> {
  const [zonesOfRegion, address] = await Promise.all([
    observeZonesOfRegion(ports, subject),
    addressOf(ports, endpoint),
  ]);
  return decideEndpointRemoval(endpoint, subject.connectionId, pointing({ address, zonesOfRegion }));
}

/** What became of one of several; `failure` when it could not be removed. */
interface RemovedOne {
  readonly id: string;
  readonly outcome: Removed['outcome'] | 'failed';
  readonly reason: string;
  readonly failure: Failure | null;
}

export interface RemovedAll {
  readonly removed: readonly RemovedOne[];
}

const REMOVALS_AT_A_TIME = 5;

/**
 * One that fails for good does not hold up the others; a failure that time may cure is thrown, and the step goes through
 * what is left again.
 */
export async function removeEach<T extends { readonly id: string }>(
  all: readonly T[],
  remove: (one: T) => Promise<Removed>,
): Promise<RemovedAll> {
  const removed = await mapConcurrently(REMOVALS_AT_A_TIME, all, async (one): Promise<RemovedOne> => {
    try {
      return { id: one.id, ...(await remove(one)), failure: null };
    } catch (error) {
      if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
      return { id: one.id, outcome: 'failed', reason: error.failure.message, failure: error.failure };
    }
  });
  return { removed };
}

/** Does what was decided. `deleted` is submitted, not awaited; what lies outside the bounds by now is kept. */
export async function act({ action, reason }: Removal, remove: () => Promise<void>): Promise<Removed> {
  if (action === 'keep') return { outcome: 'kept', reason };
  try {
    await remove();
    return { outcome: 'deleted', reason };
  } catch (error) {
    if (!(error instanceof ProvisioningError) || !isOutOfBounds(error.failure)) throw error;
    return { outcome: 'kept', reason: error.failure.message };
  }
}
