import { decideEndpointRemoval } from '../domain/decideRemoval.ts';
import type { Removal } from '../domain/decideRemoval.ts';
import { sameEndpointId } from '../domain/endpointId.ts';
import type { PrivateEndpoint } from '../domain/model.ts';
import { decideStaleRegistration } from '../domain/registrationRemoval.ts';
import { currentEndpointId, endpointIdsOf, isCurrent, planRemoval, pointing } from '../domain/removal.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { keepOutside } from '../domain/removalBounds.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import { peopleAfterRemoval } from '../domain/removalPeople.ts';
import type { Ports } from '../ports.ts';
import { endpointOf } from './lostEndpoint.ts';
import type { Policy } from './policy.ts';
import { act } from './tearDownDns.ts';
import { addressOf, observeRemoval, observeZonesOfRegion, proofFor } from './tearDownObserve.ts';

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
  const actionsForPeople = peopleAfterRemoval(input.subject, observed, endpointIds, rows);
  return { rows, endpointIds, actionsForPeople };
}

/** What became of one resource. `deleted` is submitted, not awaited. */
export interface Removed {
  readonly outcome: 'deleted' | 'gone' | 'kept';
  readonly reason: string;
  /** Of a private endpoint that was deleted, as Zilliz registers it. */
  readonly endpointId?: string | null;
}

const GONE: Removed = { outcome: 'gone', reason: 'it is not there' };

export async function removeRegistration(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly endpointId: string;
    readonly deletedByRun: readonly string[];
  },
): Promise<Removed> {
  const { subject, deletedByRun } = input;
  const { projectId, regionId } = subject;
  if (projectId === null) return GONE;
  const registered = await ports.zilliz.privateEndpoints(projectId);
  const own = registered.find(({ endpointId }) => sameEndpointId(endpointId, input.endpointId));
  if (!own) return GONE;
  const endpoint = await endpointOf(ports, subject);
  const decision =
    endpoint && isCurrent(own.endpointId, endpoint)
      ? await endpointDecision(ports, subject, endpoint)
      : decideStaleRegistration(
          own.endpointId,
          await proofFor(ports, subject, [own.endpointId], deletedByRun),
        );
  return act(decision, () =>
    ports.zilliz.deletePrivateEndpoint({ projectId, regionId, endpointId: own.endpointId }),
  );
}

export async function removeEndpoint(
  ports: Ports,
  { subject }: { readonly subject: RemovalSubject },
): Promise<Removed> {
  const endpoint = await endpointOf(ports, subject);
  if (!endpoint) return GONE;
  const decision = await endpointDecision(ports, subject, endpoint);
  const removed = await act(decision, () =>
    endpoint.provisioningState === 'Deleting'
      ? Promise.resolve()
      : ports.network.deletePrivateEndpoint(endpoint.id),
  );
  return { ...removed, endpointId: currentEndpointId(endpoint) };
}

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

async function endpointDecision(
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
