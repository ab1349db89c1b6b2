import { decideEndpointRemoval } from '../domain/decideRemoval.ts';
import type { Removal } from '../domain/decideRemoval.ts';
import { sameEndpointId } from '../domain/endpointId.ts';
import type { PrivateEndpoint } from '../domain/model.ts';
import { currentEndpointId, endpointIdsOf, planRemoval, pointing } from '../domain/removal.ts';
import type { RemovalRow } from '../domain/removal.ts';
import { keepOutside } from '../domain/removalBounds.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import { peopleAfterRemoval } from '../domain/removalPeople.ts';
import type { Ports } from '../ports.ts';
import { endpointOf } from './lostEndpoint.ts';
import type { Policy } from './policy.ts';
import { act } from './tearDownDns.ts';
import { addressOf, observeRemoval, observeZonesOfRegion } from './tearDownObserve.ts';

export interface TearDownPlan {
  readonly rows: readonly RemovalRow[];
  /** Endpoint IDs that are proved to be of this connection: the proof goes with the records and the endpoint. */
  readonly endpointIds: readonly string[];
  /** What only people can do. */
  readonly actionsForPeople: readonly string[];
}

/** What disconnect would do, from one fresh reading; a run begins and ends with it. */
export async function planTearDown(
  ports: Ports,
  { allowed }: Policy,
  input: { readonly subject: RemovalSubject; readonly endpointIds: readonly string[] },
): Promise<TearDownPlan> {
  const observed = await observeRemoval(ports, input.subject, input.endpointIds);
  const endpointIds = endpointIdsOf(observed);
  return {
    rows: keepOutside(planRemoval(observed), { allowed, projectId: input.subject.projectId }),
    endpointIds,
    actionsForPeople: peopleAfterRemoval(input.subject, observed, endpointIds),
  };
}

/** What became of one resource. `deleted` is submitted, not awaited. */
export interface Removed {
  readonly outcome: 'deleted' | 'gone' | 'kept';
  readonly reason: string;
}

const GONE: Removed = { outcome: 'gone', reason: 'it is not there' };

export async function removeRegistration(
  ports: Ports,
  input: { readonly subject: RemovalSubject; readonly endpointId: string },
): Promise<Removed> {
  const { projectId, regionId } = input.subject;
  if (projectId === null) return GONE;
  const registered = await ports.zilliz.privateEndpoints(projectId);
  const own = registered.find(({ endpointId }) => sameEndpointId(endpointId, input.endpointId));
  if (!own) return GONE;
  const endpoint = await endpointOf(ports, input.subject);
  const isCurrent = endpoint && sameEndpointId(own.endpointId, currentEndpointId(endpoint) ?? '');
  const decision: Removal = isCurrent
    ? await endpointDecision(ports, input.subject, endpoint)
    : { action: 'delete', reason: 'its private endpoint is gone' };
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
  return act(decision, () =>
    endpoint.provisioningState === 'Deleting'
      ? Promise.resolve()
      : ports.network.deletePrivateEndpoint(endpoint.id),
  );
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
