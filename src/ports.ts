import type { Failure } from './domain/failure/failure.ts';
import type {
  ARecordSet,
  Cluster,
  EndpointService,
  ListedNetwork,
  Lock,
  OnDemandCluster,
  Permission,
  PolicyFinding,
  PolicyQuestion,
  PrivateDnsZone,
  PrivateEndpoint,
  Project,
  RegisteredEndpoint,
  RecordSets,
  TxtRecordSet,
  ResourceGroup,
  Subnet,
  Tags,
  VirtualNetwork,
  VirtualNetworkLink,
  ZillizRegion,
} from './domain/resources/model.ts';

/**
 * The external systems that the activities use, in terms of the domain. Each method has a time limit and throws
 * `ProvisioningError` with a classified failure. If a resource does not exist, a read returns `null` and a delete succeeds.
 * Resource IDs are full ARM IDs. Writes send them unchanged, and reads return them as Azure does.
 */
export interface Ports {
  readonly zilliz: Zilliz;
  readonly network: Network;
  readonly dns: Dns;
  readonly probe: Probe;
  readonly readiness: Readiness;
}

/** Zilliz Cloud's control plane. The adapter finds the API key by project and never returns it. Lists contain all pages. */
export interface Zilliz {
  project(projectId: string): Promise<Project | null>;
  /** The projects that the key for this project sees. */
  projects(projectId: string): Promise<readonly Project[]>;
  /** Azure regions only. */
  regions(projectId: string): Promise<readonly ZillizRegion[]>;
  endpointService(where: ProjectRegion): Promise<EndpointService | null>;
  /** Cannot be read or undone. */
  addWhitelistEntry(entry: ProjectRegion & { readonly subscriptionId: string }): Promise<void>;
  privateEndpoints(projectId: string): Promise<readonly RegisteredEndpoint[]>;
  registerPrivateEndpoint(endpoint: ProjectRegion & { readonly endpointId: string }): Promise<void>;
  deletePrivateEndpoint(endpoint: ProjectRegion & { readonly endpointId: string }): Promise<void>;
  /** Clusters of all types of this project and region. */
  clusters(where: ProjectRegion): Promise<readonly Cluster[]>;
  /** `gone` only if Zilliz returns the status DELETED or code 96018. */
  cluster(projectId: string, clusterId: string): Promise<Cluster | 'gone'>;
  /** Zilliz's word for on-demand compute of the project in the region. */
  onDemandCompute(where: ProjectRegion): Promise<string>;
  onDemandClusters(where: ProjectRegion): Promise<readonly OnDemandCluster[]>;
}

export interface ProjectRegion {
  readonly projectId: string;
  readonly regionId: string;
}

/** `failures` holds those of endpoints that were found and could not be read. */
export interface EndpointsByTag {
  readonly endpoints: readonly PrivateEndpoint[];
  readonly failures: readonly Failure[];
}

/** Azure's network and resource management. Writes do not wait for their end, unless `follow` is true. */
export interface Network {
  resourceGroup(id: string): Promise<ResourceGroup | null>;
  virtualNetwork(id: string): Promise<VirtualNetwork | null>;
  subnet(id: string): Promise<Subnet | null>;
  /** The virtual networks of a subscription that the identity may read. */
  virtualNetworksIn(subscriptionId: string): Promise<readonly ListedNetwork[]>;
  /** Returns the ports to which rules of the security group or a route clearly block TCP. */
  blockedPorts(subnet: Subnet, ports: readonly number[]): Promise<readonly number[]>;
  privateEndpoint(id: string): Promise<PrivateEndpoint | null>;
  /** Private endpoints of a subscription whose tag has this value; null: any value. */
  privateEndpointsByTag(subscriptionId: string, tag: string, value: string | null): Promise<EndpointsByTag>;
  /** The private endpoints of a resource group or subscription that the identity may read. */
  privateEndpointsIn(scope: string): Promise<readonly PrivateEndpoint[]>;
  createPrivateEndpoint(endpoint: NewPrivateEndpoint, options: { readonly follow: boolean }): Promise<void>;
  /**
   * Sends an existing endpoint again, unchanged except for these tags: a PUT removes properties that it does not contain.
   * `mayName` gets the IDs of the subnet and security groups in the body before it is sent, and throws to refuse it.
   */
  repeatPrivateEndpoint(
    id: string,
    tags: Tags,
    options: { readonly follow: boolean; readonly mayName?: (ids: readonly string[]) => void },
  ): Promise<void>;
  deletePrivateEndpoint(id: string): Promise<void>;
  /** The primary IPv4 address of a network interface; null if it has none yet. */
  privateIpAddress(networkInterfaceId: string): Promise<string | null>;
  /** Asked of a resource group, since not every identity has a role on the subscription. */
  isPrivateLinkServiceVisible(where: {
    readonly subscriptionId: string;
    readonly resourceGroup: string;
    readonly location: string;
    readonly alias: string;
  }): Promise<boolean>;
  /** Adds or replaces these tags and keeps all others. */
  mergeTags(resourceId: string, tags: Tags): Promise<void>;
  removeTags(resourceId: string, tags: Tags): Promise<void>;
  permissions(scope: string): Promise<readonly Permission[]>;
  /** Object ID of the app's identity; null where it cannot be found out. Costs no call of Azure. */
  principalId(): Promise<string | null>;
  /** The locks that act at a scope: its own, those that it inherits, and those of resources in it. */
  locks(scope: string): Promise<readonly Lock[]>;
  /** The policies that would deny a resource or change it. Those of management groups are not found. */
  policyFindings(question: PolicyQuestion): Promise<readonly PolicyFinding[]>;
  /** `Enabled`, `Disabled`, `Warned`, `PastDue`, or an unknown state of a subscription. */
  subscriptionState(subscriptionId: string): Promise<string>;
  /** `Registered`, `NotRegistered`, or an unknown state of the resource provider Microsoft.Network in a subscription. */
  networkRegistration(subscriptionId: string): Promise<string>;
  /** The subscriptions that the identity can read. */
  subscriptions(): Promise<readonly string[]>;
}

