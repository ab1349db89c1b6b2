import type { Subnet } from '../../domain/model.ts';
import {
  parseNetworkSecurityGroupId,
  parseRouteTableId,
  parseVirtualNetworkId,
  virtualNetworkIdOf,
} from '../../domain/resourceId.ts';
import type { ArmCalls } from './armCalls.ts';
import { deniedPorts, dropsSubnet } from './blockedPorts.ts';
import { named } from './named.ts';

/**
 * Inbound rules and routes act on a private endpoint only where the subnet's network policies say so; outbound rules act on
 * the applications that share the subnet with it.
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
