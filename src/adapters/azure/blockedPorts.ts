import {
  named,
  parseNetworkSecurityGroupId,
  parseRouteTableId,
  parseVirtualNetworkId,
  virtualNetworkIdOf,
} from '../../domain/connection/resourceId.ts';
import type { Subnet } from '../../domain/resources/model.ts';
import type { ArmCalls } from './armCalls.ts';

/**
 * Inbound rules and routes apply to a private endpoint only where the subnet's network policies are enabled; outbound rules
 * apply to the applications that share the subnet with it.
 */
export async function blockedPorts(
  arm: ArmCalls,
  subnet: Subnet,
  ports: readonly number[],
): Promise<readonly number[]> {
  if (await isDropped(arm, subnet)) return ports;
  const rules = await securityRules(arm, subnet.networkSecurityGroupId);
  const prefixes = subnet.addressPrefixes;
  const inbound = subnet.networkPolicies.securityGroup ? deniedPorts(rules, 'Inbound', prefixes, ports) : [];
  const outbound = deniedPorts(rules, 'Outbound', prefixes, ports);
  return ports.filter((port) => inbound.includes(port) || outbound.includes(port));
}

async function securityRules(arm: ArmCalls, id: string | null) {
  if (id === null) return [];
  const { subscriptionId, resourceGroup, name } = named(id, parseNetworkSecurityGroupId);
  const group = await arm.read(`reading network security group ${name}`, () =>
    arm.clients.network(subscriptionId).networkSecurityGroups.get(resourceGroup, name),
  );
  return [...(group?.securityRules ?? []), ...(group?.defaultSecurityRules ?? [])];
}

async function isDropped(arm: ArmCalls, subnet: Subnet): Promise<boolean> {
  if (subnet.routeTableId === null || !subnet.networkPolicies.routeTable) return false;
  const table = named(subnet.routeTableId, parseRouteTableId);
  const network = named(virtualNetworkIdOf(subnet.id), parseVirtualNetworkId);
  const [routes, space] = await Promise.all([
    arm.read(`reading route table ${table.name}`, () =>
      arm.clients.network(table.subscriptionId).routeTables.get(table.resourceGroup, table.name),
    ),
    arm.read(`reading virtual network ${network.name}`, () =>
      arm.clients.network(network.subscriptionId).virtualNetworks.get(network.resourceGroup, network.name),
    ),
  ]);
  return dropsSubnet(
    routes?.routes ?? [],
    subnet.addressPrefixes,
    space?.addressSpace?.addressPrefixes ?? [],
  );
}

/** The used properties of a security rule, named as in the SDK. */
export interface SecurityRule {
  readonly direction?: string;
  readonly access?: string;
  readonly protocol?: string;
  readonly priority?: number;
  readonly sourceAddressPrefix?: string;
  readonly sourceAddressPrefixes?: readonly string[];
  readonly sourcePortRange?: string;
  readonly sourcePortRanges?: readonly string[];
  readonly destinationAddressPrefix?: string;
  readonly destinationAddressPrefixes?: readonly string[];
  readonly destinationPortRange?: string;
  readonly destinationPortRanges?: readonly string[];
}

export interface Route {
  readonly addressPrefix?: string;
  readonly nextHopType?: string;
}

/**
 * Returns the ports that the rules of one direction deny to the whole network. Only plain denials count, so that a warning
 * is never a false alarm: an earlier rule that allows the port for any sources ends the search.
 */
export function deniedPorts(
  rules: readonly SecurityRule[],
  direction: 'Inbound' | 'Outbound',
  subnetPrefixes: readonly string[],
  ports: readonly number[],
): readonly number[] {
  const inOrder = rules
    .filter((rule) => same(rule.direction, direction) && isTcp(rule))
    .toSorted((a, b) => (a.priority ?? Infinity) - (b.priority ?? Infinity));
  return ports.filter((port) => {
    const deciding = inOrder.find(
      (rule) => coversPort(rule, port) && (same(rule.access, 'Allow') || isPlain(rule, subnetPrefixes)),
    );
    return deciding !== undefined && same(deciding.access, 'Deny');
  });
}

/**
 * Whether a route of the subnet drops the traffic to it. A route that is wider than the network has a lower priority than
 * Azure's own route for the network, so `0.0.0.0/0` with next hop None blocks nothing.
 */
export function dropsSubnet(
  routes: readonly Route[],
  subnetPrefixes: readonly string[],
  networkPrefixes: readonly string[],
): boolean {
  return routes.some(
    ({ addressPrefix = '', nextHopType }) =>
      same(nextHopType, 'None') &&
      networkPrefixes.some((network) => holdsPrefix(network, addressPrefix)) &&
      subnetPrefixes.some((subnet) => holdsPrefix(addressPrefix, subnet)),
  );
}

function isTcp({ protocol }: SecurityRule): boolean {
  return protocol === '*' || same(protocol, 'Tcp');
}

function coversPort(rule: SecurityRule, port: number): boolean {
  return values(rule.destinationPortRange, rule.destinationPortRanges).some((range) => {
    if (range === '*') return true;
    const [from = '', to = from] = range.split('-');
    return Number(from) <= port && port <= Number(to);
  });
}

/** Whether the rule applies to the whole network and this subnet, from any port, without exceptions. */
function isPlain(rule: SecurityRule, subnetPrefixes: readonly string[]): boolean {
  const sources = values(rule.sourceAddressPrefix, rule.sourceAddressPrefixes);
  const destinations = values(rule.destinationAddressPrefix, rule.destinationAddressPrefixes);
  const [near, far] = same(rule.direction, 'Inbound') ? [destinations, sources] : [sources, destinations];
  const everyPort = values(rule.sourcePortRange, rule.sourcePortRanges).includes('*');
  const reachesSubnet = near.some(
    (prefix) => isEverything(prefix) || subnetPrefixes.some((subnet) => holdsPrefix(prefix, subnet)),
  );
  return everyPort && reachesSubnet && far.some(isEverything);
}

function isEverything(prefix: string): boolean {
  return ['*', 'any', '0.0.0.0/0', 'virtualnetwork'].includes(prefix.toLowerCase());
}

function values(one: string | undefined, many: readonly string[] | undefined): readonly string[] {
  return [...(one === undefined || one === '' ? [] : [one]), ...(many ?? [])];
}

function same(text: string | undefined, other: string): boolean {
  return text?.toLowerCase() === other.toLowerCase();
}

/** Whether an IPv4 prefix contains another one. False for any text that is not an IPv4 prefix or address. */
export function holdsPrefix(outer: string, inner: string): boolean {
  const wide = parsePrefix(outer);
  const narrow = parsePrefix(inner);
  if (!wide || !narrow || wide.length > narrow.length) return false;
  const size = 2 ** (32 - wide.length);
  return Math.floor(wide.start / size) === Math.floor(narrow.start / size);
}

function parsePrefix(text: string): { readonly start: number; readonly length: number } | null {
  const [address = '', lengthText = '32', ...others] = text.split('/');
  const octets = address.split('.').map((octet) => (/^\d{1,3}$/.test(octet) ? Number(octet) : Number.NaN));
  const length = /^\d{1,2}$/.test(lengthText) ? Number(lengthText) : Number.NaN;
  const isValid = octets.length === 4 && octets.every((octet) => octet <= 255) && length <= 32;
  if (!isValid || others.length > 0) return null;
  return { start: octets.reduce((number, octet) => number * 256 + octet, 0), length };
}
