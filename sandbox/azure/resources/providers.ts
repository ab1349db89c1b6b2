import { armFault } from '../protocol/armFault.ts';
import type { ArmCall, ArmOperation } from '../protocol/armOperation.ts';
import { sameId } from '../resourceId.ts';
import type { World } from '../state/world.ts';

const networkVersions = ['2026-01-01', '2025-05-01', '2024-05-01', '2022-07-01', '2022-01-01'];
const privateDnsVersions = ['2024-06-01', '2020-06-01', '2018-09-01'];

/** The resource types that can be asked for, and the API versions that clients choose from. Any other one is served, too. */
const namespaces: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'Microsoft.Network': {
    virtualNetworks: networkVersions,
    'virtualNetworks/subnets': networkVersions,
    networkSecurityGroups: networkVersions,
    routeTables: networkVersions,
    networkInterfaces: networkVersions,
    privateEndpoints: networkVersions,
    privateDnsZones: privateDnsVersions,
    'privateDnsZones/virtualNetworkLinks': privateDnsVersions,
    'privateDnsZones/A': privateDnsVersions,
  },
  'Microsoft.Resources': {
    resourceGroups: ['2021-04-01'],
    tags: ['2021-04-01'],
  },
  'Microsoft.Authorization': {
    locks: ['2016-09-01'],
    permissions: ['2022-04-01'],
  },
};

/** Resource providers: clients such as the Azure CLI ask which API version a type is to be read with. */
export function providerOperations(world: World): readonly ArmOperation[] {
  return [
    {
      name: 'providers.list',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers',
      handle: (call) => ({
        status: 200,
        body: { value: Object.keys(namespaces).map((namespace) => body(world, call, namespace)) },
      }),
    },
    {
      name: 'providers.get',
      method: 'GET',
      path: '/subscriptions/{subscription}/providers/{namespace}',
      handle(call) {
        const asked = call.params.namespace ?? '';
        const namespace = Object.keys(namespaces).find((known) => sameId(known, asked));
        if (namespace !== undefined) return { status: 200, body: body(world, call, namespace) };
        const message = `The resource namespace '${asked}' is invalid.`;
        throw armFault(404, { code: 'InvalidResourceNamespace', message }, { gateway: true });
      },
    },
  ];
}

function body(world: World, call: ArmCall, namespace: string): object {
  const subscriptionId = call.params.subscription ?? '';
  const { unregisteredNamespaces = [] } = world.state.subscriptions[subscriptionId.toLowerCase()] ?? {};
  const registered = !unregisteredNamespaces.some((one) => sameId(one, namespace));
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: registered ? 'Registered' : 'NotRegistered',
    resourceTypes: Object.entries(namespaces[namespace] ?? {}).map(([resourceType, apiVersions]) => ({
      resourceType,
      locations: [],
      apiVersions,
      capabilities: 'SupportsTags, SupportsLocation',
    })),
  };
}
