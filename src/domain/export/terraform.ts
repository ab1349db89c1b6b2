import { linkId, parsePrivateEndpointId, parseZoneId, recordSetId } from '../connection/resourceId.ts';
import type { Tags } from '../resources/model.ts';
import { Identifiers } from './ownedResources.ts';
import type { OwnedResources, OwnedZone } from './ownedResources.ts';
import { terraformComment as comment, terraformQuoted as quoted } from './text.ts';

/** The resources as Terraform import blocks with the resource blocks that they import. */
export function exportTerraform(resources: OwnedResources): string {
  const writer = new TerraformWriter(resources);
  return `${writer.write().join('\n')}\n`;
}

type Value = string | number | boolean | readonly string[];

class TerraformWriter {
  readonly #resources: OwnedResources;
  readonly #names = new Identifiers();
  readonly #home: string;

  constructor(resources: OwnedResources) {
    this.#resources = resources;
    this.#home = resources.connection.subscriptionId.toLowerCase();
  }

  write(): readonly string[] {
    const { connection, zones } = this.#resources;
    return [
      comment(
        `The connection ${connection.id}: all its resources, to be imported by Terraform 1.5 or newer.`,
      ),
      comment(
        '`terraform plan` shows imports and no change. Once Terraform owns them, leave the connection alone: do not DELETE it.',
      ),
      '',
      ...this.#providers(),
      ...this.#endpoint(),
      ...zones.flatMap((zone) => this.#zone(zone)),
      ...this.#zilliz(),
    ];
  }

  #providers(): readonly string[] {
    const others = this.#otherSubscriptions();
    return [
      'terraform {',
      '  required_providers {',
      '    azurerm = {',
      '      source  = "hashicorp/azurerm"',
      '      version = ">= 4.0"',
      '    }',
      '  }',
      '}',
      '',
      ...provider(this.#home, null),
      ...others.flatMap((id) => provider(id, alias(id))),
    ];
  }

  #otherSubscriptions(): readonly string[] {
    const ids = this.#resources.zones.map(
      ({ zone }) => parseZoneId(zone.id)?.subscriptionId.toLowerCase() ?? '',
    );
    return [...new Set(ids)].filter((id) => id !== this.#home && id !== '');
  }

