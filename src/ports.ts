import type { Failure } from './domain/failure/failure.ts';
import type {
  ARecordSet,
  Cluster,
  EndpointService,
  OnDemandCluster,
  Permission,
  PrivateDnsZone,
  PrivateEndpoint,
  Project,
  RegisteredEndpoint,
  ResourceGroup,
  Subnet,
  Tags,
  VirtualNetwork,
  VirtualNetworkLink,
  ZillizRegion,
} from './domain/resources/model.ts';

/**
 * What the activities need from outside, in our words. Every method has a time limit and throws `ProvisioningError` with a
 * classified failure; a thing that is not there is `null` from a read and success from a delete. Resource IDs are full ARM
 * IDs; those that we write are sent as given, those that come back are as Azure wrote them.
 */
export interface Ports {
  readonly zilliz: Zilliz;
  readonly network: Network;
  readonly dns: Dns;
  readonly probe: Probe;
  readonly readiness: Readiness;
}

/** Zilliz Cloud's control plane. The API key is found by project and never leaves the adapter. Lists hold all pages. */
export interface Zilliz {
  project(projectId: string): Promise<Project | null>;
  /** Azure regions only. */
  regions(projectId: string): Promise<readonly ZillizRegion[]>;
  endpointService(where: ProjectRegion): Promise<EndpointService | null>;
  /** Cannot be read back and cannot be undone. */
  addWhitelistEntry(entry: ProjectRegion & { readonly subscriptionId: string }): Promise<void>;
  privateEndpoints(projectId: string): Promise<readonly RegisteredEndpoint[]>;
  registerPrivateEndpoint(endpoint: ProjectRegion & { readonly endpointId: string }): Promise<void>;
  deletePrivateEndpoint(endpoint: ProjectRegion & { readonly endpointId: string }): Promise<void>;
  /** Clusters of every kind of this project and region. */
  clusters(where: ProjectRegion): Promise<readonly Cluster[]>;
  /** `gone` only on Zilliz's own word: status DELETED, or code 96018. */
  cluster(projectId: string, clusterId: string): Promise<Cluster | 'gone'>;
  onDemandClusters(where: ProjectRegion): Promise<readonly OnDemandCluster[]>;
}

export interface ProjectRegion {
  readonly projectId: string;
  readonly regionId: string;
}

/** `failures`: of endpoints that were found and could not be read. */
export interface EndpointsByTag {
  readonly endpoints: readonly PrivateEndpoint[];
  readonly failures: readonly Failure[];
}

/** Azure's network and resource management. Writes are submitted, not awaited, unless `follow` says otherwise. */
export interface Network {
  resourceGroup(id: string): Promise<ResourceGroup | null>;
  virtualNetwork(id: string): Promise<VirtualNetwork | null>;
  subnet(id: string): Promise<Subnet | null>;
  /** Whether inbound or outbound rules of the group, or a route, plainly block TCP to a port. */
  blockedPorts(subnet: Subnet, ports: readonly number[]): Promise<readonly number[]>;
  privateEndpoint(id: string): Promise<PrivateEndpoint | null>;
  /** Private endpoints of a subscription whose tag has this value; null: that have the tag at all. */
  privateEndpointsByTag(subscriptionId: string, tag: string, value: string | null): Promise<EndpointsByTag>;
  /** The private endpoints of a resource group or subscription that the identity may read. */
  privateEndpointsIn(scope: string): Promise<readonly PrivateEndpoint[]>;
  createPrivateEndpoint(endpoint: NewPrivateEndpoint, options: { readonly follow: boolean }): Promise<void>;
  /**
   * Puts one that is there once more, as it is but for these tags: a PUT takes away what it does not name. `mayName` gets
   * the IDs of subnet and security groups in the body before it is sent, and throws to refuse it.
   */
  repeatPrivateEndpoint(
    id: string,
    tags: Tags,
    options: { readonly follow: boolean; readonly mayName?: (ids: readonly string[]) => void },
  ): Promise<void>;
  deletePrivateEndpoint(id: string): Promise<void>;
  /** The primary IPv4 address of a network interface; null while it has none. */
  privateIpAddress(networkInterfaceId: string): Promise<string | null>;
  isPrivateLinkServiceVisible(where: {
    readonly subscriptionId: string;
    readonly location: string;
    readonly alias: string;
  }): Promise<boolean>;
  /** Adds or replaces these tags and leaves all others. */
  mergeTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, tags: Tags): Promise<void>;
  permissions(scope: string): Promise<readonly Permission[]>;
  /** Subscriptions the identity can read. */
  subscriptions(): Promise<readonly string[]>;
}

