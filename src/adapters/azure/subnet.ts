import type { Subnet as SdkSubnet, VirtualNetworkUsage } from '@azure/arm-network';
import type { Subnet } from '../../domain/model.ts';
import { succeeded } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { sameResource } from '../../domain/resourceId.ts';

/** `usages` are those of its virtual network, as far as they could be read. */
export function subnetOf(
  id: string,
  found: SdkSubnet,
  usages: Outcome<readonly VirtualNetworkUsage[]>,
): Subnet {
  return {
    id: found.id ?? id,
    addressPrefixes: prefixesOf(found),
    delegations: (found.delegations ?? []).flatMap(({ serviceName }) => serviceName ?? []),
    networkSecurityGroupId: found.networkSecurityGroup?.id ?? null,
    routeTableId: found.routeTable?.id ?? null,
    networkPolicies: policiesOf(found.privateEndpointNetworkPolicies ?? ''),
    freeAddresses: usages.ok ? succeeded(freeAddressesOf(id, usages.value)) : usages,
  };
}

/** Older API versions answer `addressPrefix`, newer ones `addressPrefixes`, some both. */
function prefixesOf({ addressPrefix, addressPrefixes }: SdkSubnet): readonly string[] {
  return [...new Set([...(addressPrefixes ?? []), ...(addressPrefix === undefined ? [] : [addressPrefix])])];
}

function policiesOf(word: string): Subnet['networkPolicies'] {
  const plain = word.toLowerCase();
  return {
    securityGroup: plain === 'enabled' || plain === 'networksecuritygroupenabled',
    routeTable: plain === 'enabled' || plain === 'routetableenabled',
  };
}

/** Azure's limit leaves out the five addresses that it keeps for itself. */
function freeAddressesOf(id: string, usages: readonly VirtualNetworkUsage[]): number | null {
  const own = usages.find((usage) => usage.id !== undefined && sameResource(usage.id, id));
  return own?.limit === undefined || own.currentValue === undefined ? null : own.limit - own.currentValue;
}
