import * as z from 'zod';
import type { Tags } from './model.ts';
import {
  clusterIdFault,
  privateEndpointNameFault,
  projectIdFault,
  regionIdFault,
  resourceGroupNameFault,
  tagFault,
} from './names.ts';
import type { NameFault } from './names.ts';
import { connectionId, defaultPrivateEndpointName } from './naming.ts';
import {
  parseResourceGroupId,
  parseSubnetId,
  parseVirtualNetworkId,
  privateEndpointId,
  resourceGroupId,
  virtualNetworkIdOf,
} from './resourceId.ts';
import { connectionSpecSchema } from './spec.ts';

const LONGEST_ID = 1024;

function text(fault: (value: string) => NameFault, longest: number, description: string): z.ZodString {
  return z
    .string()
    .max(longest)
    .superRefine((value, context) => {
      const message = fault(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .meta({ description });
}

function id(parse: (value: string) => unknown, example: string, description: string): z.ZodString {
  return text(
    (value) => (parse(value) === null ? `must be a resource ID like ${example}` : null),
    LONGEST_ID,
    description,
  );
}

function unique(values: readonly string[]): boolean {
  return new Set(values.map((value) => value.toLowerCase())).size === values.length;
}

const groupExample = '/subscriptions/<GUID>/resourceGroups/<name>';
const networkExample = `${groupExample}/providers/Microsoft.Network/virtualNetworks/<name>`;

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
  name: text(
    privateEndpointNameFault,
    64,
    'Name of the private endpoint. Default: derived from project, region and subnet.',
  ).optional(),
  resourceGroup: text(
    resourceGroupNameFault,
    90,
    'Resource group of the private endpoint. Default: that of the virtual network.',
  ).optional(),
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
  zoneResourceGroupId: id(parseResourceGroupId, groupExample, 'Resource group of a central zone.').optional(),
  linkedNetworks: z
    .array(id(parseVirtualNetworkId, networkExample, 'A virtual network to link.'))
    .min(1)
    .max(50)
    .refine(unique, 'must not name a network twice')
    .optional(),
});

/** The body of `POST /api/connections`: one definition gives validation, type and OpenAPI schema. */
export const connectionRequestSchema = z.strictObject({
  projectId: text(projectIdFault, 64, 'ID of the project at Zilliz Cloud.'),
  regionId: text(regionIdFault, 40, 'ID of the region at Zilliz Cloud, e.g. az-eastus.'),
  subnetId: id(parseSubnetId, `${networkExample}/subnets/<name>`, 'Subnet for the private endpoint.'),
  privateEndpoint: endpointSchema.optional(),
  clusters: z
    .union([
      z.literal('all'),
      z
        .array(text(clusterIdFault, 45, 'ID of a Dedicated cluster.'))
        .min(1)
        .max(100)
        .refine(unique, 'must not name a cluster twice'),
    ])
    .default('all'),
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
  projectId: z.string(),
  regionId: z.string(),
  subscriptionId: z.string(),
  subnetId: z.string(),
  virtualNetworkId: z.string(),
  privateEndpoint: z.object({
    id: z.string(),
    name: z.string(),
    resourceGroup: z.string(),
    resourceGroupId: z.string(),
    tags: z.record(z.string(), z.string()).readonly(),
  }),
  zoneResourceGroupId: z.string(),
  linkedNetworks: z.array(z.string()).readonly(),
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
  const subnetId = request.subnetId.replace(/\/$/, '');
  const name = request.privateEndpoint?.name ?? defaultPrivateEndpointName({ projectId, regionId, subnetId });
  const resourceGroup = request.privateEndpoint?.resourceGroup ?? subnet.resourceGroup;
  const endpointId = privateEndpointId(subscriptionId, resourceGroup, name);
  const groupId = resourceGroupId(subscriptionId, resourceGroup);
  const tags: Tags = request.privateEndpoint?.tags ?? {};
  const dns = dnsSchema.parse(request.dns ?? {});
  const { zoneResourceGroupId = null, linkedNetworks = null } = dns;
  const autoRegistration = dns.autoRegistration ?? dns.layout === 'regional';
  return {
    id: connectionId({ projectId, regionId, privateEndpointId: endpointId }),
    projectId,
    regionId,
    subscriptionId,
    subnetId,
    virtualNetworkId: virtualNetworkIdOf(subnetId),
    privateEndpoint: { id: endpointId, name, resourceGroup, resourceGroupId: groupId, tags },
    zoneResourceGroupId: zoneResourceGroupId ?? groupId,
    linkedNetworks: linkedNetworks ?? [virtualNetworkIdOf(subnetId)],
    spec: {
      clusters: request.clusters,
      exclusions: [],
      dns: {
        manage: dns.manage,
        layout: dns.layout,
        autoRegistration,
        hiddenNames: dns.hiddenNames,
        zoneResourceGroupId,
        linkedNetworks,
      },
    },
    adopt: request.adopt,
    onFailure: request.onFailure,
    deadlineMinutes: request.deadlineMinutes,
    allowReplace: false,
  };
}
