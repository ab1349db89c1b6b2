import * as z from 'zod';
import {
  clusterIdsSchema,
  linkedNetworksSchema,
  privateEndpointIdSchema,
  projectIdSchema,
  regionIdSchema,
  resourceGroupIdSchema,
  resourceGroupSchema,
  subnetIdSchema,
  text,
  virtualNetworkIdSchema,
  whitelistEntrySchema,
} from './fieldSchemas.ts';
import {
  connectionId,
  defaultPrivateEndpointName,
  networkInterfaceNameFault,
  privateEndpointNameFault,
  tagFaults,
} from './names.ts';
import {
  canonicalId,
  parseResourceGroupId,
  parseSubnetId,
  privateEndpointId,
  resourceGroupId,
  virtualNetworkIdOf,
} from './resourceId.ts';
import type { SubnetRef } from './resourceId.ts';

const tagsSchema = z.record(z.string().max(512), z.string().max(256));

/** The desired DNS of a connection; null means the group or the network of the private endpoint. */
const dnsSpecSchema = z
  .object({
    manage: z.boolean(),
    layout: z.enum(['regional', 'per-cluster']),
    autoRegistration: z.boolean(),
    hiddenNames: z.enum(['warn', 'refuse']),
    zoneResourceGroupId: resourceGroupIdSchema.nullable(),
    linkedNetworks: linkedNetworksSchema.readonly().nullable(),
  })
  .refine(
    ({ layout, autoRegistration }) => layout === 'regional' || !autoRegistration,
    'the zones of the per-cluster layout take no machines',
  );

/**
 * The part of the request that the properties of the private endpoint do not show. It is stored in the endpoint's tags, which
 * any user with access can change. Therefore this schema is as strict as that of a request. Only the space in the tags limits
 * the number of clusters, because clusters are also added one by one.
 */
export const connectionSpecSchema = z.object({
  clusters: z.union([z.literal('all'), clusterIdsSchema.min(1).readonly()]),
  /** Clusters that DELETE removed. They stay excluded. */
  exclusions: clusterIdsSchema.readonly(),
  tags: tagsSchema
    .readonly()
    .refine((tags) => tagFaults(tags, { onDns: false }).length === 0)
    .default({}),
  dns: dnsSpecSchema,
  /** Absent where what already leads to the private endpoint may be adopted. */
  adopt: z.literal('never').exactOptional(),
});

export type ConnectionSpec = Readonly<z.infer<typeof connectionSpecSchema>>;

const endpointSchema = z.strictObject({
  name: text(privateEndpointNameFault, 64)
    .meta({
      description: 'Name of the private endpoint. Default: derived from project, region and subnet.',
    })
    .optional(),
  resourceGroup: resourceGroupSchema
    .meta({
      description:
        'Resource group of the private endpoint: name or resource ID. Default: that of the virtual network, whose subscription it must be in.',
    })
    .optional(),
  staticIpAddress: z
    .ipv4('must be an IPv4 address')
    .meta({
      description: 'Address of the private endpoint, set at its creation. Default: a free one of the subnet.',
    })
    .optional(),
  networkInterfaceName: text(networkInterfaceNameFault, 80)
    .meta({ description: 'Name of its network interface, set at its creation. Default: chosen by Azure.' })
    .optional(),
});

const dnsSchema = z.strictObject({
  manage: z
    .boolean()
    .default(true)
    .meta({ description: 'false: another owner creates zone, link and records; the result lists them.' }),
  layout: z.enum(['regional', 'per-cluster']).default('regional'),
  autoRegistration: z.boolean().optional().meta({
    description:
      'Register the machines of the virtual network in the zone. Default: true with the regional layout, as the guide says.',
  }),
  hiddenNames: z
    .enum(['warn', 'refuse'])
    .default('warn')
    .meta({ description: 'What to do when a regional zone would hide public names.' }),
  zoneResourceGroupId: resourceGroupIdSchema
    .meta({ description: 'Resource group of a central zone.' })
    .optional(),
  linkedNetworks: linkedNetworksSchema.optional(),
});

