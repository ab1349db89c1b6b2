import { connectionId as connectionIdOf, sameEndpointId } from '../connection/names.ts';
import type { NamedResource } from '../connection/resourceId.ts';
import { parsePrivateEndpointId } from '../connection/resourceId.ts';
import type { RemovalSubject } from '../plan/removalSubject.ts';
import type { RegisteredEndpoint } from './model.ts';
import type { Verdict, Removal } from './verdict.ts';

/** Sets of words that Zilliz may use for the status of a registered endpoint; it publishes none, so they are settings. */
export interface ZillizStatuses {
  readonly ready: readonly string[];
  readonly failed: readonly string[];
}

/** [inf] Only `AVAILABLE` is documented (reference: list private endpoints); the rest is what such APIs say elsewhere. */
export const defaultZillizStatuses: ZillizStatuses = {
  ready: ['AVAILABLE', 'ACCEPTED', 'APPROVED', 'ACTIVE', 'READY', 'CONNECTED'],
  failed: ['REJECT', 'FAIL', 'ERROR', 'DISCONNECT', 'DELET', 'EXPIRED'],
};

/** `working` covers every word that is not known: keep waiting, and name the word when the time is up. */
export function parseEndpointStatus(word: string, words: ZillizStatuses): 'ready' | 'failed' | 'working' {
  const plain = normalise(word);
  if (words.ready.some((ready) => plain === normalise(ready))) return 'ready';
  if (words.failed.some((failed) => plain.includes(normalise(failed)))) return 'failed';
  return 'working';
}

function normalise(word: string): string {
  return word.toUpperCase().replace(/[^A-Z]/g, '');
}

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

export function decideRegistration(
  endpointId: string,
  registered: readonly RegisteredEndpoint[],
  words: ZillizStatuses,
  /** Endpoint IDs of ours that this run removes first. */
  leaving: readonly string[] = [],
): Verdict {
  const own = registered.find((candidate) => sameEndpointId(candidate.endpointId, endpointId));
  if (own && parseEndpointStatus(own.status, words) === 'failed') {
    return {
      action: 'conflict',
      code: 'registration-failed',
      reason: `Zilliz says ${own.status} of ${endpointId}`,
    };
  }
  if (own) return { action: 'keep', reason: `registered, Zilliz says ${own.status}` };
  const staying = registered.filter(
    (other) => !leaving.some((id) => sameEndpointId(id, other.endpointId)),
  ).length;
  if (staying >= ENDPOINTS_PER_PROJECT) {
    return {
      action: 'conflict',
      code: 'endpoint-quota',
      reason: `the project has ${staying} private endpoints`,
    };
  }
  return { action: 'create', reason: 'the endpoint is not registered' };
}

/** The private endpoints of a subscription. A list of them leaves out what the identity may not read, and is a success still. */
export interface EndpointCensus {
  /** Whether none can be missing: the identity may read those of the whole subscription, and each has shown its GUID. */
  readonly whole: boolean;
  readonly guids: readonly string[];
}

/** What there is to show that the private endpoint of a registration was this connection's and is gone. */
export interface RegistrationProof {
  /** Name of the connection's own private endpoint; null where nothing proves it. */
  readonly ownName: string | null;
  /** As Zilliz registers them: private endpoints that this run has itself deleted. */
  readonly deletedByRun: readonly string[];
  /** Null where it was not asked for. */
  readonly census: EndpointCensus | null;
}

/**
 * What becomes of a registration that is not of the private endpoint that is there. Records name it in their metadata, which
 * anybody may write: that is a hint, and no proof.
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
  return census.guids.some((one) => one.toLowerCase() === guid)
    ? { action: 'keep', reason: 'a private endpoint in Azure has its resource GUID' }
    : { action: 'delete', reason: 'its private endpoint is gone' };
}

/** Where a connection's own private endpoint is or was; null when what is said of it does not fit the connection's ID. */
export function ownEndpointOf({
  connectionId,
  regionId,
  projectId,
  connection,
  privateEndpointId,
}: Omit<RemovalSubject, 'formerNetworks'>): NamedResource | null {
  const id = connection?.privateEndpoint.id ?? privateEndpointId;
  if (id === null || projectId === null) return null;
  const fits = connectionIdOf({ projectId, regionId, privateEndpointId: id }) === connectionId;
  return fits ? parsePrivateEndpointId(id) : null;
}

/** What a person is asked to do about a registration that stays. */
export function registrationAction(endpointId: string, reason: string): string {
  return `Zilliz lists ${endpointId}, which stays: ${reason}. If nobody uses it, delete it in the Zilliz Cloud console, Network > Private Endpoint of the project.`;
}
