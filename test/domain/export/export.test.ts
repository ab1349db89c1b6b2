import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { newSharedTags, recordMetadata } from '../../../src/domain/connection/marks.ts';
import { exportBicep } from '../../../src/domain/export/bicep.ts';
import { Identifiers, ownedResources } from '../../../src/domain/export/ownedResources.ts';
import type { OwnedResources } from '../../../src/domain/export/ownedResources.ts';
import { exportTerraform } from '../../../src/domain/export/terraform.ts';

const subscription = '0b1f6471-1bf0-4dda-aec3-111122223333';
const hub = '0b1f6471-1bf0-4dda-aec3-111122224444';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const zoneId = `/subscriptions/${hub}/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;

function owned(change: Partial<OwnedResources> = {}): OwnedResources {
  const connection = connectionFrom(
    connectionRequestSchema.parse({
      projectId: 'proj-0123456789abcdef',
      regionId: 'az-eastus',
      subnetId: `${group}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet`,
    }),
  );
  const { id, name } = connection.privateEndpoint;
  return {
    connection,
    endpoint: {
      id,
      name,
      location: 'eastus',
      tags: { note: 'said "hello" to ${var.x}\\' },
      subnetId: connection.subnetId,
      provisioningState: 'Succeeded',
      resourceGuid: 'd73e9b55-7b9c-4f8d-8f0a-40e737f1ccbf',
      networkInterfaceId: null,
      target: 'alias.guid.eastus.azure.privatelinkservice',
      connectionName: name,
      manual: true,
      connectionState: { status: 'Approved', text: 'Approved', description: '' },
    },
    endpointId: `${name}.d73e9b55-7b9c-4f8d-8f0a-40e737f1ccbf`,
    whitelistedAt: null,
    zones: [
      {
        zone: {
          id: zoneId,
          name: 'az-eastus.vectordb.zillizcloud.com',
          tags: {},
          provisioningState: 'Succeeded',
          registrationLinkCount: 0,
        },
        ours: false,
        links: [],
        records: [
          {
            zoneId,
            name: "it's",
            ttlSeconds: 600,
            addresses: ['10.0.0.4'],
            metadata: {},
            autoRegistered: false,
            etag: '1',
          },
        ],
      },
    ],
    ...change,
  };
}

describe('Terraform', () => {
  const text = exportTerraform(owned());

  it('imports each resource that it declares', () => {
    const declared = [...text.matchAll(/^resource "(\w+)" "(\w+)"/gm)].map(
      ([, type, name]) => `${type}.${name}`,
    );
    const imported = [...text.matchAll(/^ {2}to = (\S+)$/gm)].map(([, address]) => address);

    expect(declared).toHaveLength(2);
    expect(imported).toEqual(declared);
  });

  it('takes nothing in a value for a template or for the end of its string', () => {
    expect(text).toContain('"said \\"hello\\" to $${var.x}\\\\"');
  });

  it('names the other subscription’s provider, and leaves a foreign zone undeclared', () => {
    expect(text).toMatch(/provider = azurerm\.subscription_0b1f6471_1bf0_4dda_aec3_111122224444/);
    expect(text).not.toMatch('azurerm_private_dns_zone"');
    expect(text).toMatch('was created by another owner');
  });

  it('shows the registration at Zilliz, whose provider cannot import it', () => {
    expect(text).toMatch(/# {3}endpoint_id = "pe-zilliz-az-eastus-[0-9a-f]{8}\.d73e9b55/);
  });
});

/** azurerm parses IDs by these segments, with case (`Segments()` of go-azure-sdk and of go-azure-helpers' commonids); `*` is a name. */
const groupRule = 'subscriptions/*/resourceGroups/*/providers/Microsoft.Network';
const zoneRule = `${groupRule}/privateDnsZones/*`;
const rules = [
  ...[`${groupRule}/privateEndpoints/*`, `${groupRule}/privateLinkServices/*`],
  ...[`${groupRule}/virtualNetworks/*`, `${groupRule}/virtualNetworks/*/subnets/*`],
  ...[zoneRule, `${zoneRule}/virtualNetworkLinks/*`, `${zoneRule}/A/*`],
];

describe.each([
  ['in capitals', (id: string) => id.toUpperCase()],
  ['in small letters', (id: string) => id.toLowerCase()],
])('Terraform finds each ID, also where Azure sends it %s', (_, spelled) => {
  const service = `${group}/providers/Microsoft.Network/privateLinkServices/pls`;
  const base = owned();
  const [zone] = base.zones;
  const id = spelled(zoneId);
  const network = spelled(`${group}/providers/Microsoft.Network/virtualNetworks/vnet`);
  const link = { id: `${id}/VIRTUALNETWORKLINKS/link`, name: 'link', zoneId: id, virtualNetworkId: network };
  const endpoint = {
    ...base.endpoint,
    id: spelled(base.endpoint.id),
    subnetId: spelled(base.endpoint.subnetId),
    target: spelled(service),
  };
  const records = (zone?.records ?? []).map((record) => ({
    ...record,
    metadata: recordMetadata(base.connection.id, 'in01-0123456789abcdef'),
  }));
  const resources = ownedResources(
    { ...base, endpoint, specReadable: true },
    {
      zones: [
        {
          zone: { ...(zone?.zone ?? base.endpoint), id, tags: newSharedTags(0), registrationLinkCount: 0 },
          links: [{ ...link, tags: newSharedTags(0), registrationEnabled: true, completed: true }],
          ...{ records, owners: [], otherSets: [] },
        },
      ],
    },
  );
  const ids = [...exportTerraform(resources).matchAll(/"\/([^"]+)"/g)].map(([, found = '']) => found);

  it('by the rules of azurerm', () => {
    const byRule = (found: string): string | undefined =>
      rules.find((rule) =>
        new RegExp(`^${rule.replaceAll('.', '\\.').replaceAll('*', '[^/]+')}$`).test(found),
      );

    expect(ids.filter((found) => byRule(found) === undefined)).toEqual([]);
    expect(new Set(ids.map(byRule))).toEqual(new Set(rules));
  });
});

describe('Bicep', () => {
  const text = exportBicep(owned());

  it('declares everything as existing, so that deploying it writes nothing', () => {
    const resources = text.match(/^resource .*$/gm) ?? [];

    expect(resources).toHaveLength(3);
    expect(resources.every((line) => line.endsWith(' existing = {'))).toBe(true);
  });

  it('keeps a quote in a name inside its string', () => {
    expect(text).toContain("name: 'it\\'s'");
  });

  it('finds a zone in another subscription', () => {
    expect(text).toContain(`scope: resourceGroup('${hub}', 'rg-hub')`);
  });
});

test('identifiers are words, and each is used once', () => {
  const names = new Identifiers();

  expect(['a-b', 'a.b', '1x'].map((text) => names.of(text))).toEqual(['a_b', 'a_b_2', 'n_1x']);
});