/** The body of `POST /api/connections`: one definition gives validation, type and OpenAPI schema. */
export const connectionRequestSchema = z
  .strictObject({
    projectId: projectIdSchema.meta({ description: 'ID of the project at Zilliz Cloud.' }),
    regionId: regionIdSchema.meta({ description: 'ID of the region at Zilliz Cloud, e.g. az-eastus.' }),
    subnetId: subnetIdSchema.meta({ description: 'Subnet for the private endpoint.' }),
    privateEndpoint: endpointSchema.optional(),
    tags: tagsSchema
      .meta({
        description:
          'Tags of the private endpoint, the zones and the links. A private DNS zone takes 13 beside those of this app, with names of letters, digits, _ . and -.',
      })
      .optional(),
    clusters: z.union([z.literal('all'), clusterIdsSchema.min(1).max(100)]).default('all'),
    dns: dnsSchema.optional(),
    adopt: z
      .enum(['matching', 'never'])
      .default('matching')
      .meta({ description: 'Whether a private endpoint made by hand that matches is taken over.' }),
    onFailure: z.enum(['keep', 'undo']).meta({ id: 'OnFailure' }).default('keep'),
    deadlineMinutes: z
      .int()
      .min(10)
      .max(10080)
      .default(60)
      .meta({ description: 'How long to wait for the private link, from registration on.' }),
  })
  .meta({ id: 'ConnectionRequest' });

export type ConnectionRequest = z.output<typeof connectionRequestSchema>;

/** A request with all defaults and computed IDs. Workflows and activities use this form. */
export const connectionSchema = z
  .object({
    id: z.string(),
    projectId: projectIdSchema,
    regionId: regionIdSchema,
    subscriptionId: z.string(),
    subnetId: subnetIdSchema,
    virtualNetworkId: virtualNetworkIdSchema,
    privateEndpoint: z.object({
      id: privateEndpointIdSchema,
      name: z.string(),
      resourceGroup: z.string(),
      resourceGroupId: resourceGroupIdSchema,
      // What is set at its creation. Not in its specification, because the endpoint itself shows both.
      staticIpAddress: z.string().exactOptional(),
      networkInterfaceName: z.string().exactOptional(),
    }),
    zoneResourceGroupId: resourceGroupIdSchema,
    linkedNetworks: linkedNetworksSchema.readonly(),
    spec: connectionSpecSchema,
    adopt: z.enum(['matching', 'never']),
    onFailure: z.enum(['keep', 'undo']),
    deadlineMinutes: z.number(),
    /** Whether the request itself asks for auto registration. What is only the default is given up with a warning. */
    requiresAutoRegistration: z.boolean().default(false),
    /** Whether to delete and recreate an endpoint whose connection Zilliz removed. Only reconcile can set it. */
    allowReplace: z.boolean().default(false),
  })
  // Not every input of a run was written by this app: one with the ID of another connection would act in its name.
  .refine(
    ({ id, projectId, regionId, privateEndpoint }) =>
      id === connectionId({ projectId, regionId, privateEndpointId: privateEndpoint.id }),
    'the ID is not that of this project, region and private endpoint',
  )
  // The bounds of a deployment are checked on some of the IDs, and a write may take another of them.
  .refine(hasDerivedIds, 'its IDs are not those of its subnet, private endpoint and specification');

export type Connection = Readonly<z.infer<typeof connectionSchema>>;

interface DerivedIds {
  readonly subscriptionId: string;
  readonly subnetId: string;
  readonly virtualNetworkId: string;
  readonly privateEndpoint: {
    readonly id: string;
    readonly name: string;
    readonly resourceGroup: string;
    readonly resourceGroupId: string;
  };
  readonly zoneResourceGroupId: string;
  readonly linkedNetworks: readonly string[];
  readonly spec: Pick<ConnectionSpec, 'dns'>;
}

