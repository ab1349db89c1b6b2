import type { Outcome } from '../failure/failure.ts';
import type {
  ARecordSet,
  Cluster,
  EndpointService,
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
import type { Neighbours } from '../resources/neighbour.ts';
import type { ReadPermissions } from './permissions.ts';

/** A private DNS zone that matters to a connection, with everything in it that does. */
export interface ObservedZone {
  readonly zone: PrivateDnsZone;
  readonly links: readonly VirtualNetworkLink[];
  readonly records: readonly ARecordSet[];
}

/** One reading of the whole chain, both control planes. What could not be read says why, so that all faults show together. */
export interface Observation {
  readonly project: Outcome<Project | null>;
  readonly regions: Outcome<readonly ZillizRegion[]>;
  readonly endpointService: Outcome<EndpointService | null>;
  /** Whether Azure shows the service to the subscription; null where that cannot be asked. */
  readonly serviceVisible: Outcome<boolean | null>;
  readonly registrations: Outcome<readonly RegisteredEndpoint[]>;
  readonly clusters: Outcome<readonly Cluster[]>;
  /** Clusters that the request names, and that are there, but not among those of the project and region. */
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
  /** Zones of the wanted names in the subscriptions concerned. */
  readonly zones: Outcome<readonly ObservedZone[]>;
  /** The zone each linked network is auto-registered with, where it is. */
  readonly registrationZones: Outcome<
    readonly { readonly virtualNetworkId: string; readonly zoneId: string }[]
  >;
  /** Ports of the service that rules on the subnet plainly block. */
  readonly blockedPorts: Outcome<readonly number[]>;
}

/** What a plan needs beside the chain itself. */
export interface ObservedRest {
  /** Zones in which another layout of the connection kept its records, with the number of their record sets of any kind. */
  readonly formerZones: readonly (ObservedZone & { readonly recordSets: number })[];
  /** Other connections; read only when something is to go that they may need. */
  readonly neighbours: Neighbours;
  /** The private endpoints of the subscription; read only when a registration may be of one that is gone. */
  readonly census: EndpointCensus | null;
  /** The identity's rights, by scope. */
  readonly permissions: ReadPermissions['permissions'];
}
