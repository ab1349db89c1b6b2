import { allResources } from '../resources/allResources.ts';
import { isWithin, keyOf, sameId } from '../resourceId.ts';
import type { ArmError } from '../state/longRunningSchema.ts';
import { removeFrom } from '../state/records.ts';
import type { World } from '../state/world.ts';

/** Calls that begin a long-running operation. */
export type LongRunningCall =
  | 'privateEndpoints.put'
  | 'privateEndpoints.delete'
  | 'privateLinkServices.checkVisibility'
  | 'privateDnsZones.put'
  | 'privateDnsZones.delete'
  | 'virtualNetworkLinks.put'
  | 'virtualNetworkLinks.delete'
  | 'resourceGroups.delete';

/** Things that go wrong, and things that are changed behind the app's back. */
export interface TroubleControl {
  /** The next operation that such a call begins ends Failed; ordered twice, the next two do. */
  failNext(call: LongRunningCall, error: ArmError): void;
  /** Forgets the failures that are still to come. */
  failNoMore(): void;
  /** What is sent beside the recorded headers. */
  setPolling(polling: { readonly retryAfterSeconds?: number; readonly locationOnPut?: boolean }): void;
  setPageSize(size: number): void;
  /** Removes a resource or record set, and all below it, at once and without asking. */
  remove(id: string): void;
  /** Puts other tags in the place of a resource's or resource group's. */
  setTags(id: string, tags: Readonly<Record<string, string>>): void;
}

export function troubleControl({ state }: World): TroubleControl {
  return {
    failNext(operation, error) {
      state.longRunning.orderedFailures.push({ operation, error });
    },
    failNoMore() {
      state.longRunning.orderedFailures = [];
    },
    setPolling({ retryAfterSeconds, locationOnPut = false }) {
      state.longRunning.polling = {
        locationOnPut,
        ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
      };
    },
    setPageSize(size) {
      state.pageSize = size;
    },
    remove(id) {
      const { network, dns } = state;
      const collections: Record<string, unknown>[] = [
        state.resourceGroups,
        network.virtualNetworks,
        network.rules,
        network.privateEndpoints,
        network.privateLinkServices,
        dns.zones,
        dns.links,
        dns.recordSets,
      ];
      const found = collections.flatMap((collection) =>
        Object.keys(collection)
          .filter((key) => isWithin(key, id))
          .map((key) => ({ collection, key })),
      );
      if (found.length === 0) throw new Error(`There is no ${id}.`);
      for (const { collection, key } of found) removeFrom(collection, key);
    },
    setTags(id, tags) {
      const held =
        state.resourceGroups[keyOf(id)] ?? allResources(state).find((one) => sameId(one.id, id))?.tagged;
      if (!held) throw new Error(`There is no ${id}.`);
      held.tags = { ...tags };
    },
  };
}
