import { lockOperations } from './access/lockOperations.ts';
import { permissionOperations } from './access/permissionOperations.ts';
import { policyOperations } from './access/policyOperations.ts';
import { linkOperations } from './dns/links.ts';
import { recordSetOperations } from './dns/recordSets.ts';
import { zoneOperations } from './dns/zones.ts';
import { networkInterfaceOperations } from './network/networkInterfaces.ts';
import { privateEndpointOperations } from './network/privateEndpoints.ts';
import { privateLinkServiceOperations } from './network/privateLinkServices.ts';
import { rulesOperations } from './network/rules.ts';
import { virtualNetworkOperations } from './network/virtualNetworks.ts';
import type { ArmOperation } from './protocol/armOperation.ts';
import { pollingOperations } from './protocol/pollingOperations.ts';
import { locationOperations } from './resources/locations.ts';
import { metadataOperations } from './resources/metadata.ts';
import { providerOperations } from './resources/providers.ts';
import { resourceGroupOperations } from './resources/resourceGroups.ts';
import { resourceOperations } from './resources/resources.ts';
import { subscriptionOperations } from './resources/subscriptions.ts';
import { tagOperations } from './resources/tags.ts';
import type { World } from './state/world.ts';

/** Everything that the simulator can be asked. Where two paths fit a request, the first one serves it. */
export function armOperations(
  world: World,
  options: { readonly loginEndpoint: string },
): readonly ArmOperation[] {
  return [
    ...metadataOperations(options.loginEndpoint),
    ...subscriptionOperations(world),
    ...locationOperations,
    ...providerOperations(world),
    ...tagOperations(world),
    ...permissionOperations(world),
    ...lockOperations(world),
    ...policyOperations(world),
    ...resourceGroupOperations(world),
    ...virtualNetworkOperations(world),
    ...rulesOperations(world),
    ...networkInterfaceOperations(world),
    ...privateEndpointOperations(world),
    ...privateLinkServiceOperations(world),
    ...pollingOperations(world),
    ...zoneOperations(world),
    ...linkOperations(world),
    ...recordSetOperations(world),
    ...resourceOperations(world),
  ];
}
