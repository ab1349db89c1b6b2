import { isListed } from '../access/visible.ts';
import { resourceNotFound } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { page } from '../protocol/paging.ts';
import { nameOf, sameId, segmentAfter } from '../resourceId.ts';
import type { PrivateEndpoint } from '../state/networkSchema.ts';
import type { World } from '../state/world.ts';

const provider = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Network';

/** The network interfaces that private endpoints bring with them; there are no others. */
export function networkInterfaceOperations(world: World): readonly ArmOperation[] {
  const endpoints = (): PrivateEndpoint[] => Object.values(world.state.network.privateEndpoints);
  const list = (call: ArmCall) =>
    page(
      world,
      call,
      endpoints()
        .filter((one) => isListed(world, 'networkInterfaces.list', call, one.networkInterfaceId))
        .map(networkInterfaceBody),
    );
  return [
    {
      name: 'networkInterfaces.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/Microsoft.Network/networkInterfaces',
      handle: list,
    },
    { name: 'networkInterfaces.list', method: 'GET', path: `${provider}/networkInterfaces`, handle: list },
    {
      name: 'networkInterfaces.get',
      method: 'GET',
      path: `${provider}/networkInterfaces/{name}`,
      handle(call) {
        const found = endpoints().find((one) => sameId(one.networkInterfaceId, call.scope));
        if (!found) {
          const name = `Microsoft.Network/networkInterfaces/${nameOf(call.scope)}`;
          throw resourceNotFound(name, segmentAfter(call.scope, 'resourceGroups') ?? '');
        }
        return { status: 200, headers: { etag: found.etag }, body: networkInterfaceBody(found) };
      },
    },
  ];
}

/** A private endpoint's network interface; it has its address from the PUT on, while the connection is Pending. */
export function networkInterfaceBody(endpoint: PrivateEndpoint): object {
  const name = `privateEndpointIpConfig.${endpoint.networkInterfaceGuid}`;
  return {
    name: nameOf(endpoint.networkInterfaceId),
    id: endpoint.networkInterfaceId,
    etag: endpoint.etag,
    type: 'Microsoft.Network/networkInterfaces',
    location: endpoint.location,
    properties: {
      provisioningState: 'Succeeded',
      resourceGuid: endpoint.networkInterfaceGuid,
      ipConfigurations: [
        {
          name,
          id: `${endpoint.networkInterfaceId}/ipConfigurations/${name}`,
          etag: endpoint.etag,
          type: 'Microsoft.Network/networkInterfaces/ipConfigurations',
          properties: {
            provisioningState: 'Succeeded',
            ...(!endpoint.broken.address && { privateIPAddress: endpoint.address }),
            privateIPAllocationMethod: 'Dynamic',
            privateIPAddressVersion: 'IPv4',
            subnet: { id: endpoint.subnetId },
            primary: true,
            privateLinkConnectionProperties: { groupId: '', requiredMemberName: '', fqdns: [] },
          },
        },
      ],
      dnsSettings: { dnsServers: [], appliedDnsServers: [] },
      enableAcceleratedNetworking: false,
      enableIPForwarding: false,
      hostedWorkloads: [],
      privateEndpoint: { id: endpoint.id },
      tapConfigurations: [],
      nicType: 'Standard',
    },
  };
}
