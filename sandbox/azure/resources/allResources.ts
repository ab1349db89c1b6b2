import type { AzureState } from '../state/schema.ts';

/** What every resource has. `tags` and `etag` are those of the state: a change of them changes the resource. */
export interface TrackedResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
  readonly tagged: { tags: Record<string, string>; etag: string } | undefined;
}

/** Every resource that the simulator knows, in all subscriptions. */
export function allResources(state: AzureState): readonly TrackedResource[] {
  const { network, dns } = state;
  const endpoints = Object.values(network.privateEndpoints);
  return [
    ...Object.values(network.virtualNetworks).map((one) =>
      tracked(one, 'Microsoft.Network/virtualNetworks', one.location),
    ),
    ...Object.values(network.rules).map((one) => tracked(one, one.type, one.location)),
    ...endpoints.map((one) => tracked(one, 'Microsoft.Network/privateEndpoints', one.location)),
    ...endpoints.map((one) => ({
      id: one.networkInterfaceId,
      name: one.networkInterfaceId.slice(one.networkInterfaceId.lastIndexOf('/') + 1),
      type: 'Microsoft.Network/networkInterfaces',
      location: one.location,
      tagged: undefined,
    })),
    ...Object.values(dns.zones).map((one) => tracked(one, 'Microsoft.Network/privateDnsZones', 'global')),
    ...Object.values(dns.links).map((one) =>
      tracked(one, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks', 'global'),
    ),
  ];
}

function tracked(
  one: { id: string; name: string; tags: Record<string, string>; etag: string },
  type: string,
  location: string,
): TrackedResource {
  return { id: one.id, name: one.name, type, location, tagged: one };
}