export interface NewPrivateEndpoint {
  readonly id: string;
  readonly location: string;
  readonly subnetId: string;
  /** Alias or resource ID of the private link service. */
  readonly target: string;
  readonly connectionName: string;
  /** At most 140 characters; shown to the approver. */
  readonly requestMessage: string;
  readonly tags: Tags;
}

/** Azure Private DNS. Zone and link writes are submitted, not awaited, unless `follow` says otherwise. */
export interface Dns {
  zone(id: string): Promise<PrivateDnsZone | null>;
  /** Zones of one subscription. */
  zones(subscriptionId: string): Promise<readonly PrivateDnsZone[]>;
  /** Creates with If-None-Match: a zone that is there already is a `precondition-failed` conflict, never overwritten. */
  createZone(
    zone: { readonly id: string; readonly tags: Tags },
    options: { readonly follow: boolean },
  ): Promise<void>;
  deleteZone(id: string): Promise<void>;
  links(zoneId: string): Promise<readonly VirtualNetworkLink[]>;
  link(id: string): Promise<VirtualNetworkLink | null>;
  /** Creates with If-None-Match. */
  createLink(link: NewLink, options: { readonly follow: boolean }): Promise<void>;
  /** Switches auto registration of a link that is there (PATCH); all else of it stays. */
  changeLink(
    id: string,
    change: { readonly registrationEnabled: boolean },
    options: { readonly follow: boolean },
  ): Promise<void>;
  deleteLink(id: string): Promise<void>;
  /** All A record sets of a zone. */
  records(zoneId: string): Promise<readonly ARecordSet[]>;
  record(zoneId: string, name: string): Promise<ARecordSet | null>;
  /** `etag` null creates with If-None-Match, otherwise replaces with If-Match. */
  putRecord(record: NewRecord, etag: string | null): Promise<ARecordSet>;
  deleteRecord(zoneId: string, name: string, etag: string): Promise<void>;
  /** Record sets of any type other than SOA and auto-registered ones, counted to decide whether a zone is nobody's. */
  recordSetCount(zoneId: string): Promise<number>;
}

export interface NewLink {
  readonly id: string;
  readonly virtualNetworkId: string;
  readonly registrationEnabled: boolean;
  readonly tags: Tags;
}

interface NewRecord {
  readonly zoneId: string;
  readonly name: string;
  readonly ttlSeconds: number;
  readonly address: string;
  readonly metadata: Tags;
}

/** Looks at names and ports from where the app runs. Never throws for what it is asked to find out. */
export interface Probe {
  /** Whether the app has a view into a virtual network at all (VNet integration, or resolvers named in the settings). */
  readonly insideNetwork: boolean;
  resolve(host: string): Promise<{ readonly addresses: readonly string[] } | { readonly error: string }>;
  /** TCP, TLS with the host as server name, and one HTTPS GET, to this address. `status` is the HTTP status that came. */
  connect(target: {
    readonly host: string;
    readonly address: string;
    readonly port: number;
  }): Promise<ProbeResult>;
}

export type ProbeResult =
  | { readonly outcome: 'answered'; readonly status: number }
  /** TCP answered, but the certificate is not for the host. */
  | { readonly outcome: 'wrong-name'; readonly detail: string }
  | { readonly outcome: 'unreachable'; readonly detail: string };

/** What `GET /api/health/ready` asks: each answer is null when fine, otherwise the reason. Never a secret. */
export interface Readiness {
  check(): Promise<
    readonly {
      readonly name: 'key-vault' | 'zilliz' | 'azure-resource-manager';
      readonly fault: string | null;
    }[]
  >;
}

/** Who calls, by an Entra access token. */
export interface Caller {
  readonly objectId: string;
  /** App roles, e.g. `Connections.Read`. */
  readonly roles: readonly string[];
}

export interface Tokens {
  /** Null for a token that is not valid here, for whatever reason. */
  callerOf(token: string): Promise<Caller | null>;
}
