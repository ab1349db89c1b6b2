import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure.ts';
import type { Subnet } from '../../domain/model.ts';
import { failed, succeeded } from '../../domain/outcome.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { parseNetworkInterfaceId, parseSubnetId, parseVirtualNetworkId } from '../../domain/resourceId.ts';
import type { Network } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { blockedPorts } from './networkRules.ts';
import { named } from './named.ts';
import { privateEndpoints } from './privateEndpoints.ts';
import { resourceManagement } from './resources.ts';
import { subnetOf } from './subnet.ts';

/** Azure's network and resource management by the SDK, and by raw calls where the SDK lacks them. */
export function networkAdapter(arm: ArmCalls): Network {
  const { clients } = arm;
  return {
    ...resourceManagement(arm),
    ...privateEndpoints(arm),
    async virtualNetwork(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parseVirtualNetworkId);
      const found = await arm.read(`reading virtual network ${name}`, () =>
        clients.network(subscriptionId).virtualNetworks.get(resourceGroup, name),
      );
      if (!found) return null;
      return {
        id: found.id ?? id,
        location: found.location ?? '',
        dnsServers: found.dhcpOptions?.dnsServers ?? [],
      };
    },
    subnet: (id) => subnet(arm, id),
    blockedPorts: (of, ports) => blockedPorts(arm, of, ports),
    async privateIpAddress(networkInterfaceId) {
      const { subscriptionId, resourceGroup, name } = named(networkInterfaceId, parseNetworkInterfaceId);
      const found = await arm.read(`reading network interface ${name}`, () =>
        clients.network(subscriptionId).networkInterfaces.get(resourceGroup, name),
      );
      const addresses = (found?.ipConfigurations ?? []).filter(
        ({ privateIPAddress }) => z.ipv4().safeParse(privateIPAddress).success,
      );
      const primary = addresses.find((configuration) => configuration.primary) ?? addresses[0];
      return primary?.privateIPAddress ?? null;
    },
    async isPrivateLinkServiceVisible({ subscriptionId, location, alias }) {
      const answer = await arm.result(`asking whether ${alias} is visible to ${subscriptionId}`, () =>
        clients.network(subscriptionId).privateLinkServices.checkPrivateLinkServiceVisibility(location, {
          privateLinkServiceAlias: alias,
        }),
      );
      return z.object({ visible: z.boolean().optional() }).safeParse(answer).data?.visible === true;
    },
  };
}

async function subnet(arm: ArmCalls, id: string): Promise<Subnet | null> {
  const { subscriptionId, resourceGroup, virtualNetwork, name } = named(id, parseSubnetId);
  const client = arm.clients.network(subscriptionId);
  const [found, usages] = await Promise.all([
    arm.read(`reading subnet ${name} of ${virtualNetwork}`, () =>
      client.subnets.get(resourceGroup, virtualNetwork, name),
    ),
    whereAllowed(() =>
      arm.list(`reading the usage of ${virtualNetwork}`, () =>
        client.virtualNetworks.listUsage(resourceGroup, virtualNetwork),
      ),
    ),
  ]);
  return found && subnetOf(id, found, usages);
}

/** Usage is good to know, not needed: without the right to read it, the reason stands in its place. */
async function whereAllowed<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return succeeded(await read());
  } catch (error) {
    if (error instanceof ProvisioningError && error.failure.kind !== 'transient')
      return failed(error.failure);
    throw error;
  }
}
