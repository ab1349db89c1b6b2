import { seededKeyVaultState } from '../../../sandbox/keyVault/seed.ts';
import { seededAzureState } from '../../../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { seededZillizState } from '../../../sandbox/zilliz/seed.ts';

const SUBSCRIPTION = '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d';
const names = ['one', 'two', 'three'] as const;
const API_KEY = 'a1b2c3d4e5f60718293a4b5c6d7e8f9001122334';

/** Three connections over two projects and regions, each with a network and a resource group of its own. */
export const connections = [
  { projectId: 'proj-1111aaaa2222bbbb3333cc', regionId: 'az-eastus', subnetId: subnetOf('one') },
  { projectId: 'proj-1111aaaa2222bbbb3333cc', regionId: 'az-eastus', subnetId: subnetOf('two') },
  { projectId: 'proj-4444dddd5555eeee6666ff', regionId: 'az-northeurope', subnetId: subnetOf('three') },
] as const;

export const places = [connections[0], connections[2]] as const;

export function manyClustersWorld(at: number): SampleWorld {
  const projects = places.map(({ projectId }) => ({ projectId, name: projectId }));
  return {
    azure: seededAzureState(
      at,
      names.map((name) => ({ virtualNetworkId: networkOf(name) })),
      (azure) => {
        azure.addSubscription({ subscriptionId: SUBSCRIPTION, displayName: 'Many clusters' });
        for (const name of names) {
          azure.addResourceGroup({ id: groupOf(name) });
          azure.addVirtualNetwork({
            id: networkOf(name),
            addressPrefixes: ['10.30.0.0/16'],
            subnets: [{ name: 'snet', addressPrefix: '10.30.1.0/24' }],
          });
        }
      },
    ),
    zilliz: seededZillizState({
      at,
      projects,
      keys: [{ key: API_KEY, scope: { projectIds: projects.map(({ projectId }) => projectId) } }],
      clusters: [],
    }),
    keyVault: seededKeyVaultState({ at, secrets: { 'zilliz-api-key': API_KEY } }),
    virtualNetworkId: networkOf('one'),
  };
}

export function clusterIdOf(number: number): string {
  return `in01-${number.toString(16).padStart(15, '0')}`;
}

function groupOf(name: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-${name}`;
}

function networkOf(name: string): string {
  return `${groupOf(name)}/providers/Microsoft.Network/virtualNetworks/vnet-${name}`;
}

function subnetOf(name: string): string {
  return `${networkOf(name)}/subnets/snet`;
}
