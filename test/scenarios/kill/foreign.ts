import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { userAtConsoles } from '../lifecycle/support.ts';

const network = `${sample.resourceGroupId}/providers/Microsoft.Network`;
const zoneId = `${network}/privateDnsZones/internal.example.com`;
const alias = 'others.0b1f6471-1bf0-4dda-aec3-111122223333.eastus.azure.privatelinkservice';
const endpointId = `${network}/privateEndpoints/pe-of-others`;

/** Resources of other owners beside those of a connection: endpoint, zone, link and records. */
export async function addForeign(rig: Rig): Promise<void> {
  const user = userAtConsoles(rig);
  const { control } = rig.sandbox.azure;
  control.addPrivateLinkService({ alias });
  const properties = { privateLinkServiceId: alias, groupIds: [], requestMessage: 'of others' };
  const own: object = { manualPrivateLinkServiceConnections: [{ name: 'of-others', properties }] };
  await user.putEndpoint(endpointId, { owner: 'others' }, own);
  control.addZone({ id: zoneId });
  control.addLink({
    ...{ id: `${zoneId}/virtualNetworkLinks/of-others`, virtualNetworkId: sample.virtualNetworkId },
  });
  control.setRecord({ zoneId, name: 'app', addresses: [user.addressOf(endpointId)] });
  const values = { txtRecords: [{ value: ['v1'] }] };
  control.setRecordOfType({ zoneId, name: '_zpl-az-eastus-0123456789ab', type: 'TXT', values });
}

/** All that Azure holds of them, as text. */
export function foreignBytes({ sandbox }: Rig): string {
  const { network: networks, dns } = sandbox.azure.control.snapshot();
  const isForeign = ({ id }: { readonly id: string }): boolean =>
    [zoneId, endpointId].some((other) => id.toLowerCase().startsWith(other.toLowerCase())) ||
    /\/a\/by-hand$/i.test(id);
  const all = [networks.privateEndpoints, dns.zones, dns.links, dns.recordSets];
  return all
    .flatMap((kind) => Object.values<{ readonly id: string }>(kind))
    .filter(isForeign)
    .map((one) => JSON.stringify(one))
    .join('\n');
}
