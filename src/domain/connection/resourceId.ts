/** The parts of an ARM resource ID. Names keep their case, because Azure returns them as written. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** e.g. `Microsoft.Network`. */
  readonly provider: string;
  /** From the outer resource to the inner, e.g. virtualNetworks and subnets. */
  readonly types: readonly { readonly type: string; readonly name: string }[];
}

export interface NamedResource {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
}

export interface SubnetRef extends NamedResource {
  readonly virtualNetwork: string;
}

export interface LinkRef extends NamedResource {
  readonly zone: string;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Letters, digits and the symbols that Azure allows in names of groups and resources; no symbol with a meaning in a URL. */
const SEGMENT = /^[\p{L}\p{N}_.()-]+$/u;
const LONGEST_ID = 1024;
const NETWORK = 'microsoft.network';

/** Parses an ID: strict in its form, without regard to case. Null when the text is not a resource ID. */
export function parseResourceId(text: string): ResourceId | null {
  const segments = segmentsOf(text);
  if (!segments) return null;
  const [subscriptions, subscriptionId = '', groups, resourceGroup = '', providers, provider = '', ...rest] =
    segments;
  if (
    !same(subscriptions, 'subscriptions') ||
    !same(groups, 'resourceGroups') ||
    !same(providers, 'providers')
  )
    return null;
  if (!GUID.test(subscriptionId) || rest.length === 0 || rest.length % 2 !== 0) return null;
  const types = Array.from({ length: rest.length / 2 }, (_, index) => ({
    type: rest[2 * index] ?? '',
    name: rest[2 * index + 1] ?? '',
  }));
  return { subscriptionId, resourceGroup, provider, types };
}

export function sameResource(a: string, b: string): boolean {
  return comparable(a) === comparable(b);
}

/** Segments of plain names, also of record sets (`@`, `*`). Nothing that a URL decodes, and no empty segment. */
const PLAIN_ID = /^(\/[\p{L}\p{N}_.()@*-]+)+\/?$/u;

/**
 * Whether an ID is in a scope: an ARM ID prefix that ends where a segment ends, e.g. a subscription or a group. An ID that a
 * URL or Azure may read as that of another resource is in no scope: with dot segments, empty segments or encoded characters.
 */
export function isWithinScope(id: string, scope: string): boolean {
  if (!PLAIN_ID.test(id) || /\/\.\.?(\/|$)/.test(id)) return false;
  // Some letters equal a letter of ASCII in one case only (K as the Kelvin sign, ı): Azure takes them for another name.
  const [upperId, upperScope] = [id.toUpperCase(), scope.toUpperCase().replace(/\/+$/, '')];
  return (
    `${comparable(id)}/`.startsWith(`${comparable(scope)}/`) && `${upperId}/`.startsWith(`${upperScope}/`)
  );
}

export function parseResourceGroupId(text: string): Omit<NamedResource, 'name'> | null {
  const segments = segmentsOf(text);
  if (segments?.length !== 4) return null;
  const [subscriptions, subscriptionId = '', groups, resourceGroup = ''] = segments;
  if (!same(subscriptions, 'subscriptions') || !same(groups, 'resourceGroups') || !GUID.test(subscriptionId))
    return null;
  return { subscriptionId, resourceGroup };
}

export function parseSubnetId(text: string): SubnetRef | null {
  const names = networkNames(text, ['virtualNetworks', 'subnets']);
  return names && { ...names.in, virtualNetwork: names.names[0] ?? '', name: names.names[1] ?? '' };
}

export function parseLinkId(text: string): LinkRef | null {
  const names = networkNames(text, ['privateDnsZones', 'virtualNetworkLinks']);
  return names && { ...names.in, zone: names.names[0] ?? '', name: names.names[1] ?? '' };
}

export const parseVirtualNetworkId = (text: string): NamedResource | null =>
  parseNamed(text, 'virtualNetworks');
export const parsePrivateEndpointId = (text: string): NamedResource | null =>
  parseNamed(text, 'privateEndpoints');
const parsePrivateLinkServiceId = (text: string): NamedResource | null =>
  parseNamed(text, 'privateLinkServices');
export const parseNetworkInterfaceId = (text: string): NamedResource | null =>
  parseNamed(text, 'networkInterfaces');
export const parseNetworkSecurityGroupId = (text: string): NamedResource | null =>
  parseNamed(text, 'networkSecurityGroups');
export const parseRouteTableId = (text: string): NamedResource | null => parseNamed(text, 'routeTables');
export const parseZoneId = (text: string): NamedResource | null => parseNamed(text, 'privateDnsZones');

/** The spelling in Azure's reference of the ID parts that are not names. Some clients compare them with case. */
const CANONICAL = new Map(
  [
    'subscriptions',
    'resourceGroups',
    'providers',
    'Microsoft.Network',
    'virtualNetworks',
    'subnets',
    'privateEndpoints',
    'privateLinkServices',
    'privateDnsZones',
    'virtualNetworkLinks',
    'A',
  ].map((word) => [word.toLowerCase(), word]),
);

/** Returns the ID in the spelling of Azure's reference, for any case of the input. Names keep their case. */
export function canonicalId(id: string): string {
  const isName = (index: number): boolean => index % 2 === 0 && index !== 6;
  return id
    .replace(/\/$/, '')
    .split('/')
    .map((part, index) => (isName(index) ? part : (CANONICAL.get(part.toLowerCase()) ?? part)))
    .join('/');
}

export function resourceGroupId(subscriptionId: string, resourceGroup: string): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
}

