import type { Connection } from '../domain/connection/connection.ts';
import { hasFailed } from '../domain/connection/endpointHealth.ts';
import { mergedTags, missingTags, obsoleteTags, wantedTags } from '../domain/connection/endpointTags.ts';
import {
  adoptedMarks,
  forPeople,
  isMarkedFor,
  marksAmong,
  readEndpointMarks,
} from '../domain/connection/marks.ts';
import { sameEndpointId } from '../domain/connection/names.ts';
import { keepExclusions } from '../domain/connection/storedConnection.ts';
import { ProvisioningError, fail, succeeded } from '../domain/failure/failure.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { PrivateEndpoint, Tags } from '../domain/resources/model.ts';
import { decideEndpoint } from '../domain/resources/privateEndpoint.ts';
import type { RemovalFacts } from '../domain/resources/proof.ts';
import { currentEndpointId } from '../domain/resources/registration.ts';
import type { ResourceState, Written } from '../domain/resources/written.ts';
import type { NewPrivateEndpoint, Ports } from '../ports.ts';
import { endpointToRemove } from '../queries/observeRemoval.ts';
import { askZilliz, prove, zillizFacts } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import { absent, act, endpointDecision } from './tearDown.ts';

export interface EnsureEndpointInput {
  readonly connection: Connection;
  readonly location: string;
  /** When the app asked to put the subscription on the whitelist, ISO 8601; null if it is not known. */
  readonly whitelistedAt: string | null;
  /** Whether to wait for the end of the write, to get the reason of its failure. */
  readonly follow: boolean;
}

export interface EndpointView extends ResourceState {
  readonly resourceGuid: string | null;
  readonly address: string | null;
}

const REQUEST_MESSAGE_LENGTH = 140;

/** Guide, step 3: submits the private endpoint without waiting. Never sends a second PUT for an approved connection. */
export async function ensurePrivateEndpoint(
  ports: Ports,
  input: EnsureEndpointInput,
): Promise<Written & EndpointView> {
  const { follow } = input;
  const { id } = input.connection.privateEndpoint;
  const [found, service] = await Promise.all([
    ports.network.privateEndpoint(id),
    serviceNow(ports, input.connection),
  ]);
  const connection = keepExclusions(input.connection, found);
  const whitelistedAt = (found && readEndpointMarks(found.tags)?.whitelistedAt) ?? input.whitelistedAt;
  const address = await addressToCompare(ports, connection, found);
  const decision = decideEndpoint(connection, service, found, whitelistedAt, address);
  if (decision.action === 'conflict') throw fail(decision.code, `${id}: ${decision.reason}`);
  // A run that may replace the endpoint has already done so. Zilliz removed this connection later.
  if (decision.action === 'delete') throw fail('connection-disconnected', `${id}: ${decision.reason}`);
  const tags = wantedTags(connection, whitelistedAt);
  const { action, reason } = decision;
  const submitted = { id, reason, state: 'working', resourceGuid: null, address: null } as const;
  if (found === null) {
    await ports.network.createPrivateEndpoint(newEndpoint(input, service, tags), { follow });
    return { ...submitted, action: 'create' };
  }
  if (action === 'update') {
    await ports.network.repeatPrivateEndpoint(found.id, mergedTags(tags, found.tags), { follow });
    return { ...submitted, action };
  }
  await ensureTags(ports, { ...tags, ...(await adoptionMarks(ports, connection, found)) }, found);
  return { id, action, reason, ...(await viewOf(ports, found)) };
}

/** The address that Azure has given to an endpoint, where the request names one. */
async function addressToCompare(
  { network }: Ports,
  { privateEndpoint }: Connection,
  found: PrivateEndpoint | null,
): Promise<string | null> {
  const networkInterfaceId = found?.networkInterfaceId ?? null;
  if (privateEndpoint.staticIpAddress === undefined || networkInterfaceId === null) return null;
  return network.privateIpAddress(networkInterfaceId);
}

/** Returns the service that Zilliz names now. An earlier step of the run may have read another one. */
async function serviceNow({ zilliz }: Ports, connection: Connection): Promise<string> {
  const service = (await zilliz.endpointService(connection))?.service ?? null;
  if (service !== null) return service;
  const message = `Zilliz names no service of ${connection.regionId}`;
  throw new ProvisioningError({
    ...{ kind: 'transient', source: 'app', code: 'endpoint-service-not-listed', message },
  });
}

/** What disconnect and undo need to give an adopted endpoint back: also whether Zilliz listed it before. */
async function adoptionMarks(
  ports: Ports,
  { id, projectId }: Connection,
  found: PrivateEndpoint,
): Promise<Tags> {
  // It is ours, even if it has lost other marks.
  if (isMarkedFor(found.tags, id)) return {};
  const current = currentEndpointId(found);
  const registered = await ports.zilliz.privateEndpoints(projectId);
  const own = registered.find(({ endpointId }) => current !== null && sameEndpointId(endpointId, current));
  return adoptedMarks(Date.now(), own?.endpointId ?? null);
}

function newEndpoint(
  { connection, location }: EnsureEndpointInput,
  service: string,
  tags: Tags,
): NewPrivateEndpoint {
  const { id, name, staticIpAddress, networkInterfaceName } = connection.privateEndpoint;
  const requestMessage = `Zilliz Cloud project ${connection.projectId}, connection ${connection.id}`;
  return {
    ...{ id, location, subnetId: connection.subnetId, target: service, connectionName: name },
    ...(staticIpAddress !== undefined && { staticIpAddress }),
    ...(networkInterfaceName !== undefined && { networkInterfaceName }),
    tags: { ...forPeople, ...tags },
    requestMessage: requestMessage.slice(0, REQUEST_MESSAGE_LENGTH),
  };
}

