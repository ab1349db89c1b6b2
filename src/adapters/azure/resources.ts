import { z } from 'zod';
import type { PrivateEndpoint, Tags } from '../../domain/model.ts';
import { parsePrivateEndpointId } from '../../domain/resourceId.ts';
import type { Network } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { privateEndpointOf, privateEndpointSchema } from './privateEndpoint.ts';

const RESOURCES = '2021-04-01';
const SUBSCRIPTIONS = '2022-12-01';
const AUTHORIZATION = '2022-04-01';
const NETWORK = '2024-05-01';
const SIDE_BY_SIDE = 10;

const resourceGroupSchema = z.object({ id: z.string(), location: z.string() });
const resourceSchema = z.object({ id: z.string() });
const subscriptionSchema = z.object({ subscriptionId: z.string(), state: z.string().nullish() });
const permissionSchema = z.object({
  actions: z.array(z.string()).nullish(),
  notActions: z.array(z.string()).nullish(),
});

/** The part of the network port that is ARM's own, or that the network SDK answers without the resource GUID. */
export function resourceManagement(
  arm: ArmCalls,
): Pick<
  Network,
  | 'resourceGroup'
  | 'privateEndpointsByTag'
  | 'privateEndpointsIn'
  | 'mergeTags'
  | 'removeTags'
  | 'permissions'
  | 'subscriptions'
> {
  return {
    resourceGroup: (id) =>
      arm.rawRead(`reading ${id}`, { path: id, apiVersion: RESOURCES }, resourceGroupSchema),
    privateEndpointsByTag: (subscriptionId, tag, value) =>
      privateEndpointsByTag(arm, subscriptionId, tag, value),
    async privateEndpointsIn(resourceGroupId) {
      const path = `${resourceGroupId}/providers/Microsoft.Network/privateEndpoints`;
      const found = await arm.rawList(
        `listing private endpoints of ${resourceGroupId}`,
        { path, apiVersion: NETWORK },
        privateEndpointSchema,
      );
      return found.map(privateEndpointOf);
    },
    mergeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Merge', tags),
    removeTags: (resourceId, tags) => patchTags(arm, resourceId, 'Delete', tags),
    async permissions(scope) {
      const path = `${scope}/providers/Microsoft.Authorization/permissions`;
      const found = await arm.rawList(
        `reading the permissions at ${scope}`,
        { path, apiVersion: AUTHORIZATION },
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

/**
 * By ARM's index of tags, which an identity may ask with rights on single groups, unlike the list of the network provider.
 * The index lags by some seconds; each endpoint found is read afresh.
 */
async function privateEndpointsByTag(
  arm: ArmCalls,
  subscriptionId: string,
  tag: string,
  value: string,
): Promise<readonly PrivateEndpoint[]> {
  const filter = `tagName eq '${quoted(tag)}' and tagValue eq '${quoted(value)}'`;
  const listed = await arm.rawList(
    `listing resources of ${subscriptionId} with the tag ${tag}`,
    {
      path: `/subscriptions/${subscriptionId}/resources`,
      apiVersion: RESOURCES,
      query: { $filter: filter },
    },
    resourceSchema,
  );
  const ids = listed.map(({ id }) => id).filter((id) => parsePrivateEndpointId(id) !== null);
  const found: PrivateEndpoint[] = [];
  for (let from = 0; from < ids.length; from += SIDE_BY_SIDE) {
    const some = await Promise.all(
      ids
        .slice(from, from + SIDE_BY_SIDE)
        .map((id) => arm.rawRead(`reading ${id}`, { path: id, apiVersion: NETWORK }, privateEndpointSchema)),
    );
    found.push(...some.flatMap((wire) => (wire ? privateEndpointOf(wire) : [])));
  }
  return found.filter(({ tags }) => tags[tag] === value);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}

/** The tags API changes the tags it is given, leaves all others, and does not touch the resource itself. */
async function patchTags(
  arm: ArmCalls,
  resourceId: string,
  operation: 'Merge' | 'Delete',
  tags: Tags,
): Promise<void> {
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
