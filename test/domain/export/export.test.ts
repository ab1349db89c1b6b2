import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { exportBicep } from '../../../src/domain/export/bicep.ts';
import { Identifiers } from '../../../src/domain/export/ownedResources.ts';
import type { OwnedResources } from '../../../src/domain/export/ownedResources.ts';
import { exportTerraform } from '../../../src/domain/export/terraform.ts';

const subscription = '0b1f6471-1bf0-4dda-aec3-111122223333';
const hub = '0b1f6471-1bf0-4dda-aec3-111122224444';
const group = `/subscriptions/${subscription}/resourceGroups/rg`;
const zoneId = `/subscriptions/${hub}/resourceGroups/rg-hub/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;

function made(change: Partial<OwnedResources> = {}): OwnedResources {
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
  const text = exportTerraform(made());

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

describe('Bicep', () => {
  const text = exportBicep(made());

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
