import type { Connection } from '../connection/connection.ts';
import { readEndpointMarks } from '../connection/marks.ts';
import { isOwnId, sameEndpointId } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import type { Failure, Outcome } from '../failure/failure.ts';
import { fail, failed, succeeded } from '../failure/failure.ts';
import type { PrivateEndpoint, RegisteredEndpoint } from './model.ts';
import type { ZillizStatuses } from './registration.ts';
import { currentEndpointId, parseEndpointStatus } from './registration.ts';

/**
 * What a write needs as proof. A mark in tags or metadata is a hint, because anyone with access may write it.
 *
 * | act        | done by                                      | proof, beside our marks and a connection ID that is the hash of this resource ID |
 * |------------|----------------------------------------------|---------------------------------------------------------------------------------|
 * | `records`  | sync; connect from the records on            | subnet, target, and Zilliz lists its ID as ready                                |
 * | `endpoint` | connect and reconcile up to the registration | subnet and target                                                               |
 * | `removal`  | disconnect and undo, for the endpoint        | target; or Rejected or Disconnected; or this run removed its registration       |
 *
 * The target is proved if it is the service that Zilliz names now. Adoption of an endpoint without marks: `decideEndpoint`.
 * Removal of records of a deleted endpoint: `whyEndpointMayExist`. Registrations of deleted endpoints: `RegistrationProof`.
 */
export type Act = 'records' | 'endpoint' | 'removal';

/** What Zilliz shows of a project and region. */
export interface ZillizFacts {
  /** Alias or resource ID of its private link service; null if it names none. */
  readonly service: string | null;
  readonly registered: readonly RegisteredEndpoint[];
}

export interface ProofFacts {
  readonly connection: Pick<Connection, 'id' | 'projectId' | 'regionId' | 'subnetId'>;
  readonly endpoint: PrivateEndpoint;
  readonly zilliz: Outcome<ZillizFacts>;
  readonly statuses: ZillizStatuses;
}

/** For the removal of a private endpoint. */
export interface RemovalFacts {
  readonly zilliz: Outcome<ZillizFacts>;
  /** Endpoint IDs whose registration this run itself removed. */
  readonly unregisteredByRun: readonly string[];
}

/** Writing helpers take this as a parameter. Only the functions of this file create it. */
class Proved<A extends Act> {
  /** As Zilliz registers it; null if Azure does not show the GUID. */
  readonly endpointId: string | null;
  readonly #act: A;

  constructor(act: A, endpoint: PrivateEndpoint) {
    this.#act = act;
    this.endpointId = currentEndpointId(endpoint);
  }

  get act(): A {
    return this.#act;
  }
}

export type Proof<A extends Act> = Proved<A>;

/** Returns the proof for a write, or what is missing. If Zilliz could not be asked, that is its own failure. */
export function proofFor<A extends 'records' | 'endpoint'>(act: A, facts: ProofFacts): Outcome<Proof<A>> {
  const { connection, endpoint } = facts;
  const missing =
    missingIdentity(connection, endpoint) ??
    missingPlace(facts) ??
    (act === 'records' ? missingRegistration(facts) : null);
  return missing ? failed(missing) : succeeded(new Proved(act, endpoint));
}

/** Returns the proof for the removal of a private endpoint with marks of the connection, or what is missing. */
export function proofForRemoval(
  connectionId: string,
  endpoint: PrivateEndpoint,
  { zilliz, unregisteredByRun }: RemovalFacts,
): Outcome<Proof<'removal'>> {
  const marks = readEndpointMarks(endpoint.tags);
  const claim = { id: connectionId, projectId: marks?.projectId ?? '', regionId: marks?.regionId ?? '' };
  const current = currentEndpointId(endpoint) ?? '';
  const isUnregistered = unregisteredByRun.some((id) => sameEndpointId(id, current));
  const missing =
    missingIdentity(claim, endpoint) ?? (isUnregistered ? null : missingTarget(endpoint, current, zilliz));
  return missing ? failed(missing) : succeeded(new Proved('removal', endpoint));
}

function missingTarget(
  endpoint: PrivateEndpoint,
  current: string,
  zilliz: Outcome<ZillizFacts>,
): Failure | null {
  // First, also for a rejected one: its registration cannot be read, and would be left without its connection.
  if (!zilliz.ok) return zilliz.failure;
  if (['Rejected', 'Disconnected'].includes(endpoint.connectionState.status)) return null;
  const { service, registered } = zilliz.value;
  const isListed = registered.some(({ endpointId }) => sameEndpointId(endpointId, current));
  // The run removes this registration first, which is the proof then.
  return service === null && isListed ? null : wrongTarget(endpoint, service);
}

/** Returns whether an endpoint connects to this service. */
export function leadsTo({ target }: PrivateEndpoint, service: string): boolean {
  return target.toLowerCase() === service.toLowerCase();
}

function missingIdentity(
  claim: Pick<Connection, 'id' | 'projectId' | 'regionId'>,
  { id, tags }: PrivateEndpoint,
): Failure | null {
  if (!isOwnId(claim, id)) return changed(`${claim.id} is not the connection ID of ${id}`);
  const isMarked = readEndpointMarks(tags)?.connectionId === claim.id;
  return isMarked ? null : changed(`${id} does not carry our marks any more`);
}

function missingPlace({ connection, endpoint, zilliz }: ProofFacts): Failure | null {
  if (!sameResource(endpoint.subnetId, connection.subnetId))
    return changed(`${endpoint.id} sits in another subnet`);
  return zilliz.ok ? wrongTarget(endpoint, zilliz.value.service) : zilliz.failure;
}

function wrongTarget(endpoint: PrivateEndpoint, service: string | null): Failure | null {
  if (service === null) {
    const detail = `Zilliz names no service of the region, so nothing proves where ${endpoint.id} leads`;
    return fail('endpoint-service-not-listed', detail).failure;
  }
  if (leadsTo(endpoint, service)) return null;
  return changed(`${endpoint.id} connects to ${endpoint.target}, which is not the service that Zilliz names`);
}

function missingRegistration({ endpoint, zilliz, statuses }: ProofFacts): Failure | null {
  const current = currentEndpointId(endpoint) ?? '';
  const registered = zilliz.ok ? zilliz.value.registered : [];
  const own = registered.find(({ endpointId }) => sameEndpointId(endpointId, current));
  if (own && parseEndpointStatus(own.status, statuses) === 'ready') return null;
  const shown = own ? `Zilliz says ${own.status}` : 'Zilliz does not list it';
  return fail('endpoint-not-registered', `${endpoint.id} is not registered and ready: ${shown}`).failure;
}

function changed(detail: string): Failure {
  return fail('endpoint-changed', detail).failure;
}
