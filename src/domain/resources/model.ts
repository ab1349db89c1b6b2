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
  /** Custom DNS servers; empty means Azure's own resolver, which asks linked private zones. */
  readonly dnsServers: readonly string[];
}

export interface Subnet {
  readonly id: string;
  readonly addressPrefixes: readonly string[];
  /** Service names the subnet is delegated to, e.g. `Microsoft.App/environments`. */
  readonly delegations: readonly string[];
  readonly networkSecurityGroupId: string | null;
  readonly routeTableId: string | null;
  /** Whether security rules and routes act on private endpoints in it (`privateEndpointNetworkPolicies`). */
  readonly networkPolicies: { readonly securityGroup: boolean; readonly routeTable: boolean };
  /** Addresses that are still free; null when Azure does not say. Read apart from the subnet, with a right of its own. */
  readonly freeAddresses: Outcome<number | null>;
}

/** Azure's words, plus `Other` with the text for anything not known. */
export interface ConnectionState {
  readonly status: 'Pending' | 'Approved' | 'Rejected' | 'Disconnected' | 'Other';
  /** The word as Azure wrote it. */
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
  /** Null when the answer lacked it: it is on the wire but in no published model (azure-rest-api-specs 16693). */
  readonly resourceGuid: string | null;
  readonly networkInterfaceId: string | null;
  /** Alias or resource ID the first connection points to. */
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
  /** `numberOfVirtualNetworkLinksWithRegistration`: only such zones need their links read to find a registration. */
  readonly registrationLinkCount: number;
}

export interface VirtualNetworkLink {
  readonly id: string;
  readonly name: string;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  readonly tags: Tags;
  readonly registrationEnabled: boolean;
  /** `virtualNetworkLinkState`, which lags behind the provisioning state. */
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

/** What one identity may do at one scope, as ARM's permissions API answers: wildcards allowed. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

// ---- Zilliz ----------------------------------------------------------------------------------------------------------

export interface Project {
  readonly projectId: string;
  readonly name: string;
  /** `Standard`, `Enterprise`, `BusinessCritical`, or a word we do not know. */
  readonly plan: string;
}

export interface ZillizRegion {
  readonly regionId: string;
  readonly cloudId: string;
}

/** Zilliz's private link service of one region, as the project sees it. */
export interface EndpointService {
  readonly regionId: string;
  /** Alias or resource ID; null while Zilliz does not show it. */
  readonly service: string | null;
  readonly whitelistRequired: boolean;
}

export interface RegisteredEndpoint {
  readonly endpointId: string;
  readonly regionId: string;
  /** Zilliz's word, unpublished as an enumeration. */
  readonly status: string;
}

export interface Cluster {
  readonly clusterId: string;
  readonly name: string;
  readonly projectId: string;
  readonly regionId: string;
  readonly plan: string;
  /** `Dedicated`, `Serverless`, `Free`, or a word we do not know; null where the answer lacks it. */
  readonly deploymentOption: string | null;
  readonly status: string;
  /** Full URL with port, public. */
  readonly connectAddress: string;
  /** Full URL with port; null while none is allocated. */
  readonly privateLinkAddress: string | null;
}

export interface OnDemandCluster {
  readonly clusterId: string;
  readonly name: string;
  readonly status: string;
  /** The shared endpoint of the project, `https://proj-….<regionId>.api.zillizcloud.com`. */
  readonly endpoint: string;
  readonly privateLink: string | null;
}