/** Whether each ID is the one that `connectionFrom` computes. */
function hasDerivedIds(connection: DerivedIds): boolean {
  const { subscriptionId, subnetId, virtualNetworkId, privateEndpoint, spec } = connection;
  const { name, resourceGroup, resourceGroupId: groupId } = privateEndpoint;
  const networkId = virtualNetworkIdOf(subnetId);
  const networks = spec.dns.linkedNetworks ?? [networkId];
  const pairs: readonly (readonly [string, string])[] = [
    [subscriptionId, parseSubnetId(subnetId)?.subscriptionId ?? ''],
    [virtualNetworkId, networkId],
    [groupId, resourceGroupId(subscriptionId, resourceGroup)],
    [privateEndpoint.id, privateEndpointId(subscriptionId, resourceGroup, name)],
    [connection.zoneResourceGroupId, spec.dns.zoneResourceGroupId ?? groupId],
    [connection.linkedNetworks.join(), networks.join()],
  ];
  return pairs.every(([one, other]) => one.toLowerCase() === other.toLowerCase());
}

/** Adds the defaults and the computed IDs to a request that has passed its schema. */
export function connectionFrom(request: ConnectionRequest): Connection {
  const subnet = parseSubnetId(request.subnetId);
  if (!subnet) throw new Error('The subnet ID has passed the schema.');
  const { subscriptionId } = subnet;
  const { projectId, regionId } = request;
  const subnetId = canonicalId(request.subnetId);
  const privateEndpoint = privateEndpointFrom(request, subnet);
  const dns = dnsSpecFrom(request.dns);
  return {
    id: connectionId({ projectId, regionId, privateEndpointId: privateEndpoint.id }),
    projectId,
    regionId,
    subscriptionId,
    subnetId,
    virtualNetworkId: virtualNetworkIdOf(subnetId),
    privateEndpoint,
    zoneResourceGroupId: dns.zoneResourceGroupId ?? privateEndpoint.resourceGroupId,
    linkedNetworks: dns.linkedNetworks ?? [virtualNetworkIdOf(subnetId)],
    spec: {
      ...{ clusters: request.clusters, exclusions: [], tags: request.tags ?? {}, dns },
      ...(request.adopt === 'never' && { adopt: request.adopt }),
    },
    adopt: request.adopt,
    onFailure: request.onFailure,
    deadlineMinutes: request.deadlineMinutes,
    requiresAutoRegistration: request.dns?.autoRegistration === true,
    allowReplace: false,
  };
}

function privateEndpointFrom(request: ConnectionRequest, subnet: SubnetRef): Connection['privateEndpoint'] {
  const { projectId, regionId } = request;
  const subnetId = canonicalId(request.subnetId);
  const { name = defaultPrivateEndpointName({ projectId, regionId, subnetId }), resourceGroup: group } =
    request.privateEndpoint ?? {};
  const { staticIpAddress, networkInterfaceName } = request.privateEndpoint ?? {};
  const resourceGroup = parseResourceGroupId(group ?? '')?.resourceGroup ?? group ?? subnet.resourceGroup;
  return {
    id: privateEndpointId(subnet.subscriptionId, resourceGroup, name),
    name,
    resourceGroup,
    resourceGroupId: resourceGroupId(subnet.subscriptionId, resourceGroup),
    ...(staticIpAddress !== undefined && { staticIpAddress }),
    ...(networkInterfaceName !== undefined && { networkInterfaceName }),
  };
}

function dnsSpecFrom(requested: ConnectionRequest['dns']): ConnectionSpec['dns'] {
  const dns = dnsSchema.parse(requested ?? {});
  const { zoneResourceGroupId, linkedNetworks } = dns;
  return {
    manage: dns.manage,
    layout: dns.layout,
    autoRegistration: dns.autoRegistration ?? dns.layout === 'regional',
    hiddenNames: dns.hiddenNames,
    zoneResourceGroupId: zoneResourceGroupId === undefined ? null : canonicalId(zoneResourceGroupId),
    linkedNetworks: linkedNetworks?.map(canonicalId) ?? null,
  };
}

/** The input of a connect run. */
export const connectStartSchema = z.object({
  connection: connectionSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
  /** Whether `…/reconcile` started it: the request is then stored, and its sender has none. */
  reconciles: z.boolean().default(false),
  /** The time when all writes of an interrupted run are visible in reads, in milliseconds since the epoch. */
  notBefore: z.number().optional(),
  /** What an earlier run of the connection has noted. */
  whitelist: whitelistEntrySchema.optional(),
});