/** Changes the tags of an existing endpoint through the tags API, which does not change the endpoint itself. */
async function ensureTags(ports: Ports, wanted: Tags, found: PrivateEndpoint): Promise<void> {
  const missing = missingTags(wanted, found.tags);
  const obsolete = obsoleteTags(wanted, found.tags);
  // New tags first: until they are written, the older specification stays complete.
  if (Object.keys(missing).length > 0) await ports.network.mergeTags(found.id, missing);
  if (Object.keys(obsolete).length > 0) await ports.network.removeTags(found.id, obsolete);
}

/** Reads the private endpoint: guide, step 3, items 7 and 8, and DNS step 1, item 1. */
export async function readPrivateEndpoint(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<EndpointView> {
  return viewOf(ports, await ports.network.privateEndpoint(connection.privateEndpoint.id));
}

async function viewOf(ports: Ports, found: PrivateEndpoint | null): Promise<EndpointView> {
  if (!found) return { state: 'absent', resourceGuid: null, address: null };
  const address =
    found.networkInterfaceId === null ? null : await ports.network.privateIpAddress(found.networkInterfaceId);
  return { state: stateOf(found), resourceGuid: found.resourceGuid, address };
}

function stateOf(found: PrivateEndpoint): EndpointView['state'] {
  if (found.provisioningState !== 'Succeeded' && found.provisioningState !== 'Failed') return 'working';
  // A rejected connection may show Failed. The wait for approval reports it, with its own reason.
  return hasFailed(found) && found.connectionState.status !== 'Rejected' ? 'failed' : 'ready';
}

/**
 * Deletes the private endpoint if it has the marks of the connection, is Failed and is not registered, so that it has no
 * user. Does not wait for the deletion. Any other endpoint is kept.
 */
export async function discardFailedEndpoint(
  ports: Ports,
  policy: Policy,
  { connection }: { readonly connection: Connection },
): Promise<Written> {
  const { id, name } = connection.privateEndpoint;
  const found = await ports.network.privateEndpoint(id);
  if (!found) return absent(id);
  const kept = (reason: string): Written => ({ id, action: 'keep', state: stateOf(found), reason });
  if (stateOf(found) !== 'failed') return kept('it is not Failed any more');
  if (readEndpointMarks(found.tags)?.connectionId !== connection.id) return kept('it is not marked');
  const registered = await ports.zilliz.privateEndpoints(connection.projectId);
  const prefix = `${name}.`.toLowerCase();
  if (registered.some(({ endpointId }) => endpointId.toLowerCase().startsWith(prefix))) {
    return kept('Zilliz lists it');
  }
  await prove(ports, policy, connection, 'endpoint');
  await ports.network.deletePrivateEndpoint(id);
  return { id, action: 'delete', state: 'working', reason: 'it stays Failed, and Zilliz does not list it' };
}

export interface RemovedEndpoint extends Written {
  /** The ID that Zilliz uses. */
  readonly endpointId: string | null;
}

export async function removeEndpoint(
  ports: Ports,
  {
    subject,
    unregisteredByRun,
  }: { readonly subject: RemovalSubject } & Pick<RemovalFacts, 'unregisteredByRun'>,
): Promise<RemovedEndpoint> {
  const endpoint = await endpointToRemove(ports, subject);
  if (!endpoint) return { ...absent(subject.privateEndpointId ?? ''), endpointId: null };
  const { projectId, regionId } = subject;
  const zilliz =
    projectId === null
      ? succeeded({ service: null, registered: [] })
      : await askZilliz(ports, { projectId, regionId });
  const decision = await endpointDecision(ports, subject, endpoint, { zilliz, unregisteredByRun });
  const removed = await act(endpoint.id, decision, {
    remove: () =>
      endpoint.provisioningState === 'Deleting'
        ? Promise.resolve()
        : ports.network.deletePrivateEndpoint(endpoint.id),
    release: () => ports.network.removeTags(endpoint.id, marksAmong(endpoint.tags)),
  });
  return { ...removed, endpointId: currentEndpointId(endpoint) };
}

/**
 * Deletes a private endpoint of the connection if Zilliz removed its connection and `allowReplace` is set. Does nothing if a
 * new one exists already. Does not wait for the deletion.
 */
export async function discardDisconnected(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<RemovedEndpoint> {
  const { id } = connection.privateEndpoint;
  const found = await ports.network.privateEndpoint(id);
  if (!found) return { ...absent(id), endpointId: null };
  const result = { id, endpointId: null };
  if (found.provisioningState === 'Deleting')
    return { ...result, action: 'wait', state: 'working', reason: 'Azure is deleting it' };
  if (decideEndpoint(connection, null, found).action !== 'delete')
    return { ...result, action: 'keep', state: 'absent', reason: 'another private endpoint has replaced it' };
  const facts = { zilliz: succeeded(await zillizFacts(ports, connection)), unregisteredByRun: [] };
  const removal = await endpointDecision(ports, subjectOf(connection), found, facts);
  if (removal.action === 'keep') return { ...result, action: 'keep', state: 'ready', reason: removal.reason };
  await ports.network.deletePrivateEndpoint(found.id);
  const endpointId = currentEndpointId(found);
  return { id, action: 'delete', state: 'working', reason: 'Zilliz removed its connection', endpointId };
}