export function privateEndpointId(subscriptionId: string, resourceGroup: string, name: string): string {
  return networkId(subscriptionId, resourceGroup, 'privateEndpoints', name);
}

export function zoneId(subscriptionId: string, resourceGroup: string, name: string): string {
  return networkId(subscriptionId, resourceGroup, 'privateDnsZones', name);
}

export function linkId(ofZoneId: string, name: string): string {
  return `${ofZoneId}/virtualNetworkLinks/${name}`;
}

/** The resource ID of an A record set. */
export function recordSetId(ofZoneId: string, name: string): string {
  return `${ofZoneId}/A/${name}`;
}

/** The resource ID of a TXT record set. */
export function textSetId(ofZoneId: string, name: string): string {
  return `${ofZoneId}/TXT/${name}`;
}

export function virtualNetworkIdOf(subnetId: string): string {
  return subnetId.replace(/\/subnets\/[^/]+\/?$/i, '');
}

function networkId(subscriptionId: string, resourceGroup: string, type: string, name: string): string {
  return `${resourceGroupId(subscriptionId, resourceGroup)}/providers/Microsoft.Network/${type}/${name}`;
}

function parseNamed(text: string, type: string): NamedResource | null {
  const names = networkNames(text, [type]);
  return names && { ...names.in, name: names.names[0] ?? '' };
}

function networkNames(
  text: string,
  types: readonly string[],
): { readonly in: Omit<NamedResource, 'name'>; readonly names: readonly string[] } | null {
  const id = parseResourceId(text);
  if (id?.provider.toLowerCase() !== NETWORK || id.types.length !== types.length) return null;
  if (!types.every((type, index) => same(id.types[index]?.type, type))) return null;
  const { subscriptionId, resourceGroup } = id;
  return { in: { subscriptionId, resourceGroup }, names: id.types.map(({ name }) => name) };
}

function segmentsOf(text: string): readonly string[] | null {
  if (text.length > LONGEST_ID || !text.startsWith('/')) return null;
  const segments = text.slice(1).replace(/\/$/, '').split('/');
  const good = segments.every((segment) => SEGMENT.test(segment) && segment !== '.' && segment !== '..');
  return good ? segments : null;
}

function same(actual: string | undefined, expected: string): boolean {
  return actual?.toLowerCase() === expected.toLowerCase();
}

function comparable(id: string): string {
  return id.toLowerCase().replace(/\/+$/, '');
}

/** Returns the parts of an ID. IDs are validated at the API boundary, so an invalid one is a fault in this app. */
export function named<T>(id: string, parse: (text: string) => T | null): T {
  const parts = parse(id);
  if (parts === null) throw new Error(`not a resource ID of the expected type: ${id}`);
  return parts;
}

/** `<name>.<GUID>.<location>.azure.privatelinkservice`, the form that Azure generates. */
const ALIAS =
  /^[a-z0-9][a-z0-9_.-]{0,79}\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[a-z0-9]{2,37}\.azure\.privatelinkservice$/i;

/** Whether a text is the alias or the resource ID of a private link service, the target of a private endpoint. */
export function isPrivateLinkService(text: string): boolean {
  return ALIAS.test(text) || parsePrivateLinkServiceId(text) !== null;
}
