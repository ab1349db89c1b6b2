import type { Connection } from '../connection/connection.ts';
import { hasFailed, updateFailed } from '../connection/endpointHealth.ts';
import { mergedTags, missingTags, obsoleteTags, wantedTags } from '../connection/endpointTags.ts';
import { adoptedMarks, readEndpointMarks, tagBudgetFault } from '../connection/marks.ts';
import { endpointId, isOwnId } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import { foreignRecords } from './aRecord.ts';
import type { ARecordSet, PrivateEndpoint, Tags } from './model.ts';
import type { RemovalFacts } from './proof.ts';
import { leadsTo, proofForRemoval } from './proof.ts';
import type { Removal, Verdict } from './verdict.ts';
import { keep, keepUnasked, names, removeOwn, taken } from './verdict.ts';

/**
 * `service`: alias or resource ID at Zilliz, null until Zilliz shows it. `whitelistedAt`: when this run put the subscription on
 * the whitelist, null if it did not. `address`: the endpoint's, where it is known.
 */
export function decideEndpoint(
  connection: Connection,
  service: string | null,
  found: PrivateEndpoint | null,
  whitelistedAt: string | null = null,
  address: string | null = null,
): Verdict {
  const { id, privateEndpoint } = connection;
  if (!isOwnId(connection, privateEndpoint.id))
    return taken(`${id} is not the connection ID of ${privateEndpoint.id}`);
  if (found === null) {
    return { action: 'create', reason: `there is no private endpoint of this name${withWanted(connection)}` };
  }
  const marks = readEndpointMarks(found.tags);
  if (marks && marks.connectionId !== id) {
    return taken(`the private endpoint belongs to the connection ${marks.connectionId}`);
  }
  const misfit =
    misfitOf(connection, service, found, marks !== null) ?? formMisfitOf(connection, found, address);
  return misfit === null ? decideExisting(connection, found, marks !== null, whitelistedAt) : taken(misfit);
}

/** Returns why the connection cannot use an endpoint of its name; null if it can. */
function misfitOf(
  connection: Connection,
  service: string | null,
  found: PrivateEndpoint,
  ours: boolean,
): string | null {
  if (!sameResource(found.subnetId, connection.subnetId))
    return 'a private endpoint of this name sits in another subnet';
  const target = `a private endpoint of this name connects to ${found.target}`;
  if (service !== null && !leadsTo(found, service)) return target;
  if (ours) return null;
  if (service === null) return `${target}, and Zilliz shows no service yet`;
  return connection.adopt === 'never'
    ? 'a private endpoint of this name exists, and the request does not allow its adoption'
    : null;
}

/** Returns what of the endpoint is not as requested and cannot be changed; null if nothing is. */
function formMisfitOf(
  { privateEndpoint: wanted }: Connection,
  found: PrivateEndpoint,
  address: string | null,
): string | null {
  const interfaceName = /[^/]+$/.exec(found.networkInterfaceId ?? '')?.[0] ?? found.networkInterfaceName;
  const differing = [
    differs('address', wanted.staticIpAddress, found.staticIpAddress ?? address),
    differs('network interface', wanted.networkInterfaceName, interfaceName ?? null),
  ].filter((difference) => difference !== null);
  if (differing.length === 0) return null;
  return `${differing.join('; ')}. Azure sets this at creation only: leave it out of the request, or DELETE the connection first`;
}

/** What Azure does not show, as of an endpoint that it is still creating, is no difference. */
function differs(what: string, wanted: string | undefined, now: string | null): string | null {
  if (wanted === undefined || now === null || wanted.toLowerCase() === now.toLowerCase()) return null;
  return `its ${what} is ${now}, and ${wanted} is requested`;
}

function withWanted({ privateEndpoint: { staticIpAddress, networkInterfaceName } }: Connection): string {
  return [
    ...(staticIpAddress === undefined ? [] : [`with the address ${staticIpAddress}`]),
    ...(networkInterfaceName === undefined ? [] : [`with the network interface ${networkInterfaceName}`]),
  ]
    .map((part) => `, ${part}`)
    .join('');
}

function decideExisting(
  connection: Connection,
  found: PrivateEndpoint,
  ours: boolean,
  whitelistedAt: string | null,
): Verdict {
  if (found.provisioningState === 'Deleting') return { action: 'wait', reason: 'it is being deleted' };
  // The connection is checked first: the provisioning state of a rejected one is either Succeeded or Failed.
  if (found.connectionState.status === 'Rejected') {
    return {
      action: 'conflict',
      code: 'connection-rejected',
      reason: `Zilliz rejected it: ${found.connectionState.description}${shownId(found)}`,
    };
  }
  if (found.connectionState.status === 'Disconnected') {
    if (ours && connection.allowReplace) {
      return { action: 'delete', reason: 'Zilliz removed the connection, and Azure cannot revive it' };
    }
    return { action: 'conflict', code: 'connection-disconnected', reason: 'Zilliz removed the connection' };
  }
  const wanted = wantedTags(connection, whitelistedAt);
  if (!ours) {
    const reason = 'it sits in the subnet and connects to the service of the region';
    return withinBudget({ ...wanted, ...adoptedMarks(0, '') }, found, { action: 'adopt', reason });
  }
  if (hasFailed(found)) return { action: 'update', reason: 'its last change failed' };
  if (found.provisioningState !== 'Succeeded' && !updateFailed(found))
    return { action: 'wait', reason: 'Azure works on it' };
  const differing = { ...missingTags(wanted, found.tags), ...obsoleteTags(wanted, found.tags) };
  const names = Object.keys(differing);
  if (names.length === 0) return { action: 'keep', reason: 'it is there' };
  return withinBudget(wanted, found, { action: 'tag', reason: `its tags differ: ${names.join(', ')}` });
}

/** Returns the verdict, unless Azure would refuse the tags beside those that others have put on the endpoint. */
function withinBudget(wanted: Tags, found: PrivateEndpoint, verdict: Verdict): Verdict {
  const tooMany = tagBudgetFault(mergedTags(wanted, found.tags));
  return tooMany === null ? verdict : { action: 'conflict', code: 'spec-too-large', reason: tooMany };
}

/** `pointing`: the records in any zone of the region that contain the endpoint's address. */
export function decideEndpointRemoval(
  endpoint: PrivateEndpoint,
  connectionId: string,
  pointing: readonly ARecordSet[],
  facts: RemovalFacts,
): Removal {
  const marks = readEndpointMarks(endpoint.tags);
  if (!marks) return keep('it does not carry our mark');
  if (marks.connectionId !== connectionId) return keep(`it belongs to the connection ${marks.connectionId}`);
  const proof = proofForRemoval(connectionId, endpoint, facts);
  if (!proof.ok) {
    const isUnasked = !facts.zilliz.ok && proof.failure === facts.zilliz.failure;
    return isUnasked ? keepUnasked(proof.failure) : keep(proof.failure.message);
  }
  const removal = removeOwn(endpoint.tags, 'it is ours');
  const foreign = foreignRecords(pointing);
  if (removal.action === 'delete' && foreign.length > 0) {
    return keep(`records of another owner point to its address: ${names(foreign)}`);
  }
  return removal;
}

/** The ID by which the support of Zilliz finds it. */
function shownId({ name, resourceGuid }: PrivateEndpoint): string {
  const id = resourceGuid === null ? null : endpointId(name, resourceGuid);
  return id === null ? '' : ` (endpoint ID ${id})`;
}
