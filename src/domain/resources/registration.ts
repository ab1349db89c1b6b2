import { adoptedRegistration } from '../connection/marks.ts';
import { endpointId as endpointIdOf, isOwnId, sameEndpointId } from '../connection/names.ts';
import type { NamedResource } from '../connection/resourceId.ts';
import { parsePrivateEndpointId } from '../connection/resourceId.ts';
import type { RemovalSubject } from '../plan/removalSubject.ts';
import type { PrivateEndpoint, RegisteredEndpoint } from './model.ts';
import type { Verdict, Removal } from './verdict.ts';

/** The possible statuses of a registered endpoint. They are settings, because Zilliz does not publish them. */
export interface ZillizStatuses {
  readonly ready: readonly string[];
  readonly failed: readonly string[];
}

/** [inf] Only `AVAILABLE` is documented (reference: list private endpoints); the others are from similar APIs. */
export const defaultZillizStatuses: ZillizStatuses = {
  ready: ['AVAILABLE', 'ACCEPTED', 'APPROVED', 'ACTIVE', 'READY', 'CONNECTED'],
  failed: ['REJECT', 'FAIL', 'ERROR', 'DISCONNECT', 'DELET', 'EXPIRED'],
};

/** Every unknown status is `working`: the run waits, and shows the status at its deadline. */
export function parseEndpointStatus(
  status: string,
  statuses: ZillizStatuses,
): 'ready' | 'failed' | 'working' {
  const plain = normalise(status);
  if (statuses.ready.some((ready) => plain === normalise(ready))) return 'ready';
  if (statuses.failed.some((failed) => plain.includes(normalise(failed)))) return 'failed';
  return 'working';
}

function normalise(status: string): string {
  return status.toUpperCase().replace(/[^A-Z]/g, '');
}

/** Returns the ID under which Zilliz registers an endpoint; null while Azure does not show the GUID. */
export function currentEndpointId({ name, resourceGuid }: PrivateEndpoint): string | null {
  return resourceGuid === null ? null : endpointIdOf(name, resourceGuid);
}

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

export function decideRegistration(
  endpointId: string,
  registered: readonly RegisteredEndpoint[],
  statuses: ZillizStatuses,
  /** Our endpoint IDs that this run removes first. */
  removed: readonly string[] = [],
): Verdict {
  const own = registered.find((candidate) => sameEndpointId(candidate.endpointId, endpointId));
  if (own && parseEndpointStatus(own.status, statuses) === 'failed') {
    return {
      action: 'conflict',
      code: 'registration-failed',
      reason: `Zilliz shows ${own.status} for ${endpointId}`,
    };
  }
  if (own) return { action: 'keep', reason: `registered, Zilliz shows ${own.status}` };
  const remaining = registered.filter((other) => !removed.some((id) => sameEndpointId(id, other.endpointId)));
  if (remaining.length >= ENDPOINTS_PER_PROJECT) {
    const names = remaining.map((other) => other.endpointId.replace(/\.[^.]*$/, ''));
    return {
      action: 'conflict',
      code: 'endpoint-quota',
      reason: `the project has ${names.length} private endpoints: ${names.join(', ')}`,
    };
  }
  return { action: 'create', reason: 'the endpoint is not registered' };
}

/** The private endpoints of a subscription. A list succeeds even if it lacks endpoints that the identity cannot read. */
export interface EndpointCensus {
  /** Whether the list is complete: the identity can read the whole subscription, and each endpoint shows its GUID. */
  readonly whole: boolean;
  readonly guids: readonly string[];
}

/** The evidence that the private endpoint of a registration belonged to this connection and is deleted. */
export interface RegistrationProof {
  /** Name of the connection's own private endpoint; null if nothing proves it. */
  readonly ownName: string | null;
  /** Private endpoints that this run itself deleted, by the IDs that Zilliz registers. */
  readonly deletedByRun: readonly string[];
  /** Null if it was not read. */
  readonly census: EndpointCensus | null;
}

/** Decides on the registration of the existing private endpoint: it goes with the endpoint, unless it was there before an adoption. */
export function decideCurrentRegistration(
  endpointId: string,
  endpoint: PrivateEndpoint,
  removal: Removal,
): Removal {
  if (removal.action !== 'tag') return removal;
  const adopted = adoptedRegistration(endpoint.tags);
  return adopted !== null && sameEndpointId(adopted, endpointId)
    ? { action: 'keep', reason: 'it was registered before its private endpoint was adopted' }
    : { action: 'delete', reason: 'it was registered for this connection' };
}

/**
 * Decides on a registration that does not belong to the existing private endpoint. Records name it in their metadata, which
 * anyone with access may write: that is a hint, not a proof.
 */
export function decideStaleRegistration(
  endpointId: string,
  { ownName, deletedByRun, census }: RegistrationProof,
): Removal {
  const dot = endpointId.lastIndexOf('.');
  const [name, guid] = [endpointId.slice(0, dot).toLowerCase(), endpointId.slice(dot + 1).toLowerCase()];
  if (name !== ownName?.toLowerCase())
    return { action: 'keep', reason: 'it does not have the name of the private endpoint of this connection' };
  if (deletedByRun.some((id) => sameEndpointId(id, endpointId)))
    return { action: 'delete', reason: 'this run has deleted its private endpoint' };
  if (!census?.whole) {
    const reason = 'the identity of the app cannot read all private endpoints of the subscription';
    return { action: 'keep', reason: `nothing proves that its private endpoint is gone: ${reason}` };
  }
  return census.guids.some((listed) => listed.toLowerCase() === guid)
    ? { action: 'keep', reason: 'a private endpoint in Azure has its resource GUID' }
    : { action: 'delete', reason: 'its private endpoint is gone' };
}

/** Returns the resource of the connection's private endpoint, existing or deleted; null if it does not fit the connection's ID. */
export function ownEndpointOf({
  connectionId,
  regionId,
  projectId,
  connection,
  privateEndpointId,
}: Omit<RemovalSubject, 'formerNetworks' | 'specReadable'>): NamedResource | null {
  const id = connection?.privateEndpoint.id ?? privateEndpointId;
  if (id === null || projectId === null) return null;
  return isOwnId({ id: connectionId, projectId, regionId }, id) ? parsePrivateEndpointId(id) : null;
}

/** Returns the manual step for a registration that stays. */
export function registrationAction(endpointId: string, reason: string): string {
  return `Zilliz lists ${endpointId}, which stays: ${reason}. If it is not in use, delete it in the Zilliz Cloud console, Network > Private Endpoint of the project.`;
}