  #endpoint(): readonly string[] {
    const { connection, endpoint } = this.#resources;
    const named = parsePrivateEndpointId(endpoint.id);
    const target = endpoint.target.startsWith('/')
      ? 'private_connection_resource_id'
      : 'private_connection_resource_alias';
    return this.#resource('azurerm_private_endpoint', endpoint.name, endpoint.id, [
      ...assignments({
        name: named?.name ?? endpoint.name,
        location: endpoint.location,
        resource_group_name: named?.resourceGroup ?? connection.privateEndpoint.resourceGroup,
        subnet_id: endpoint.subnetId,
        ...(endpoint.networkInterfaceName !== undefined && {
          custom_network_interface_name: endpoint.networkInterfaceName,
        }),
      }),
      ...tags(endpoint.tags),
      '',
      'private_service_connection {',
      ...indent([
        ...assignments({
          name: endpoint.connectionName,
          is_manual_connection: endpoint.manual,
          [target]: endpoint.target,
          ...(endpoint.manual && { request_message: `connection ${connection.id}` }),
        }),
      ]),
      '}',
      ...(endpoint.staticIpAddress === undefined
        ? []
        : [
            '',
            'ip_configuration {',
            ...indent(
              assignments({
                name: endpoint.staticIpName ?? '',
                private_ip_address: endpoint.staticIpAddress,
              }),
            ),
            '}',
          ]),
      '',
      'lifecycle {',
      ...indent(['ignore_changes = [private_service_connection[0].request_message]']),
      '}',
    ]);
  }

  #zone({ zone, ours, links, records }: OwnedZone): readonly string[] {
    const { subscriptionId = '', resourceGroup = '', name = zone.name } = parseZoneId(zone.id) ?? {};
    const from =
      subscriptionId.toLowerCase() === this.#home ? [] : [`provider = azurerm.${alias(subscriptionId)}`, ''];
    const group = { resource_group_name: resourceGroup };
    const own = ours
      ? this.#resource('azurerm_private_dns_zone', zone.name, zone.id, [
          ...from,
          ...assignments({ name, ...group }),
          ...tags(zone.tags),
        ])
      : [comment(`The zone ${zone.id} was created by another owner and is not imported.`), ''];
    const linkBlocks = links.flatMap((link) =>
      this.#resource('azurerm_private_dns_zone_virtual_network_link', link.name, linkId(zone.id, link.name), [
        ...from,
        ...assignments({
          name: link.name,
          ...group,
          private_dns_zone_name: name,
          virtual_network_id: link.virtualNetworkId,
          registration_enabled: link.registrationEnabled,
        }),
        ...tags(link.tags),
      ]),
    );
    const recordBlocks = records.flatMap((record) =>
      this.#resource('azurerm_private_dns_a_record', record.name, recordSetId(zone.id, record.name), [
        ...from,
        ...assignments({
          name: record.name,
          zone_name: name,
          ...group,
          ttl: record.ttlSeconds,
          records: record.addresses,
        }),
        // The provider uses the name `tags` for the metadata of a record set.
        ...tags(record.metadata),
      ]),
    );
    return [...own, ...linkBlocks, ...recordBlocks];
  }

  /** As comments only: the provider documents no import, and creating an existing registration is refused. */
  #zilliz(): readonly string[] {
    const { connection, endpointId } = this.#resources;
    const resource = [
      'resource "zillizcloud_private_endpoint" "this" {',
      ...indent(
        assignments({
          project_id: connection.projectId,
          region_id: connection.regionId,
          endpoint_id: endpointId ?? 'unknown',
        }),
      ),
      '}',
    ];
    return [
      comment(
        'At Zilliz Cloud. Its provider (zilliztech/zillizcloud) documents no import for these, so they are shown only:',
      ),
      '#',
      ...resource.map(comment),
      ...this.#whitelist(),
    ];
  }

  #whitelist(): readonly string[] {
    const { connection, whitelistedAt } = this.#resources;
    if (whitelistedAt === null) return [];
    const text = `the subscription ${connection.subscriptionId} is on the whitelist, which no API can undo.`;
    return ['#', comment(`Since ${whitelistedAt} ${text}`)];
  }

  #resource(type: string, name: string, id: string, body: readonly string[]): readonly string[] {
    const identifier = this.#names.of(name === '@' ? 'apex' : name);
    return [
      'import {',
      ...indent([`to = ${type}.${identifier}`, `id = ${quoted(id)}`]),
      '}',
      '',
      `resource "${type}" "${identifier}" {`,
      ...indent(body),
      '}',
      '',
    ];
  }
}

function provider(subscriptionId: string, name: string | null): readonly string[] {
  return [
    'provider "azurerm" {',
    ...indent([
      ...(name === null ? [] : [`alias           = ${quoted(name)}`]),
      `subscription_id = ${quoted(subscriptionId)}`,
      'features {}',
    ]),
    '}',
    '',
  ];
}

function alias(subscriptionId: string): string {
  return `subscription_${subscriptionId.toLowerCase().replaceAll('-', '_')}`;
}

function tags(all: Tags): readonly string[] {
  const entries = Object.entries(all);
  if (entries.length === 0) return [];
  return ['tags = {', ...indent(entries.map(([name, value]) => `${quoted(name)} = ${quoted(value)}`)), '}'];
}

function assignments(values: Readonly<Record<string, Value>>): readonly string[] {
  const width = Math.max(...Object.keys(values).map((name) => name.length));
  return Object.entries(values).map(([name, value]) => `${name.padEnd(width)} = ${literal(value)}`);
}

function literal(value: Value): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object') return `[${value.map(quoted).join(', ')}]`;
  return String(value);
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`));
}
