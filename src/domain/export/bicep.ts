import { parsePrivateEndpointId, parseZoneId } from '../connection/resourceId.ts';
import { Identifiers } from './ownedResources.ts';
import type { OwnedResources, OwnedZone } from './ownedResources.ts';
import { bicepComment as comment, bicepQuoted as quoted } from './text.ts';

const NETWORK_API = '2024-05-01';
const PRIVATE_DNS_API = '2024-06-01';

/** The resources as Bicep declarations with `existing`: other templates can refer to them, and deploying writes nothing. */
export function exportBicep(resources: OwnedResources): string {
  const names = new Identifiers();
  const declarations = [
    ...endpoint(resources, names),
    ...resources.zones.flatMap((zone) => zoneDeclarations(zone, names)),
  ];
  const lines = [
    comment(`The connection ${resources.connection.id}: all its resources, declared as existing.`),
    comment('Deploying this file changes nothing.'),
    '',
    ...declarations,
    `output endpointId string = ${quoted(resources.endpointId ?? 'unknown')}`,
    // The linter warns of a declaration that is not used.
    'output resourceIds array = [',
    ...names.all.map((name) => `  ${name}.id`),
    ']',
  ];
  return `${lines.join('\n')}\n`;
}

function endpoint({ endpoint: found }: OwnedResources, names: Identifiers): readonly string[] {
  const { id, name, staticIpAddress, networkInterfaceName } = found;
  const { subscriptionId = '', resourceGroup = '' } = parsePrivateEndpointId(id) ?? {};
  return [
    ...(staticIpAddress === undefined
      ? []
      : [comment(`Created with the static address ${staticIpAddress}.`)]),
    ...(networkInterfaceName === undefined
      ? []
      : [comment(`Created with the name ${networkInterfaceName} for its network interface.`)]),
    ...existing(names.of('private_endpoint'), `Microsoft.Network/privateEndpoints@${NETWORK_API}`, [
      `name: ${quoted(name)}`,
      scope(subscriptionId, resourceGroup),
    ]),
  ];
}

function zoneDeclarations({ zone, ours, links, records }: OwnedZone, names: Identifiers): readonly string[] {
  const { subscriptionId = '', resourceGroup = '' } = parseZoneId(zone.id) ?? {};
  const zoneName = names.of(`zone_${zone.name}`);
  const type = 'Microsoft.Network/privateDnsZones';
  const child = (symbol: string, kind: string, name: string): readonly string[] =>
    existing(symbol, `${type}/${kind}@${PRIVATE_DNS_API}`, [`parent: ${zoneName}`, `name: ${quoted(name)}`]);
  return [
    ...(ours
      ? []
      : [comment('Created by another owner; only the links and records below belong to this connection.')]),
    ...existing(zoneName, `${type}@${PRIVATE_DNS_API}`, [
      `name: ${quoted(zone.name)}`,
      scope(subscriptionId, resourceGroup),
    ]),
    ...links.flatMap(({ name }) => child(names.of(`link_${name}`), 'virtualNetworkLinks', name)),
    ...records.flatMap(({ name }) =>
      child(names.of(name === '@' ? 'record_apex' : `record_${name}`), 'A', name),
    ),
  ];
}

function existing(symbol: string, type: string, body: readonly string[]): readonly string[] {
  return [`resource ${symbol} '${type}' existing = {`, ...body.map((line) => `  ${line}`), '}', ''];
}

function scope(subscriptionId: string, resourceGroup: string): string {
  return `scope: resourceGroup(${quoted(subscriptionId)}, ${quoted(resourceGroup)})`;
}
