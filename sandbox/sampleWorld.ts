import { azureControl } from './azure/control/control.ts';
import type { AzureControl } from './azure/control/control.ts';
import { seededRandom } from './azure/state/random.ts';
import { emptyAzureState } from './azure/state/schema.ts';
import type { AzureState } from './azure/state/schema.ts';
import { openWorld } from './azure/state/world.ts';
import { defaultTimings } from './azure/timings.ts';
import { deployRoles } from './deployedRoles.ts';
import type { Layout } from './deployedRoles.ts';
import type { Instant } from './kernel/clock.ts';
import { memoryStore } from './kernel/store.ts';
import { seededKeyVaultState } from './keyVault/seed.ts';
import type { SampleWorld } from './sandbox.ts';
import { AZURE_REGION_IDS, regionalAlias, seededZillizState } from './zilliz/seed.ts';

const SUBSCRIPTION_ID = 'b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b';
const group = `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg-app`;
const virtualNetworkId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
const PROJECT_ID = 'proj-8f3a6c1d2e4b5a7f9c0d1e';
/** Made up, and valid only in this world. */
const API_KEY = 'b7f1c6e2a94d4f0ab3c85d17e60f92a4c1d8e37f05b6';

/** A network with room for a private endpoint, and a project with two clusters: enough to try everything. */
export const sample = {
  subscriptionId: SUBSCRIPTION_ID,
  resourceGroupId: group,
  virtualNetworkId,
  subnetId: `${virtualNetworkId}/subnets/snet-private-endpoints`,
  projectId: PROJECT_ID,
  regionId: 'az-eastus',
  apiKey: API_KEY,
  clusterIds: ['in01-3e5a7c9b1d2f4a6', 'in01-8c2e4a6b0d1f3e5'],
} as const;

export function sampleWorld(at: Instant): SampleWorld {
  const { projectId, regionId } = sample;
  const [catalogue, search] = sample.clusterIds;
  return {
    azure: sampleAzure(at),
    zilliz: seededZillizState({
      at,
      projects: [{ projectId, name: 'Sample' }],
      keys: [{ key: API_KEY, scope: { projectIds: [projectId] } }],
      clusters: [
        { clusterId: catalogue, name: 'catalogue', projectId, regionId },
        { clusterId: search, name: 'search', projectId, regionId },
      ],
    }),
    keyVault: seededKeyVaultState({ at, secrets: { 'zilliz-api-key': API_KEY } }),
    virtualNetworkId,
  };
}

function sampleAzure(at: Instant): AzureState {
  return seededAzureState(at, [{ virtualNetworkId }], (azure) => {
    azure.addSubscription({ subscriptionId: SUBSCRIPTION_ID, displayName: 'Sample' });
    azure.addResourceGroup({ id: group });
    azure.addVirtualNetwork({
      id: virtualNetworkId,
      addressPrefixes: ['10.20.0.0/16'],
      subnets: [
        { name: 'snet-apps', addressPrefix: '10.20.0.0/24' },
        { name: 'snet-private-endpoints', addressPrefix: '10.20.1.0/24' },
      ],
    });
  });
}

/**
 * An Azure for a store that is empty yet, with Zilliz's private link services in it. The app's identity has the roles that a
 * deployment in each of the layouts assigns, and nothing more.
 */
export function seededAzureState(
  at: Instant,
  layouts: readonly Layout[],
  seed: (azure: AzureControl) => void,
): AzureState {
  const store = memoryStore(emptyAzureState());
  const random = seededRandom(store.state);
  const clock = { now: () => at, schedule: () => () => undefined };
  const azure = azureControl(openWorld({ clock, store, random, timings: defaultTimings(random) }));
  for (const regionId of AZURE_REGION_IDS) {
    azure.addPrivateLinkService({
      alias: regionalAlias(regionId),
      location: regionId.replace(/^az-/, ''),
      requiresVisibility: true,
    });
  }
  seed(azure);
  deployRoles(azure, ...layouts);
  return store.state;
}
