import { z } from 'zod';
import { accessSchema } from './accessSchema.ts';
import { dnsSchema } from './dnsSchema.ts';
import { networkSchema } from './networkSchema.ts';
import { longRunningSchema } from './longRunningSchema.ts';

const tags = z.record(z.string(), z.string());

const subscriptionSchema = z.object({
  subscriptionId: z.string(),
  displayName: z.string(),
  tenantId: z.string(),
  state: z.enum(['Enabled', 'Disabled', 'Warned', 'PastDue', 'Deleted']),
  /** Resource providers that the subscription is not registered for, e.g. `Microsoft.Network`. */
  unregisteredNamespaces: z.array(z.string()),
});

const resourceGroupSchema = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  tags,
});

/**
 * Everything the simulated Azure knows: plain data, keyed by lower-case resource ID (subscriptions by their ID, private link
 * services by alias). What depends on time is kept as instants and evaluated at each request, so that a restart continues
 * from the same state.
 */
export const azureStateSchema = z.object({
  /** The position of the seeded generator that draws GUIDs, ETags and durations. */
  randomState: z.number().int(),
  subscriptions: z.record(z.string(), subscriptionSchema),
  resourceGroups: z.record(z.string(), resourceGroupSchema),
  network: networkSchema,
  dns: dnsSchema,
  access: accessSchema,
  longRunning: longRunningSchema,
  /** Longest page of a list answer. */
  pageSize: z.number().int().positive(),
});

export type AzureState = z.infer<typeof azureStateSchema>;
export type Subscription = z.infer<typeof subscriptionSchema>;
export type ResourceGroup = z.infer<typeof resourceGroupSchema>;

/** Object ID of the identity that a bearer token means, unless an option of `startAzure` says otherwise. */
export const APP_PRINCIPAL_ID = '5a1d0b0a-0000-4000-8000-00000000a990';

/** Object ID of the person who owns the subscriptions and works in them by hand. */
export const OWNER_PRINCIPAL_ID = '5a1d0b0a-0000-4000-8000-00000000a9a0';

/** An Azure without subscriptions, in which the app's identity may do everything until roles are taken from it. */
export function emptyAzureState(seed = 1): AzureState {
  return {
    randomState: seed,
    subscriptions: {},
    resourceGroups: {},
    network: {
      virtualNetworks: {},
      rules: {},
      privateLinkServices: {},
      privateEndpoints: {},
      reservedNames: {},
      refusesPolicyBoundSubnets: false,
    },
    dns: { zones: {}, links: {}, recordSets: {}, secondZonePut: 'accepted' },
    access: {
      assignments: [OWNER_PRINCIPAL_ID, APP_PRINCIPAL_ID].map((principalId) => ({
        ...{ principalId, scope: '/', actions: ['*'], notActions: [] },
      })),
      denials: [],
      locks: {},
      policies: [],
      budgets: {},
    },
    longRunning: { operations: {}, orderedFailures: [], polling: { locationOnPut: false } },
    pageSize: 1000,
  };
}
