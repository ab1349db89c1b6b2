import { isWithin } from '../resourceId.ts';
import type { Effect } from '../state/longRunningSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { AzureState } from '../state/schema.ts';

/** Removes a resource group with everything in it. */
export function applyRemoveResourceGroup(
  state: AzureState,
  effect: Extract<Effect, { kind: 'removeResourceGroup' }>,
): void {
  const { network, dns, resourceGroups } = state;
  const collections: Record<string, unknown>[] = [
    network.virtualNetworks,
    network.rules,
    network.privateEndpoints,
    dns.recordSets,
    dns.links,
    dns.zones,
  ];
  for (const collection of collections) {
    for (const key of Object.keys(collection)) if (isWithin(key, effect.key)) removeFrom(collection, key);
  }
  removeFrom(resourceGroups, effect.key);
}
