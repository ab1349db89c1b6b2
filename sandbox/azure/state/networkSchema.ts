import { z } from 'zod';

const tags = z.record(z.string(), z.string());

const subnetSchema = z.object({
  name: z.string(),
  addressPrefix: z.string(),
  /** Services such as `Microsoft.Web/serverFarms`; a private endpoint needs none. */
  delegations: z.array(z.string()),
  networkSecurityGroupId: z.string().optional(),
  routeTableId: z.string().optional(),
  privateEndpointNetworkPolicies: z.enum([
    'Enabled',
    'Disabled',
    'NetworkSecurityGroupEnabled',
    'RouteTableEnabled',
  ]),
  privateLinkServiceNetworkPolicies: z.enum(['Enabled', 'Disabled']).default('Enabled'),
  /** Addresses taken by things the simulator does not model, counted from the top of the prefix. */
  addressesTakenByOthers: z.number().int().nonnegative(),
});

const virtualNetworkSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  tags,
  etag: z.string(),
  resourceGuid: z.string(),
  addressPrefixes: z.array(z.string()),
  /** Custom DNS servers; empty means Azure's own resolver. */
  dnsServers: z.array(z.string()),
  /** Whether a write has named DHCP options: they are shown from then on, also without a server (recorded). */
  namesDhcpOptions: z.boolean().default(false),
  /** Resource IDs of the virtual networks it is peered with. */
  peerings: z.array(z.string()),
  /** Until then it is `Updating`, and a resource that needs it has to wait. */
  updatingUntil: z.number().optional(),
  subnets: z.array(subnetSchema),
});

/** A network security group or a route table: its content comes from the seed. */
const rulesSchema = z.object({
  id: z.string(),
  name: z.string(),
  type: z.enum(['Microsoft.Network/networkSecurityGroups', 'Microsoft.Network/routeTables']),
  location: z.string(),
  tags,
  etag: z.string(),
  properties: z.record(z.string(), z.json()),
});

const privateLinkServiceSchema = z.object({
  alias: z.string(),
  resourceId: z.string(),
  location: z.string(),
  /** Whether only the subscriptions in `visibleTo` may connect. */
  requiresVisibility: z.boolean(),
  visibleTo: z.array(z.string()),
});

const privateEndpointSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  tags,
  etag: z.string(),
  /** Never changes while the endpoint lives; not the GUID in the network interface's name. */
  resourceGuid: z.string(),
  provisioningState: z.enum(['Updating', 'Succeeded', 'Deleting', 'Failed']),
  subnetId: z.string(),
  connection: z.object({
    name: z.string(),
    manual: z.boolean(),
    /** Alias or resource ID, as the caller wrote it. */
    privateLinkServiceId: z.string(),
    groupIds: z.array(z.string()),
    requestMessage: z.string().optional(),
    status: z.enum(['Pending', 'Approved', 'Rejected', 'Disconnected']),
    description: z.string(),
    actionsRequired: z.string(),
    /** Whether the request reached the private link service, which lists it as `<name>.<resourceGuid>`. */
    known: z.boolean(),
  }),
  customNetworkInterfaceName: z.string(),
  networkInterfaceId: z.string(),
  networkInterfaceGuid: z.string(),
  address: z.string(),
  applicationSecurityGroups: z.array(z.object({ id: z.string() })),
  ipConfigurations: z.array(z.object({ name: z.string(), properties: z.record(z.string(), z.string()) })),
  /** What a test breaks: the GUID missing from responses, the interface without its address. */
  broken: z.object({ resourceGuid: z.boolean(), address: z.boolean() }),
});

export const networkSchema = z.object({
  virtualNetworks: z.record(z.string(), virtualNetworkSchema),
  rules: z.record(z.string(), rulesSchema),
  privateLinkServices: z.record(z.string(), privateLinkServiceSchema),
  privateEndpoints: z.record(z.string(), privateEndpointSchema),
  /** Names of deleted private endpoints, and until when Azure refuses them with `PrivateEndpointAlreadyExists`. */
  reservedNames: z.record(z.string(), z.number()),
  /** As some national clouds still do: no private endpoint in a subnet whose network policies are on. */
  refusesPolicyBoundSubnets: z.boolean(),
});

export type Subnet = z.infer<typeof subnetSchema>;
export type VirtualNetwork = z.infer<typeof virtualNetworkSchema>;
export type NetworkRules = z.infer<typeof rulesSchema>;
export type PrivateLinkService = z.infer<typeof privateLinkServiceSchema>;
export type PrivateEndpoint = z.infer<typeof privateEndpointSchema>;
