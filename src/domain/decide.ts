import type { Connection } from './connection.ts';
import { sameEndpointId } from './endpointId.ts';
import { missingTags, obsoleteTags, wantedTags } from './endpointMarks.ts';
import { hasFailed, updateFailed } from './endpointState.ts';
import type { FailureCode } from './failureCatalog.ts';
import { isOurs, readEndpointMarks, recordOwner } from './marks.ts';
import type {
  ARecordSet,
  EndpointService,
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

/** A change of marks alone is merged through the tags API: an approved connection is never put a second time. */
export type EndpointDecision =
  | Decision
  | { readonly action: 'change'; readonly reason: string; readonly marksOnly: true }
  | { readonly action: 'delete'; readonly reason: string };

/** Zilliz's limit of private endpoints per project. */
const ENDPOINTS_PER_PROJECT = 10;

/**
 * Whether the subscription must be put on Zilliz's whitelist, which cannot be read back. `visible`: whether Azure shows the
 * service to the subscription; null where that cannot be asked, and then an endpoint that reached the service tells.
 */
export function decideAuthorization(
  listed: EndpointService | null,
  visible: boolean | null,
  endpoint: PrivateEndpoint | null,
): Decision {
  if ((listed?.service ?? null) === null) {
    return { action: 'create', reason: 'Zilliz shows its service only to subscriptions that it knows' };
  }
  if (listed?.whitelistRequired === false)
    return { action: 'keep', reason: 'Zilliz asks for no authorization' };
  if (visible === true) {
    return { action: 'keep', reason: 'Azure shows the service to the subscription already' };
  }
  if (visible === null && endpoint && !hasFailed(endpoint)) {
    return { action: 'keep', reason: 'a private endpoint of the subscription has reached the service' };
  }
  return { action: 'create', reason: 'Azure does not show the service to the subscription' };
}

/**
 * `service` is the alias or resource ID at Zilliz, null while it is not shown; `whitelistedAt` when this run put the
 * subscription on the whitelist, null when it did not.
 */
export function decideEndpoint(
  connection: Connection,
  service: string | null,
  found: PrivateEndpoint | null,
  whitelistedAt: string | null = null,
): EndpointDecision {
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
  if (!marks && service === null)
    return taken(
      `a private endpoint of this name connects to ${found.target}, and Zilliz shows no service yet`,
    );
  if (!marks && connection.adopt === 'never')
    return taken('a private endpoint of this name exists, and adopting is not asked for');
  return decideExisting(connection, found, marks !== null, whitelistedAt);
}

function decideExisting(
  connection: Connection,
  found: PrivateEndpoint,
  ours: boolean,
  whitelistedAt: string | null,
): EndpointDecision {
  if (found.provisioningState === 'Deleting') return { action: 'wait', reason: 'it is being deleted' };
  // The connection first: a rejected one is shown with the provisioning state Succeeded or Failed alike.
  if (found.connectionState.status === 'Rejected') {
    return {
      action: 'conflict',
      code: 'connection-rejected',
      reason: `Zilliz rejected it: ${found.connectionState.description}`,
    };
  }
  if (found.connectionState.status === 'Disconnected') {
    if (ours && connection.allowReplace) {
      return { action: 'delete', reason: 'Zilliz removed the connection, and Azure cannot revive it' };
    }
    return { action: 'conflict', code: 'connection-disconnected', reason: 'Zilliz removed the connection' };
  }
  if (!ours)
    return { action: 'adopt', reason: 'it sits in the subnet and connects to the service of the region' };
  if (hasFailed(found)) return { action: 'change', reason: 'its last change failed' };
  if (found.provisioningState !== 'Succeeded' && !updateFailed(found))
    return { action: 'wait', reason: 'Azure works on it' };
  const wanted = wantedTags(connection, whitelistedAt);
  const differing = { ...missingTags(wanted, found.tags), ...obsoleteTags(wanted, found.tags) };
  const names = Object.keys(differing);
  if (names.length === 0) return { action: 'keep', reason: 'it is there' };
  return { action: 'change', reason: `its tags differ: ${names.join(', ')}`, marksOnly: true };
}

function taken(reason: string): Decision {
  return { action: 'conflict', code: 'endpoint-name-taken', reason };
}

export function decideRegistration(
  endpointId: string,
  registered: readonly RegisteredEndpoint[],
  words: StatusWords,
  /** Endpoint IDs of ours that this run removes first. */
  leaving: readonly string[] = [],
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

/** `mayAdopt`: whether a zone made by hand is part of the set-up that is taken over (adoption.ts). */
export function decideZone(found: PrivateDnsZone | null, mayAdopt = false): Decision {
  if (found === null) return { action: 'create', reason: 'there is no such zone' };
  if (isOurs(found.tags)) return { action: 'keep', reason: 'it is there' };
  return mayAdopt
    ? { action: 'adopt', reason: 'somebody made it for this connection: taken over' }
    : { action: 'keep', reason: 'it is there, made by somebody else: used, never deleted' };
}

export interface LinkWish {
  /** Whether it shall register machines; null: as it is. */
  readonly registration: boolean | null;
  /** Whether a link made by hand is taken over, as its zone is. */
  readonly mayAdopt: boolean;
}

/** `links` are all links of the zone: it can be linked to a network once, under whatever name. */
export function decideLink(
  virtualNetworkId: string,
  links: readonly VirtualNetworkLink[],
  { registration, mayAdopt }: LinkWish = { registration: null, mayAdopt: false },
): Decision {
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { action: 'create', reason: 'the zone is not linked to the network' };
  if (!found.completed) return { action: 'wait', reason: 'the link is not Completed yet' };
  const switched = registration !== null && found.registrationEnabled !== registration;
  const reason = switched ? `auto registration shall be ${registration ? 'on' : 'off'}` : 'it is there';
  if (isOurs(found.tags)) return { action: switched ? 'change' : 'keep', reason };
  return mayAdopt
    ? {
        action: 'adopt',
        reason: `somebody linked it by hand: taken over with its zone${switched ? `; ${reason}` : ''}`,
      }
    : { action: 'keep', reason: 'somebody else linked it: used, never deleted' };
}

export interface WantedRecord {
  readonly connectionId: string;
  readonly clusterId: string;
  readonly address: string;
  /** As Zilliz registers the private endpoint; compared only where it is known. */
  readonly endpointId?: string | null;
  /** Resource ID; compared only where it is given. */
  readonly privateEndpointId?: string;
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
    if (wanted.endpointId && (names === null || !sameEndpointId(names, wanted.endpointId))) {
      return { action: 'change', reason: `it was made for the endpoint ID ${names ?? 'that nobody noted'}` };
    }
    const { privateEndpointId } = wanted;
    if (privateEndpointId !== undefined && !sameResource(owner.privateEndpointId ?? '', privateEndpointId)) {
      return { action: 'change', reason: 'it does not say which private endpoint it was made for' };
    }
    return { action: 'keep', reason: 'it is there' };
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
