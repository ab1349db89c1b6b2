import { z } from 'zod';
import type { SnapshotResource } from './snapshot.ts';

/** A rule about the resources of a type, as a policy's condition or a scanner's check has it. */
interface Control {
  readonly id: string;
  readonly title: string;
  readonly type: string;
  readonly violated: (resource: SnapshotResource, all: readonly SnapshotResource[]) => boolean;
}

const site = 'Microsoft.Web/sites';
const plan = 'Microsoft.Web/serverfarms';
const topic = 'Microsoft.EventGrid/topics';
const vault = 'Microsoft.KeyVault/vaults';
const secret = 'Microsoft.KeyVault/vaults/secrets';
const storage = 'Microsoft.Storage/storageAccounts';
const subnet = 'Microsoft.Network/virtualNetworks/subnets';
const workspace = 'Microsoft.OperationalInsights/workspaces';

/** The value at a path of properties; undefined where there is none. */
function at(resource: SnapshotResource, path: string): unknown {
  const step = (value: unknown, name: string): unknown =>
    z.record(z.string(), z.unknown()).safeParse(value).data?.[name];
  return path.split('.').reduce(step, resource.properties);
}

const not =
  (path: string, value: unknown): Control['violated'] =>
  (resource) =>
    at(resource, path) !== value;
const openToPublic = not('publicNetworkAccess', 'Disabled');

const withoutEndpoint: Control['violated'] = ({ name }, all) =>
  !all.some(
    (other) => other.type === 'Microsoft.Network/privateEndpoints' && other.name.startsWith(`pe-${name}-`),
  );

const without =
  (type: string, part: string): Control['violated'] =>
  (resource, all) =>
    !all.some((other) => other.type === type && other.id.startsWith(resource.id) && other.id.includes(part));

/** With effect Deny in the default archetypes of Azure Landing Zones: the conditions of these definitions. */
export const denied: readonly Control[] = [
  {
    id: '969ac98b',
    title: 'Function apps should disable public network access',
    type: site,
    violated: openToPublic,
  },
  {
    id: '1adadefe',
    title: 'Event Grid topics should disable public network access',
    type: topic,
    violated: openToPublic,
  },
  {
    id: '405c5871',
    title: 'Key vaults should disable public network access',
    type: vault,
    violated: openToPublic,
  },
  {
    id: 'b2982f36',
    title: 'Storage accounts should disable public network access',
    type: storage,
    violated: openToPublic,
  },
  {
    id: 'Deny-Subnet-Without-Nsg',
    title: 'Subnets should have a network security group',
    type: subnet,
    violated: (resource) => at(resource, 'networkSecurityGroup.id') === undefined,
  },
  {
    id: '75262d3e',
    title: 'Secrets should have a content type',
    type: secret,
    violated: (resource) => !at(resource, 'contentType'),
  },
  {
    id: '98728c90',
    title: 'Secrets should have an expiration date',
    type: secret,
    violated: (resource) => typeof at(resource, 'attributes.exp') !== 'number',
  },
];

