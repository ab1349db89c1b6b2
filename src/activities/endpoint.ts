import type { Connection } from '../domain/connection.ts';
import { decideEndpoint, decideRegistration } from '../domain/decide.ts';
import { mergedTags, missingTags, obsoleteTags, wantedTags } from '../domain/endpointMarks.ts';
import { hasFailed } from '../domain/endpointState.ts';
import { keepExclusions } from '../domain/markedSpec.ts';
import { readEndpointMarks } from '../domain/marks.ts';
import type { PrivateEndpoint, Tags } from '../domain/model.ts';
import type { NewPrivateEndpoint, Ports } from '../ports.ts';
import { ownEndpoint } from './ownEndpoint.ts';
import type { Policy } from './policy.ts';
import { stopped } from './stopped.ts';

export interface EnsureEndpointInput {
  readonly connection: Connection;
  readonly service: string;
  readonly location: string;
  /** When this connection put the subscription on the whitelist, ISO 8601; null when it did not. */
  readonly whitelistedAt: string | null;
  /** Whether to follow the write to its end, to learn why it fails. */
  readonly follow: boolean;
}

export interface EndpointView {
  readonly state: 'absent' | 'working' | 'ready' | 'failed';
  readonly resourceGuid: string | null;
  readonly address: string | null;
}

export interface EnsuredEndpoint {
  /** What became of the endpoint itself; tags that were merged stand under `marked`. */
  readonly action: 'create' | 'adopt' | 'keep' | 'change' | 'wait';
  /** Whether marks were put on an endpoint that was there. */
  readonly marked: boolean;
  /** The endpoint that was there; null where it was submitted just now. */
  readonly view: EndpointView | null;
}

const REQUEST_MESSAGE_LENGTH = 140;

/** Guide, step 3: the private endpoint, submitted and not awaited. Never a second PUT of an approved connection. */
export async function ensurePrivateEndpoint(
  ports: Ports,
  input: EnsureEndpointInput,
): Promise<EnsuredEndpoint> {
  const { service, follow } = input;
  const found = await ports.network.privateEndpoint(input.connection.privateEndpoint.id);
  const connection = keepExclusions(input.connection, found);
  const decision = decideEndpoint(connection, service, found, input.whitelistedAt);
  if (decision.action === 'conflict')
    throw stopped(decision.code, `${connection.privateEndpoint.id}: ${decision.reason}`);
  // A run that may replace it has done so by now: this happened since.
  if (decision.action === 'delete')
    throw stopped('connection-disconnected', `${connection.privateEndpoint.id}: ${decision.reason}`);
  const tags = wantedTags(connection, input.whitelistedAt);
  if (found === null || decision.action === 'create') {
    await ports.network.createPrivateEndpoint(newEndpoint(input, tags), { follow });
    return { action: 'create', marked: false, view: null };
  }
  if (decision.action === 'change' && !('marksOnly' in decision)) {
    await ports.network.repeatPrivateEndpoint(found.id, mergedTags(tags, found.tags), { follow });
    return { action: 'change', marked: false, view: null };
  }
  const action = decision.action === 'change' ? 'keep' : decision.action;
  const marked = await ensureTags(ports, tags, found);
  return { action, marked, view: await viewOf(ports, found) };
}

function newEndpoint({ connection, service, location }: EnsureEndpointInput, tags: Tags): NewPrivateEndpoint {
  const { id, name } = connection.privateEndpoint;
  const requestMessage = `Zilliz Cloud project ${connection.projectId}, connection ${connection.id}`;
  return {
    ...{ id, location, subnetId: connection.subnetId, target: service, connectionName: name, tags },
    requestMessage: requestMessage.slice(0, REQUEST_MESSAGE_LENGTH),
  };
}

/** Existing endpoints are marked through the tags API, which leaves the endpoint itself alone. */
async function ensureTags(ports: Ports, wanted: Tags, found: PrivateEndpoint): Promise<boolean> {
  const missing = missingTags(wanted, found.tags);
  const obsolete = obsoleteTags(wanted, found.tags);
  // First what is new: until then the older specification is whole.
  if (Object.keys(missing).length > 0) await ports.network.mergeTags(found.id, missing);
  if (Object.keys(obsolete).length > 0) await ports.network.removeTags(found.id, obsolete);
  return Object.keys({ ...missing, ...obsolete }).length > 0;
}

/** What Azure shows of the private endpoint: guide, step 3, items 7 and 8, and DNS step 1, item 1. */
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
  // A rejected connection may show Failed; that is told by the wait for approval, with its own reason.
  return hasFailed(found) && found.connectionState.status !== 'Rejected' ? 'failed' : 'ready';
}

/**
 * Deletes a private endpoint that is ours, stays Failed and is not registered: nobody uses it. Submitted, not awaited.
 * Anything else is left alone.
 */
export async function discardFailedEndpoint(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<{ readonly discarded: boolean }> {
  const { id, name } = connection.privateEndpoint;
  const found = await ports.network.privateEndpoint(id);
  if (!found || stateOf(found) !== 'failed') return { discarded: false };
  if (readEndpointMarks(found.tags)?.connectionId !== connection.id) return { discarded: false };
  const registered = await ports.zilliz.privateEndpoints(connection.projectId);
  const prefix = `${name}.`.toLowerCase();
  if (registered.some(({ endpointId }) => endpointId.toLowerCase().startsWith(prefix))) {
    return { discarded: false };
  }
  await ports.network.deletePrivateEndpoint(id);
  return { discarded: true };
}

export interface RegisterInput {
  readonly connection: Connection;
  readonly endpointId: string;
}

/** Guide, step 4. Lists before it creates; after a doubtful answer the step is tried again, and lists again. */
export async function registerEndpoint(
  ports: Ports,
  policy: Policy,
  input: RegisterInput,
): Promise<{ readonly created: boolean }> {
  const { connection, endpointId } = input;
  const registered = await ports.zilliz.privateEndpoints(connection.projectId);
  const decision = decideRegistration(endpointId, registered, policy.statusWords);
  if (decision.action === 'conflict') throw stopped(decision.code, decision.reason);
  if (decision.action !== 'create') return { created: false };
  await ownEndpoint(ports, connection);
  const { projectId, regionId } = connection;
  await ports.zilliz.registerPrivateEndpoint({ projectId, regionId, endpointId });
  return { created: true };
}
