import type { Connection } from './connection.ts';
import { sameEndpointId } from './endpointId.ts';
import type { FailureCode } from './failureCatalog.ts';
import { isOurs, readEndpointMarks, recordOwner } from './marks.ts';
import type {
  ARecordSet,
  PrivateDnsZone,
  PrivateEndpoint,
  RegisteredEndpoint,
  VirtualNetworkLink,
} from './model.ts';
import { sameResource } from './resourceId.ts';
import { readStatusWord } from './words.ts';
import type { StatusWords } from './words.ts';

/** What is to be done about one resource. The plan shows it; the ensuring step reads afresh, asks again and does it. */
export type Decision =
  | { readonly action: 'create' | 'adopt' | 'keep' | 'change' | 'wait'; readonly reason: string }
  | { readonly action: 'conflict'; readonly reason: string; readonly code: FailureCode };

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

/** `service` is the alias or resource ID at Zilliz, null while it is not shown. */
export function decideEndpoint(
  connection: Connection,
  service: string | null,
  found: PrivateEndpoint | null,
): Decision {
  if (found === null) return { action: 'create', reason: 'there is no private endpoint of this name' };
  const marks = readEndpointMarks(found.tags);
  if (marks && marks.connectionId !== connection.id) {
    return taken(`the private endpoint belongs to the connection ${marks.connectionId}`);
  }
  if (!sameResource(found.subnetId, connection.subnetId))
    return taken('a private endpoint of this name sits in another subnet');
  if (service !== null && found.target.toLowerCase() !== service.toLowerCase()) {
    return taken(`a private endpoint of this name connects to ${found.target}`);
  }
  if (!marks && connection.adopt === 'never')
    return taken('a private endpoint of this name exists, and adopting is not asked for');
  return decideExisting(found, marks !== null);
}

function decideExisting(found: PrivateEndpoint, ours: boolean): Decision {
  // The connection first: a rejected one is shown with the provisioning state Succeeded or Failed alike.
  if (found.connectionState.status === 'Rejected') {
    return {
      action: 'conflict',
      code: 'connection-rejected',
      reason: `Zilliz rejected it: ${found.connectionState.description}`,
    };
  }
  if (found.connectionState.status === 'Disconnected') {
    return { action: 'conflict', code: 'connection-disconnected', reason: 'Zilliz removed the connection' };
  }
  if (!ours)
    return { action: 'adopt', reason: 'it sits in the subnet and connects to the service of the region' };
  if (found.provisioningState === 'Failed') return { action: 'change', reason: 'its last change failed' };
  if (found.provisioningState === 'Deleting') return { action: 'wait', reason: 'it is being deleted' };
  if (found.provisioningState !== 'Succeeded') return { action: 'wait', reason: 'Azure works on it' };
  return { action: 'keep', reason: 'it is there' };
}

function taken(reason: string): Decision {
  return { action: 'conflict', code: 'endpoint-name-taken', reason };
}

export function decideRegistration(
  endpointId: string,
  registered: readonly RegisteredEndpoint[],
  words: StatusWords,
): Decision {
  const own = registered.find((candidate) => sameEndpointId(candidate.endpointId, endpointId));
  if (own && readStatusWord(own.status, words) === 'failed') {
    return {
      action: 'conflict',
      code: 'registration-failed',
      reason: `Zilliz says ${own.status} of ${endpointId}`,
    };
  }
  if (own) return { action: 'keep', reason: `registered, Zilliz says ${own.status}` };
  if (registered.length >= ENDPOINTS_PER_PROJECT) {
    return {
      action: 'conflict',
      code: 'endpoint-quota',
      reason: `the project has ${registered.length} private endpoints`,
    };
  }
  return { action: 'create', reason: 'the endpoint is not registered' };
}

export function decideZone(found: PrivateDnsZone | null): Decision {
  if (found === null) return { action: 'create', reason: 'there is no such zone' };
  return isOurs(found.tags)
    ? { action: 'keep', reason: 'it is there' }
    : { action: 'keep', reason: 'it is there, made by somebody else: used, never deleted' };
}

/** `links` are all links of the zone: it can be linked to a network once, under whatever name. */
export function decideLink(virtualNetworkId: string, links: readonly VirtualNetworkLink[]): Decision {
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { action: 'create', reason: 'the zone is not linked to the network' };
  if (!found.completed) return { action: 'wait', reason: 'the link is not Completed yet' };
  return isOurs(found.tags)
    ? { action: 'keep', reason: 'it is there' }
    : { action: 'keep', reason: 'somebody else linked it: used, never deleted' };
}

export interface WantedRecord {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly address: string;
  /** As Zilliz registers the private endpoint; compared only where it is known. */
  readonly endpointId?: string | null;
}

export const RECORD_TTL_SECONDS = 600;

export function decideRecord(wanted: WantedRecord, found: ARecordSet | null): Decision {
  if (found === null) return { action: 'create', reason: 'there is no such record' };
  const matches = found.addresses.length === 1 && found.addresses[0] === wanted.address;
  const owner = recordOwner(found.metadata);
  if (owner && owner.connectionId !== wanted.connectionId) {
    return {
      action: 'conflict',
      code: 'record-owned-by-other',
      reason: `it belongs to the connection ${owner.connectionId}`,
    };
  }
  if (owner) {
    if (!matches || found.ttlSeconds !== RECORD_TTL_SECONDS) {
      const said = `${found.addresses.join(', ')} with a TTL of ${found.ttlSeconds} s`;
      return { action: 'change', reason: `it says ${said}` };
    }
    const names = owner.endpointId;
    return !wanted.endpointId || (names !== null && sameEndpointId(names, wanted.endpointId))
      ? { action: 'keep', reason: 'it is there' }
      : { action: 'change', reason: `it was made for the endpoint ID ${names ?? 'that nobody noted'}` };
  }
  if (found.autoRegistered || !matches) {
    return {
      action: 'conflict',
      code: 'record-conflict',
      reason: `it says ${found.addresses.join(', ')} and is not ours`,
    };
  }
  return { action: 'adopt', reason: 'somebody made it, and it is right' };
}
