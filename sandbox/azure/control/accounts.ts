import { keyOf, nameOf, segmentAfter } from '../resourceId.ts';
import type { Subscription } from '../state/schema.ts';
import type { World } from '../state/world.ts';

interface NewSubscription {
  readonly subscriptionId: string;
  readonly displayName?: string;
  readonly tenantId?: string;
}

interface NewResourceGroup {
  /** `/subscriptions/…/resourceGroups/…` */
  readonly id: string;
  readonly location?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The tenant of subscriptions that are added without one. */
export const SANDBOX_TENANT_ID = '7e0a0000-0000-4000-8000-000000000001';

/** Subscriptions and resource groups. */
export interface AccountControl {
  addSubscription(subscription: NewSubscription): void;
  setSubscriptionState(subscriptionId: string, state: Subscription['state']): void;
  /** Whether the subscription is registered for a resource provider such as `Microsoft.Network`. */
  setRegistration(subscriptionId: string, namespace: string, registered: boolean): void;
  addResourceGroup(group: NewResourceGroup): void;
}

export function accountControl({ state }: World): AccountControl {
  const find = (subscriptionId: string): Subscription => {
    const found = state.subscriptions[subscriptionId.toLowerCase()];
    if (!found) throw new Error(`There is no subscription ${subscriptionId}.`);
    return found;
  };
  return {
    addSubscription({ subscriptionId, displayName = 'Sandbox', tenantId = SANDBOX_TENANT_ID }) {
      state.subscriptions[subscriptionId.toLowerCase()] = {
        subscriptionId,
        displayName,
        tenantId,
        state: 'Enabled',
        unregisteredNamespaces: [],
      };
    },
    setSubscriptionState(subscriptionId, word) {
      find(subscriptionId).state = word;
    },
    setRegistration(subscriptionId, namespace, registered) {
      const subscription = find(subscriptionId);
      const others = subscription.unregisteredNamespaces.filter((one) => one !== namespace);
      subscription.unregisteredNamespaces = registered ? others : [...others, namespace];
    },
    addResourceGroup({ id, location = 'eastus', tags = {} }) {
      find(segmentAfter(id, 'subscriptions') ?? '');
      state.resourceGroups[keyOf(id)] = { id, name: nameOf(id), location, tags: { ...tags } };
    },
  };
}
