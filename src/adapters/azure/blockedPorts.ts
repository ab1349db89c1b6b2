import { holdsPrefix } from './cidr.ts';

/** What of a security rule matters here, as the SDK names it. */
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
 * The ports that the rules of one direction deny to everybody in the network. Only plain denials count, so that a warning
 * is never a false alarm: an allowing rule for the port that comes first ends the search, whatever sources it is for.
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
 * Whether a route of the subnet drops what goes to it. A route that is wider than the network loses against Azure's own
 * route for the network, and `0.0.0.0/0` to nowhere is therefore no obstacle.
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

/** Whether the rule is for the whole network and this subnet, from any port: no exception hides in it. */
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