/** What Checkov, PSRule for Azure or Defender ask of the types that are used here. */
export const scanned: readonly Control[] = [
  { id: 'CKV_AZURE_3', title: 'HTTPS only', type: storage, violated: not('supportsHttpsTrafficOnly', true) },
  { id: 'CKV_AZURE_44', title: 'TLS 1.2', type: storage, violated: not('minimumTlsVersion', 'TLS1_2') },
  {
    id: 'CKV_AZURE_59',
    title: 'No anonymous blobs',
    type: storage,
    violated: not('allowBlobPublicAccess', false),
  },
  {
    id: 'CKV2_AZURE_40',
    title: 'No shared keys',
    type: storage,
    violated: not('allowSharedKeyAccess', false),
  },
  { id: 'CKV2_AZURE_33', title: 'Private endpoint', type: storage, violated: withoutEndpoint },
  {
    id: 'CKV2_AZURE_1',
    title: 'Customer-managed key',
    type: storage,
    violated: not('encryption.keySource', 'Microsoft.Keyvault'),
  },
  {
    id: 'CKV_AZURE_206',
    title: 'Replication to another region',
    type: storage,
    violated: ({ sku }) => !/GRS|GZRS/.test(JSON.stringify(sku)),
  },
  {
    id: 'CKV_AZURE_33',
    title: 'Log of the queue service',
    type: storage,
    violated: without('Microsoft.Insights/diagnosticSettings', '/queueServices/'),
  },
  {
    id: 'CKV2_AZURE_21',
    title: 'Log of the blob service',
    type: storage,
    violated: without('Microsoft.Insights/diagnosticSettings', '/blobServices/'),
  },
  {
    id: 'CKV2_AZURE_38',
    title: 'Soft delete of blobs',
    type: `${storage}/blobServices`,
    violated: not('deleteRetentionPolicy.enabled', true),
  },
  {
    id: 'CKV_AZURE_110',
    title: 'Purge protection',
    type: vault,
    violated: not('enablePurgeProtection', true),
  },
  {
    id: 'CKV_AZURE_109',
    title: 'Firewall that denies',
    type: vault,
    violated: not('networkAcls.defaultAction', 'Deny'),
  },
  { id: 'CKV2_AZURE_32', title: 'Private endpoint', type: vault, violated: withoutEndpoint },
  {
    id: 'Azure.KeyVault.RBAC',
    title: 'Roles instead of access policies',
    type: vault,
    violated: not('enableRbacAuthorization', true),
  },
  {
    id: 'Azure.KeyVault.Logs',
    title: 'Audit log',
    type: vault,
    violated: without('Microsoft.Insights/diagnosticSettings', ''),
  },
  { id: 'CKV_AZURE_70', title: 'HTTPS only', type: site, violated: not('httpsOnly', true) },
  { id: 'CKV_AZURE_145', title: 'TLS 1.2', type: site, violated: not('siteConfig.minTlsVersion', '1.2') },
  { id: 'CKV_AZURE_67', title: 'HTTP/2', type: site, violated: not('siteConfig.http20Enabled', true) },
  { id: 'CKV_AZURE_78', title: 'No FTP', type: site, violated: not('siteConfig.ftpsState', 'Disabled') },
  { id: 'CKV_AZURE_17', title: 'Client certificates', type: site, violated: not('clientCertEnabled', true) },
  {
    id: 'CKV_AZURE_56',
    title: 'App Service Authentication',
    type: site,
    violated: without('Microsoft.Web/sites/config', 'authsettingsV2'),
  },
  {
    id: 'CKV_AZURE_71',
    title: 'Managed identity',
    type: site,
    violated: ({ identity }) => !JSON.stringify(identity ?? '').includes('Assigned'),
  },
  {
    id: 'CKV_AZURE_57',
    title: 'No wildcard in CORS',
    type: site,
    violated: (resource) => JSON.stringify(at(resource, 'siteConfig.cors') ?? {}).includes('"*"'),
  },
  { id: 'CKV_AZURE_225', title: 'Zone redundancy', type: plan, violated: not('zoneRedundant', true) },
  {
    id: 'CKV_AZURE_191',
    title: 'Managed identity',
    type: topic,
    violated: ({ identity }) => identity === undefined,
  },
  { id: 'CKV_AZURE_192', title: 'No access keys', type: topic, violated: not('disableLocalAuth', true) },
  {
    id: 'Azure.LogAnalytics.Public',
    title: 'Ingestion and queries from private networks only',
    type: workspace,
    violated: not('publicNetworkAccessForIngestion', 'Disabled'),
  },
  {
    id: '7bca8353',
    title: 'Subnets should be private',
    type: subnet,
    violated: (resource) =>
      at(resource, 'defaultOutboundAccess') !== false && at(resource, 'delegations') === undefined,
  },
  {
    id: 'CKV_AZURE_160',
    title: 'No rule that lets the internet in',
    type: 'Microsoft.Network/networkSecurityGroups',
    violated: (resource) =>
      /"sourceAddressPrefix":"(\*|Internet|0\.0\.0\.0\/0)"/.test(JSON.stringify(resource.properties)),
  },
];

/** The IDs of the controls that a list of resources violates. Subnets inside a new network count like others. */
export function violations(
  controls: readonly Control[],
  resources: readonly SnapshotResource[],
): readonly string[] {
  const all = resources.flatMap((resource) => [resource, ...subnetsIn(resource)]);
  return controls
    .filter(({ type, violated }) => all.some((resource) => resource.type === type && violated(resource, all)))
    .map(({ id }) => id);
}

function subnetsIn(resource: SnapshotResource): readonly SnapshotResource[] {
  if (resource.type !== 'Microsoft.Network/virtualNetworks') return [];
  const inner = z.array(z.looseObject({ name: z.string(), properties: z.record(z.string(), z.unknown()) }));
  return inner.parse(resource.properties.subnets).map(({ name, properties }) => ({
    ...resource,
    type: subnet,
    id: `${resource.id}/subnets/${name}`,
    name,
    properties,
  }));
}
