import * as z from 'zod';
import {
  clusterIdsSchema,
  linkedNetworksSchema,
  privateEndpointIdSchema,
  projectIdSchema,
  regionIdSchema,
  resourceGroupIdSchema,
  subnetIdSchema,
  text,
  virtualNetworkIdSchema,
} from './fieldSchemas.ts';
import {
  connectionId,
  defaultPrivateEndpointName,
  privateEndpointNameFault,
  resourceGroupNameFault,
  tagFault,
} from './names.ts';
import {
  canonicalId,
  parseSubnetId,
  privateEndpointId,
  resourceGroupId,
  virtualNetworkIdOf,
} from './resourceId.ts';
import type { SubnetRef } from './resourceId.ts';

/** How the DNS of a connection shall be; null stands for "the endpoint's own". */
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
 * What the private endpoint itself cannot say of the request. It is kept in the endpoint's tags, where anyone may change it:
 * what passes this is as good as what has passed the schema of a request. Clusters are added one by one, too, so their
 * number is bounded by the room in the tags alone.
 */
export const connectionSpecSchema = z.object({
  clusters: z.union([z.literal('all'), clusterIdsSchema.min(1).readonly()]),
  /** Clusters taken out by DELETE: they stay out. */
  exclusions: clusterIdsSchema.readonly(),
  dns: dnsSpecSchema,
});

export type ConnectionSpec = Readonly<z.infer<typeof connectionSpecSchema>>;

const tagsSchema = z
  .record(z.string().max(512), z.string().max(256))
  .superRefine((tags, context) => {
    for (const [name, value] of Object.entries(tags)) {
      const message = tagFault(name, value);
      if (message !== null) context.addIssue({ code: 'custom', message, path: [name] });
    }
  })
  .meta({ description: 'Static tags of the private endpoint.' });

const endpointSchema = z.strictObject({
  name: text(privateEndpointNameFault, 64)
    .meta({
      description: 'Name of the private endpoint. Default: derived from project, region and subnet.',
    })
    .optional(),
  resourceGroup: text(resourceGroupNameFault, 90)
    .meta({ description: 'Resource group of the private endpoint. Default: that of the virtual network.' })
    .optional(),
  tags: tagsSchema.optional(),
});

const dnsSchema = z.strictObject({
  manage: z
    .boolean()
    .default(true)
    .meta({ description: 'false: somebody else creates zone, link and records; the result lists them.' }),
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
export const connectionRequestSchema = z.strictObject({
  projectId: projectIdSchema.meta({ description: 'ID of the project at Zilliz Cloud.' }),
  regionId: regionIdSchema.meta({ description: 'ID of the region at Zilliz Cloud, e.g. az-eastus.' }),
  subnetId: subnetIdSchema.meta({ description: 'Subnet for the private endpoint.' }),
  privateEndpoint: endpointSchema.optional(),
  clusters: z.union([z.literal('all'), clusterIdsSchema.min(1).max(100)]).default('all'),
  dns: dnsSchema.optional(),
  adopt: z
    .enum(['matching', 'never'])
    .default('matching')
    .meta({ description: 'Whether a private endpoint made by hand that matches is taken over.' }),
  onFailure: z.enum(['keep', 'undo']).default('keep'),
  deadlineMinutes: z
    .int()
    .min(10)
    .max(10080)
    .default(60)
    .meta({ description: 'How long to wait for the private link, from registration on.' }),
});

export type ConnectionRequest = z.output<typeof connectionRequestSchema>;

/** A request with its defaults filled in and its IDs computed: what workflows and activities work on. */
export const connectionSchema = z.object({
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
    tags: z.record(z.string(), z.string()).readonly(),
  }),
  zoneResourceGroupId: resourceGroupIdSchema,
  linkedNetworks: linkedNetworksSchema.readonly(),
  spec: connectionSpecSchema,
  adopt: z.enum(['matching', 'never']),
  onFailure: z.enum(['keep', 'undo']),
  deadlineMinutes: z.number(),
  /** Whether an endpoint whose connection Zilliz removed is deleted and made anew; only reconcile can be asked so. */
  allowReplace: z.boolean().default(false),
});

export type Connection = Readonly<z.infer<typeof connectionSchema>>;

/** Fills in what the request leaves to us. The request has passed its schema. */
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
    spec: { clusters: request.clusters, exclusions: [], dns },
    adopt: request.adopt,
    onFailure: request.onFailure,
    deadlineMinutes: request.deadlineMinutes,
    allowReplace: false,
  };
}

function privateEndpointFrom(request: ConnectionRequest, subnet: SubnetRef): Connection['privateEndpoint'] {
  const { projectId, regionId } = request;
  const subnetId = canonicalId(request.subnetId);
  const {
    name = defaultPrivateEndpointName({ projectId, regionId, subnetId }),
    resourceGroup = subnet.resourceGroup,
    tags = {},
  } = request.privateEndpoint ?? {};
  return {
    id: privateEndpointId(subnet.subscriptionId, resourceGroup, name),
    name,
    resourceGroup,
    resourceGroupId: resourceGroupId(subnet.subscriptionId, resourceGroup),
    tags,
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

/** What a connect run is started with. */
export const connectStartSchema = z.object({
  connection: connectionSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
  /** When all that an interrupted run has written is to be seen, in milliseconds since the epoch. */
  notBefore: z.number().optional(),
});
