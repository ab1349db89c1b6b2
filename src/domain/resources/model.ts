import type { Outcome } from '../failure/failure.ts';

// ---- Azure -----------------------------------------------------------------------------------------------------------

export type Tags = Readonly<Record<string, string>>;

export interface ResourceGroup {
  readonly id: string;
  readonly location: string;
}

export interface VirtualNetwork {
  readonly id: string;
  readonly location: string;
  /** Custom DNS servers; empty means Azure's own resolver, which uses linked private zones. */
  readonly dnsServers: readonly string[];
  readonly subnets: readonly { readonly name: string; readonly delegated: boolean }[];
}

/** A virtual network in a list, with what a caller must know of its subnets to choose one. */
export interface ListedNetwork {
  readonly id: string;
  readonly location: string;
  readonly subnets: readonly Pick<Subnet, 'id' | 'addressPrefixes' | 'delegations'>[];
}

export interface Subnet {
  readonly id: string;
  readonly addressPrefixes: readonly string[];
  /** Service names the subnet is delegated to, e.g. `Microsoft.App/environments`. */
  readonly delegations: readonly string[];
  readonly networkSecurityGroupId: string | null;
  readonly routeTableId: string | null;
  /** Whether security rules and routes apply to its private endpoints (`privateEndpointNetworkPolicies`). */
  readonly networkPolicies: { readonly securityGroup: boolean; readonly routeTable: boolean };
  /** Number of free addresses; null if Azure does not show it. A separate read, with its own permission. */
  readonly freeAddresses: Outcome<number | null>;
  /** Names of the subnets of its network with a free address, as far as Azure shows them. */
  readonly withRoom: readonly string[];
}

/** Azure's statuses; `Other` for an unknown one, with its text. */
export interface ConnectionState {
  readonly status: 'Pending' | 'Approved' | 'Rejected' | 'Disconnected' | 'Other';
  /** The status exactly as in Azure's response. */
  readonly text: string;
  readonly description: string;
}

export type ProvisioningState = 'Succeeded' | 'Updating' | 'Deleting' | 'Failed' | 'Other';

export interface PrivateEndpoint {
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
  readonly subnetId: string;
  readonly provisioningState: ProvisioningState;
  /** Null if the response lacks it: responses contain it, but no published model does (azure-rest-api-specs 16693). */
  readonly resourceGuid: string | null;
  readonly networkInterfaceId: string | null;
  /** The address that its creation asked for; absent where Azure chose one. */
  readonly staticIpAddress?: string;
  /** The name of its address configuration. */
  readonly staticIpName?: string;
  /** The same of the name of its network interface. */
  readonly networkInterfaceName?: string;
  /** Alias or resource ID of the service that the first connection points to. */
  readonly target: string;
  readonly connectionName: string;
  readonly manual: boolean;
  readonly connectionState: ConnectionState;
}

export interface PrivateDnsZone {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly provisioningState: ProvisioningState;
  /** `numberOfVirtualNetworkLinksWithRegistration`: the links of other zones need no read to find a registration. */
  readonly registrationLinkCount: number;
  /** What Azure says of its contents; absent if the response lacks it. */
  readonly contents?: ZoneContents;
}

export interface ZoneContents {
  /** Other than before when the zone has changed. */
  readonly etag: string;
  /** Record sets of all types, with the SOA and auto-registered ones. */
  readonly recordSets: number;
  readonly links: number;
}

export interface VirtualNetworkLink {
  readonly id: string;
  readonly name: string;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  readonly tags: Tags;
  readonly registrationEnabled: boolean;
  /** From `virtualNetworkLinkState`, which is later than the provisioning state. */
  readonly completed: boolean;
}

export interface ARecordSet {
  readonly zoneId: string;
  /** Relative to the zone; `@` for the apex. */
  readonly name: string;
  readonly ttlSeconds: number;
  readonly addresses: readonly string[];
  readonly metadata: Tags;
  readonly autoRegistered: boolean;
  /** For If-Match. */
  readonly etag: string;
}

export interface TxtRecordSet {
  readonly name: string;
  /** The text of each record, its parts joined. */
  readonly values: readonly string[];
  readonly metadata: Tags;
  readonly etag: string;
}

/** All record sets of a zone except the SOA. */
export interface RecordSets {
  readonly records: readonly ARecordSet[];
  readonly texts: readonly TxtRecordSet[];
  readonly others: readonly OtherSet[];
}

/** A record set of another type than A. */
export interface OtherSet {
  readonly type: string;
  /** Relative to the zone; `@` for the apex. */
  readonly name: string;
}

/** One permission of an identity at a scope, as ARM's permissions API returns it: wildcards allowed. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

/** A lock at a subscription, a resource group or a resource. What lies below inherits it. */
export interface Lock {
  readonly name: string;
  /** Resource ID of what is locked. */
  readonly scope: string;
  readonly level: 'ReadOnly' | 'CanNotDelete';
}

/** A resource that is to be created, as far as it is known, for the question whether a policy denies it. */
export interface PolicyQuestion {
  /** Resource ID of its group. */
  readonly scope: string;
  /** What it is, in words. */
  readonly resource: string;
  readonly type: string;
  readonly name: string;
  readonly location?: string;
  readonly tags?: Tags;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Resource ID of its parent. */
  readonly parent?: string;
}

/** A policy that denies the resource, or changes it as it is written. */
export interface PolicyFinding {
  readonly effect: 'deny' | 'modify';
  readonly assignmentId: string;
  /** What the policy looks at besides the type, e.g. `tags['CostCenter']`. */
  readonly fields: readonly string[];
}

// ---- Zilliz ----------------------------------------------------------------------------------------------------------

export interface Project {
  readonly projectId: string;
  readonly name: string;
  /** `Standard`, `Enterprise`, `BusinessCritical`, or an unknown one. */
  readonly plan: string;
  readonly regionIds: readonly string[];
}

export interface ZillizRegion {
  readonly regionId: string;
  readonly cloudId: string;
}

/** Zilliz's private link service of one region, as shown to the project. */
export interface EndpointService {
  readonly regionId: string;
  /** Alias or resource ID; null while Zilliz does not show it. */
  readonly service: string | null;
  readonly whitelistRequired: boolean;
}

export interface RegisteredEndpoint {
  readonly endpointId: string;
  readonly regionId: string;
  /** Zilliz's status. Zilliz does not publish the possible values. */
  readonly status: string;
}

export interface Cluster {
  readonly clusterId: string;
  readonly name: string;
  readonly projectId: string;
  readonly regionId: string;
  readonly plan: string;
  /** `Dedicated`, `Serverless`, `Free`, or an unknown one; null if the response lacks it. */
  readonly deploymentOption: string | null;
  readonly status: string;
  /** Full URL with port, public. */
  readonly connectAddress: string;
  /** Full URL with port; null until Zilliz allocates it. */
  readonly privateLinkAddress: string | null;
  /** ISO 8601; null if the response lacks it. */
  readonly createdAt: string | null;
}

export interface OnDemandCluster {
  readonly clusterId: string;
  readonly name: string;
  readonly status: string;
  /** The shared endpoint of the project, `https://proj-….<regionId>.api.zillizcloud.com`. */
  readonly endpoint: string;
  readonly privateLink: string | null;
}
