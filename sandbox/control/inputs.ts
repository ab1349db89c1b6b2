import { z } from 'zod';

// Inputs that several actions share with the seed of a world.

const text = z.string().min(1);
const tags = z.record(z.string(), z.string());

/** Instants are ISO 8601 on the wire and milliseconds inside. */
export const instant = z.iso.datetime({ offset: true }).transform((value) => Date.parse(value));
export const clusterId = z.strictObject({ clusterId: text });
/** Of a private endpoint: `<name>.<resourceGuid>`, as Zilliz writes it. */
export const endpointId = z.strictObject({ endpointId: text });
export const resource = z.strictObject({ id: text });
export const secretName = z.strictObject({ name: text });
export const nothing = z.union([z.undefined(), z.strictObject({})]);

export const newProject = z.strictObject({
  projectId: text.exactOptional(),
  name: text,
  plan: text.exactOptional(),
  regionIds: z.array(text).exactOptional(),
  organisation: text.exactOptional(),
});

export const newKey = z.strictObject({
  key: text.exactOptional(),
  scope: z
    .union([
      z.literal('organisation'),
      z.strictObject({ projectIds: z.array(text) }),
      z.strictObject({ clusterIds: z.array(text) }),
    ])
    .exactOptional(),
  role: z.enum(['admin', 'viewer']).exactOptional(),
  organisation: text.exactOptional(),
});

export const newRegion = z.strictObject({
  regionId: text,
  cloudId: text.exactOptional(),
  endpointService: text.exactOptional(),
  alias: text.exactOptional(),
  whitelistRequired: z.boolean().exactOptional(),
  aliasListedBeforeWhitelist: z.boolean().exactOptional(),
});

export const newCluster = z.strictObject({
  clusterId: text.exactOptional(),
  name: text.exactOptional(),
  projectId: text,
  regionId: text,
  plan: text.exactOptional(),
  deploymentOption: z.enum(['Dedicated', 'Free', 'Serverless']).exactOptional(),
  status: text.exactOptional(),
});

export const newOnDemandCluster = z.strictObject({
  clusterId: text.exactOptional(),
  name: text.exactOptional(),
  projectId: text,
  regionId: text,
  status: text.exactOptional(),
  privateLink: z.string().exactOptional(),
});

export const newSecret = z.strictObject({
  name: text,
  value: z.string(),
  enabled: z.boolean().exactOptional(),
  expires: instant.exactOptional(),
  notBefore: instant.exactOptional(),
});

export const newSubscription = z.strictObject({
  subscriptionId: text,
  displayName: text.exactOptional(),
  tenantId: text.exactOptional(),
});

export const newResourceGroup = z.strictObject({
  id: text,
  location: text.exactOptional(),
  tags: tags.exactOptional(),
});

const subnetChange = {
  delegations: z.array(text).exactOptional(),
  networkSecurityGroupId: text.exactOptional(),
  routeTableId: text.exactOptional(),
  addressesTakenByOthers: z.number().int().nonnegative().exactOptional(),
};

export const changedSubnet = z.strictObject({ subnetId: text, ...subnetChange });

export const newVirtualNetwork = z.strictObject({
  id: text,
  location: text.exactOptional(),
  addressPrefixes: z.array(text).exactOptional(),
  subnets: z.array(z.strictObject({ name: text, addressPrefix: text, ...subnetChange })).min(1),
  dnsServers: z.array(text).exactOptional(),
  peerings: z.array(text).exactOptional(),
  tags: tags.exactOptional(),
});

export const newPrivateLinkService = z.strictObject({
  alias: text,
  resourceId: text.exactOptional(),
  location: text.exactOptional(),
  requiresVisibility: z.boolean().exactOptional(),
});

export const newZone = z.strictObject({ id: text, tags: tags.exactOptional() });

export const newLink = z.strictObject({
  id: text,
  virtualNetworkId: text,
  registrationEnabled: z.boolean().exactOptional(),
  resolutionPolicy: z.enum(['Default', 'NxDomainRedirect']).exactOptional(),
  tags: tags.exactOptional(),
});

export const newRecord = z.strictObject({
  zoneId: text,
  name: text,
  addresses: z.array(z.ipv4()).min(1),
  ttl: z.number().int().positive().exactOptional(),
  metadata: tags.exactOptional(),
});

export const changedTags = z.strictObject({ id: text, tags });
