import * as z from 'zod';
import type { Tags } from '../../domain/model.ts';
import { parseResourceId } from '../../domain/resourceId.ts';
import type { Network } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { named } from './named.ts';

const RESOURCES = '2021-04-01';
const SUBSCRIPTIONS = '2022-12-01';
const AUTHORIZATION = '2022-04-01';

const resourceGroupSchema = z.object({ id: z.string(), location: z.string() });
const subscriptionSchema = z.object({ subscriptionId: z.string(), state: z.string().nullish() });
const permissionSchema = z.object({
  actions: z.array(z.string()).nullish(),
  notActions: z.array(z.string()).nullish(),
});

/** What is ARM's own: groups, tags, permissions, subscriptions. The two SDKs have none of it. */
export function resourceManagement(
  arm: ArmCalls,
): Pick<Network, 'resourceGroup' | 'mergeTags' | 'removeTags' | 'permissions' | 'subscriptions'> {
  return {
    resourceGroup: (id) =>
      arm.rawRead(`reading ${id}`, { path: id, apiVersion: RESOURCES }, resourceGroupSchema),
    mergeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Merge', tags),
    removeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Delete', tags),
    async permissions(scope) {
      const found = await arm.rawList(
        `reading the permissions at ${scope}`,
        { path: `${scope}/providers/Microsoft.Authorization/permissions`, apiVersion: AUTHORIZATION },
        permissionSchema,
      );
      return found.map(({ actions, notActions }) => ({
        actions: actions ?? [],
        notActions: notActions ?? [],
      }));
    },
    async subscriptions() {
      const call = { path: '/subscriptions', apiVersion: SUBSCRIPTIONS };
      const found = await arm.rawList('listing subscriptions', call, subscriptionSchema);
      return found
        .filter(({ state }) => state !== 'Deleted' && state !== 'Disabled')
        .map(({ subscriptionId }) => subscriptionId);
    },
  };
}

/** The tags API changes the tags it is given, leaves all others, and does not touch the resource itself. */
async function patchTags(
  arm: ArmCalls,
  resourceId: string,
  operation: 'Merge' | 'Delete',
  tags: Tags,
): Promise<void> {
  named(resourceId, parseResourceId);
  await arm.raw(
    `changing tags of ${resourceId}`,
    {
      method: 'patch',
      path: `${resourceId}/providers/Microsoft.Resources/tags/default`,
      apiVersion: RESOURCES,
      body: { operation, properties: { tags } },
    },
    z.unknown(),
  );
}
