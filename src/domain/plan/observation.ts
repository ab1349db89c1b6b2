import type { Failure, Outcome } from '../failure/failure.ts';
import type {
  ARecordSet,
  Cluster,
  EndpointService,
  OtherSet,
  PrivateDnsZone,
  PrivateEndpoint,
  Project,
  RegisteredEndpoint,
  ResourceGroup,
  Subnet,
  VirtualNetwork,
  VirtualNetworkLink,
  ZillizRegion,
} from '../resources/model.ts';
import type { EndpointCensus } from '../resources/registration.ts';
import type { OwnerCheck, ZoneOwner } from '../resources/zoneOwner.ts';
import type { ReadPermissions } from './permissions.ts';

/** A private DNS zone that a connection may use, with all that is in it. */
export interface ObservedZone {
  readonly zone: PrivateDnsZone;
  readonly links: readonly VirtualNetworkLink[];
  readonly records: readonly ARecordSet[];
  readonly owners: readonly ZoneOwner[];
  /** Record sets that are neither A records nor entries of owners, nor Azure's own. */
  readonly otherSets: readonly OtherSet[];
}

/** A zone of a wanted name that could not be read. */
export interface UnreadZone {
  readonly id: string;
  readonly name: string;
  readonly failure: Failure;
}

/** The zones of wanted names: each is read alone. */
export interface ZonesRead {
  readonly zones: readonly ObservedZone[];
  readonly unread: readonly UnreadZone[];
}

/** One reading of the whole chain, in Azure and at Zilliz. A failed read keeps its failure, so that a plan lists all faults. */
export interface Observation {
  readonly project: Outcome<Project | null>;
  /** Those that the key sees; read only if it does not see the one of the request. */
  readonly otherProjects: readonly Project[];
  readonly regions: Outcome<readonly ZillizRegion[]>;
  readonly endpointService: Outcome<EndpointService | null>;
  /** Whether Azure shows the service to the subscription; null if there is no way to check. */
  readonly serviceVisible: Outcome<boolean | null>;
  readonly registrations: Outcome<readonly RegisteredEndpoint[]>;
  readonly clusters: Outcome<readonly Cluster[]>;
  /** Clusters that the request names and that exist, but in another project or region. */
  readonly clustersElsewhere: readonly Cluster[];
  readonly resourceGroup: Outcome<ResourceGroup | null>;
  readonly zoneResourceGroup: Outcome<ResourceGroup | null>;
  readonly virtualNetwork: Outcome<VirtualNetwork | null>;
  readonly linkedNetworks: readonly {
    readonly id: string;
    readonly network: Outcome<VirtualNetwork | null>;
  }[];
  readonly subnet: Outcome<Subnet | null>;
  readonly endpoint: Outcome<PrivateEndpoint | null>;
  /** The private address of the endpoint; null while there is none. */
  readonly endpointAddress: string | null;
  /** Zones of the wanted names in the subscriptions concerned. Not ok: no zone could be looked for. */
  readonly zones: Outcome<readonly ObservedZone[]>;
  readonly unreadZones: readonly UnreadZone[];
  /** For each linked network with auto registration, the zone where it registers its machines. */
  readonly registrationZones: Outcome<
    readonly { readonly virtualNetworkId: string; readonly zoneId: string }[]
  >;
  /** Ports of the service that rules on the subnet clearly block. */
  readonly blockedPorts: Outcome<readonly number[]>;
}

/** What a plan needs in addition to the chain. */
export interface ObservedRest {
  /** Zones that the connection used in another layout. */
  readonly formerZones: readonly ObservedZone[];
  /** Zones in the connection's group that it may have used in another layout, and that could not be read. */
  readonly unreadFormerZones: readonly UnreadZone[];
  /** Read only if the plan may remove something that another owner needs. */
  readonly ownerCheck: OwnerCheck;
  /** The private endpoints of the subscription; read only if a registration may belong to a deleted one. */
  readonly census: EndpointCensus | null;
  /** The identity's permissions, by scope. */
  readonly permissions: ReadPermissions['permissions'];
  /** Object ID of the identity; null where its token does not show it. */
  readonly principalId: string | null;
}