export interface NewPrivateEndpoint {
  readonly id: string;
  readonly location: string;
  readonly subnetId: string;
  /** Alias or resource ID of the private link service. */
  readonly target: string;
  readonly connectionName: string;
  readonly staticIpAddress?: string;
  readonly networkInterfaceName?: string;
  /** At most 140 characters; shown to the approver. */
  readonly requestMessage: string;
  readonly tags: Tags;
}

/** Azure Private DNS. Writes of zones and links do not wait for their end, unless `follow` is true. */
export interface Dns {
  zone(id: string): Promise<PrivateDnsZone | null>;
  /** Zones of one subscription. */
  zones(subscriptionId: string): Promise<readonly PrivateDnsZone[]>;
  /** Creates with If-None-Match. An existing zone is never overwritten: that is a `precondition-failed` conflict. */
  createZone(
    zone: { readonly id: string; readonly tags: Tags },
    options: { readonly follow: boolean },
  ): Promise<void>;
  deleteZone(id: string): Promise<void>;
  links(zoneId: string): Promise<readonly VirtualNetworkLink[]>;
  link(id: string): Promise<VirtualNetworkLink | null>;
  /** Creates with If-None-Match. */
  createLink(link: NewLink, options: { readonly follow: boolean }): Promise<void>;
  /** Switches auto registration of an existing link (PATCH), so that the zone takes the machines of its network. */
  changeLink(link: Omit<NewLink, 'tags'>, options: { readonly follow: boolean }): Promise<void>;
  deleteLink(id: string): Promise<void>;
  /** All record sets of a zone, in one list. */
  recordSets(zoneId: string): Promise<RecordSets>;
  /** One A record set. */
  record(zoneId: string, name: string): Promise<ARecordSet | null>;
  /** With `etag` null it creates with If-None-Match, otherwise it replaces with If-Match. */
  putRecord(record: NewSet & { readonly address: string }, etag: string | null): Promise<ARecordSet>;
  deleteRecord(zoneId: string, name: string, etag: string): Promise<void>;
  /** As `putRecord`, for a TXT record set with one text. */
  putText(text: NewSet & { readonly value: string }, etag: string | null): Promise<TxtRecordSet>;
  deleteText(zoneId: string, name: string, etag: string): Promise<void>;
}

export interface NewLink {
  readonly id: string;
  readonly virtualNetworkId: string;
  readonly registrationEnabled: boolean;
  readonly tags: Tags;
}

export interface NewSet {
  readonly zoneId: string;
  readonly name: string;
  readonly ttlSeconds: number;
  readonly metadata: Tags;
}

/** Checks names and ports from the network of the app. Returns a failed check as its result, and never throws it. */
export interface Probe {
  /** Whether the app can reach a virtual network (by VNet integration, or by resolvers from the settings). */
  readonly insideNetwork: boolean;
  resolve(host: string): Promise<Resolved>;
  /** Connects to this address: TCP, TLS with the host as server name, and one HTTPS GET. `status` is the HTTP status. */
  connect(target: {
    readonly host: string;
    readonly address: string;
    readonly port: number;
  }): Promise<ProbeResult>;
}

/** Only the resolver's own answer says that a name does not exist: no answer says nothing. */
export type Resolved =
  | { readonly outcome: 'resolved'; readonly addresses: readonly string[] }
  | { readonly outcome: 'no-such-name' | 'no-answer'; readonly detail: string };

export type ProbeResult =
  | { readonly outcome: 'answered'; readonly status: number }
  /** TCP connects, but the certificate is not for the host. */
  | { readonly outcome: 'wrong-name'; readonly detail: string }
  | { readonly outcome: 'unreachable'; readonly detail: string };

/** The checks of `GET /api/health/ready`. `fault` is null if a check passes, otherwise the reason. Never holds a secret. */
export interface Readiness {
  check(): Promise<
    readonly {
      readonly name: 'key-vault' | 'zilliz' | 'azure-resource-manager';
      readonly fault: string | null;
    }[]
  >;
}

/** The caller of a route, from an Entra access token. */
export interface Caller {
  readonly objectId: string;
  /** App roles, e.g. `Connections.Read`. */
  readonly roles: readonly string[];
}

export interface Tokens {
  /** Returns null for a token that is not valid for this app. */
  callerOf(token: string): Promise<Caller | null>;
}
