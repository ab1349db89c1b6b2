import { deniedPorts, dropsSubnet } from '../../../src/adapters/azure/blockedPorts.ts';
import type { SecurityRule } from '../../../src/adapters/azure/blockedPorts.ts';
import { holdsPrefix } from '../../../src/adapters/azure/blockedPorts.ts';

const SUBNET = ['10.0.1.0/24'];
const PORT = 19530;

const rule = (more: Partial<SecurityRule> = {}): SecurityRule => ({
  direction: 'Inbound',
  access: 'Deny',
  priority: 200,
  protocol: 'Tcp',
  sourceAddressPrefix: '*',
  sourcePortRange: '*',
  destinationAddressPrefix: '*',
  destinationPortRange: '*',
  ...more,
});
const denied = (...rules: SecurityRule[]): boolean =>
  deniedPorts(rules, 'Inbound', SUBNET, [PORT]).length > 0;

describe('a port is plainly denied', () => {
  it.each<[string, Partial<SecurityRule>]>([
    ['to everybody', {}],
    ['by a rule for all protocols', { protocol: '*' }],
    ['by a rule for the port', { destinationPortRange: '19530' }],
    ['by a rule for a range of ports', { destinationPortRange: '19000-20000' }],
    ['by one of several ranges', { destinationPortRange: '', destinationPortRanges: ['443', '19530-19550'] }],
    ['to the whole network', { sourceAddressPrefix: 'VirtualNetwork' }],
    ['to all addresses', { sourceAddressPrefix: '0.0.0.0/0' }],
    ['towards the subnet', { destinationAddressPrefix: '10.0.1.0/24' }],
    [
      'towards all that the subnet lies in',
      { destinationAddressPrefix: '', destinationAddressPrefixes: ['10.0.0.0/16'] },
    ],
    ['in any case that Azure writes it', { access: 'deny', protocol: 'TCP', direction: 'inbound' }],
  ])('%s', (_, more) => {
    expect(denied(rule(more))).toBe(true);
  });
});

describe('a port is not plainly denied', () => {
  it.each<[string, Partial<SecurityRule>]>([
    ['by a rule that allows', { access: 'Allow' }],
    ['by a rule for UDP', { protocol: 'Udp' }],
    ['by a rule for other ports', { destinationPortRange: '443' }],
    ['to some addresses only', { sourceAddressPrefix: '10.0.9.0/24' }],
    ['to the internet', { sourceAddressPrefix: 'Internet' }],
    ['towards another subnet', { destinationAddressPrefix: '10.0.2.0/24' }],
    ['towards a part of the subnet', { destinationAddressPrefix: '10.0.1.128/25' }],
    ['from some source ports only', { sourcePortRange: '1024' }],
    ['in the other direction', { direction: 'Outbound' }],
  ])('%s', (_, more) => {
    expect(denied(rule(more))).toBe(false);
  });

  it('where any source is allowed first', () => {
    expect(denied(rule(), rule({ access: 'Allow', priority: 100, sourceAddressPrefix: '10.0.9.0/24' }))).toBe(
      false,
    );
  });

  it('by the rules that Azure gives every group', () => {
    const vnet = { sourceAddressPrefix: 'VirtualNetwork', destinationAddressPrefix: 'VirtualNetwork' };
    expect(denied(rule({ ...vnet, access: 'Allow', priority: 65000 }), rule({ priority: 65500 }))).toBe(
      false,
    );
  });
});

it('denies outbound what applications of the subnet may not reach', () => {
  const outbound = rule({ direction: 'Outbound', sourceAddressPrefix: '10.0.0.0/16' });

  expect(deniedPorts([outbound], 'Outbound', SUBNET, [443, PORT])).toEqual([443, PORT]);
});

describe('a route drops what goes to the subnet', () => {
  const network = ['10.0.0.0/16'];

  it.each([
    ['10.0.0.0/16', 'None', true],
    ['10.0.1.0/24', 'None', true],
    ['10.0.0.0/16', 'none', true],
    ['0.0.0.0/0', 'None', false],
    ['10.0.0.0/8', 'None', false],
    ['10.0.2.0/24', 'None', false],
    ['10.0.1.0/25', 'None', false],
    ['10.0.0.0/16', 'VirtualAppliance', false],
  ])('%s to %s: %p', (addressPrefix, nextHopType, expected) => {
    expect(dropsSubnet([{ addressPrefix, nextHopType }], SUBNET, network)).toBe(expected);
  });
});

describe('a prefix holds another', () => {
  it.each([
    ['10.0.0.0/16', '10.0.255.0/24', true],
    ['10.0.0.0/16', '10.1.0.0/24', false],
    ['10.0.1.0/24', '10.0.0.0/16', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['10.0.1.4', '10.0.1.4/32', true],
    ['fd00::/8', 'fd00::/16', false],
    ['10.0.0.0/33', '10.0.0.0/33', false],
    ['VirtualNetwork', '10.0.0.0/16', false],
    ['10.0.0.256/16', '10.0.0.0/24', false],
  ])('%s holds %s: %p', (outer, inner, expected) => {
    expect(holdsPrefix(outer, inner)).toBe(expected);
  });
});
