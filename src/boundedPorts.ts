import { withMethods } from './queries/withMethods.ts';
import { fail } from './domain/failure/failure.ts';
import {
  isProjectAllowed,
  isScopeAllowed,
  isSubscriptionAllowed,
  outsideProjects,
  outsideScopes,
} from './domain/connection/bounds.ts';
import type { AllowedScopes } from './domain/connection/bounds.ts';
import { recordSetId, textSetId } from './domain/connection/resourceId.ts';
import type { Dns, Network, Ports, Probe, Readiness, Zilliz } from './ports.ts';

/** The methods of a port that can be reads. A method that returns nothing is a write. */
type Readable<Port> = {
  [Name in keyof Port]: Port[Name] extends (...parameters: never[]) => Promise<void> ? never : Name;
}[keyof Port];

/** The methods of a port that are not listed as reads. A new method compiles only if it is listed or guarded. */
type WritesOf<Port, Reads extends Readable<Port>> = Omit<Port, Reads> & Partial<Port>;

type ZillizReads =
  | 'project'
  | 'projects'
  | 'regions'
  | 'endpointService'
  | 'privateEndpoints'
  | 'clusters'
  | 'cluster'
  | 'onDemandCompute'
  | 'onDemandClusters';
type NetworkReads =
  | 'resourceGroup'
  | 'virtualNetwork'
  | 'virtualNetworksIn'
  | 'subnet'
  | 'blockedPorts'
  | 'privateEndpoint'
  | 'privateEndpointsByTag'
  | 'privateEndpointsIn'
  | 'privateIpAddress'
  | 'isPrivateLinkServiceVisible'
  | 'permissions'
  | 'principalId'
  | 'locks'
  | 'policyFindings'
  | 'subscriptionState'
  | 'networkRegistration'
  | 'subscriptions';
type DnsReads = 'zone' | 'zones' | 'links' | 'link' | 'recordSets' | 'record';

/**
 * Returns the ports with a guard on each write. Nothing is put, patched, tagged or deleted outside `ALLOWED_SCOPES` and
 * `ALLOWED_PROJECTS`, and no request body contains a network or security group outside them. A refusal is a lasting failure:
 * it is not tried again.
 */
export function boundedPorts(ports: Ports, allowed: AllowedScopes): Ports {
  const { zilliz, network, dns } = boundedWrites(ports, allowed);
  return {
    zilliz: guarded<Zilliz, ZillizReads>(ports.zilliz, zilliz),
    network: guarded<Network, NetworkReads>(ports.network, network),
    dns: guarded<Dns, DnsReads>(ports.dns, dns),
    probe: guarded<Probe, keyof Probe>(ports.probe, {}),
    readiness: guarded<Readiness, keyof Readiness>(ports.readiness, {}),
  };
}

/** Returns all writes of the ports, with their guards. */
export function boundedWrites({ zilliz, network, dns }: Ports, allowed: AllowedScopes) {
  const bounds = new Bounds(allowed);
  return {
    zilliz: zillizWrites(zilliz, bounds),
    network: networkWrites(network, bounds),
    dns: dnsWrites(dns, bounds),
  };
}

function guarded<Port extends object, Reads extends Readable<Port>>(
  port: Port,
  writes: WritesOf<Port, Reads>,
): Port {
  return withMethods<Port>(port, writes);
}

function zillizWrites(zilliz: Zilliz, bounds: Bounds): WritesOf<Zilliz, ZillizReads> {
  return {
    addWhitelistEntry: async (entry) => {
      bounds.mayActFor(entry.projectId);
      bounds.mayAuthorize(entry.subscriptionId);
      await zilliz.addWhitelistEntry(entry);
    },
    registerPrivateEndpoint: async (endpoint) => {
      bounds.mayActFor(endpoint.projectId);
      await zilliz.registerPrivateEndpoint(endpoint);
    },
    deletePrivateEndpoint: async (endpoint) => {
      bounds.mayActFor(endpoint.projectId);
      await zilliz.deletePrivateEndpoint(endpoint);
    },
  };
}

function networkWrites(network: Network, bounds: Bounds): WritesOf<Network, NetworkReads> {
  return {
    createPrivateEndpoint: async (endpoint, options) => {
      bounds.mayWrite(endpoint.id, endpoint.subnetId);
      await network.createPrivateEndpoint(endpoint, options);
    },
    repeatPrivateEndpoint: async (id, tags, options) => {
      bounds.mayWrite(id);
      await network.repeatPrivateEndpoint(id, tags, {
        ...options,
        // The IDs in the body are known only after the adapter has read the endpoint.
        mayName: (ids) => {
          bounds.mayWrite(...ids);
        },
      });
    },
    deletePrivateEndpoint: async (id) => {
      bounds.mayWrite(id);
      await network.deletePrivateEndpoint(id);
    },
    mergeTags: async (resourceId, tags) => {
      bounds.mayWrite(resourceId);
      await network.mergeTags(resourceId, tags);
    },
    removeTags: async (resourceId, tags) => {
      bounds.mayWrite(resourceId);
      await network.removeTags(resourceId, tags);
    },
  };
}

function dnsWrites(dns: Dns, bounds: Bounds): WritesOf<Dns, DnsReads> {
  return {
    createZone: async (zone, options) => {
      bounds.mayWrite(zone.id);
      await dns.createZone(zone, options);
    },
    deleteZone: async (id) => {
      bounds.mayWrite(id);
      await dns.deleteZone(id);
    },
    createLink: async (link, options) => {
      bounds.mayWrite(link.id, link.virtualNetworkId);
      await dns.createLink(link, options);
    },
    changeLink: async (link, options) => {
      bounds.mayWrite(link.id, link.virtualNetworkId);
      await dns.changeLink(link, options);
    },
    deleteLink: async (id) => {
      bounds.mayWrite(id);
      await dns.deleteLink(id);
    },
    putRecord: async (record, etag) => {
      bounds.mayWrite(recordSetId(record.zoneId, record.name));
      return dns.putRecord(record, etag);
    },
    deleteRecord: async (zoneId, name, etag) => {
      bounds.mayWrite(recordSetId(zoneId, name));
      await dns.deleteRecord(zoneId, name, etag);
    },
    putText: async (text, etag) => {
      bounds.mayWrite(textSetId(text.zoneId, text.name));
      return dns.putText(text, etag);
    },
    deleteText: async (zoneId, name, etag) => {
      bounds.mayWrite(textSetId(zoneId, name));
      await dns.deleteText(zoneId, name, etag);
    },
  };
}

/** Throws a failure if a write is not allowed. */
class Bounds {
  readonly #allowed: AllowedScopes;

  constructor(allowed: AllowedScopes) {
    this.#allowed = allowed;
  }

  mayWrite(...ids: readonly string[]): void {
    const outside = ids.find((id) => !isScopeAllowed(id, this.#allowed));
    if (outside !== undefined) throw fail('scope-not-allowed', outsideScopes(outside));
  }

  mayAuthorize(subscriptionId: string): void {
    if (isSubscriptionAllowed(subscriptionId, this.#allowed)) return;
    throw fail('scope-not-allowed', outsideScopes(`/subscriptions/${subscriptionId}`));
  }

  mayActFor(projectId: string): void {
    if (isProjectAllowed(projectId, this.#allowed)) return;
    throw fail('project-not-allowed', outsideProjects(projectId));
  }
}
