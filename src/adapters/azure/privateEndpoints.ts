import * as z from 'zod';
import type { PrivateEndpoint } from '../../domain/model.ts';
import { parsePrivateEndpointId } from '../../domain/resourceId.ts';
import type { Network } from '../../ports.ts';
import type { ArmCalls } from './armCalls.ts';
import { named } from './named.ts';
import { privateEndpointOf, privateEndpointSchema } from './privateEndpoint.ts';
import { createPrivateEndpoint, repeatPrivateEndpoint } from './privateEndpointPuts.ts';

/** Of ARM's list of all resources. */
const RESOURCES = '2021-04-01';
/** The newest version that was recorded to answer the resource GUID, which no version promises. */
const WITH_GUID = '2022-01-01';
const SIDE_BY_SIDE = 10;

const listedSchema = z.object({ id: z.string() });

export function privateEndpoints(
  arm: ArmCalls,
): Pick<
  Network,
  | 'privateEndpoint'
  | 'privateEndpointsByTag'
  | 'privateEndpointsIn'
  | 'createPrivateEndpoint'
  | 'repeatPrivateEndpoint'
  | 'deletePrivateEndpoint'
> {
  const client = (subscriptionId: string) => arm.clients.network(subscriptionId).privateEndpoints;
  return {
    privateEndpoint: (id) => privateEndpoint(arm, id),
    privateEndpointsByTag: (subscriptionId, tag, value) => byTag(arm, subscriptionId, tag, value),
    async privateEndpointsIn(scope) {
      const path = `${scope}/providers/Microsoft.Network/privateEndpoints`;
      const found = await arm.rawList(
        `listing private endpoints of ${scope}`,
        { path, apiVersion: WITH_GUID },
        privateEndpointSchema,
      );
      return found.map(privateEndpointOf);
    },
    createPrivateEndpoint: (endpoint, options) => createPrivateEndpoint(arm, endpoint, options),
    repeatPrivateEndpoint: (id, tags, options) => repeatPrivateEndpoint(arm, { id, tags }, options),
    async deletePrivateEndpoint(id) {
      const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
      await arm.submitDelete(`deleting private endpoint ${name} in ${resourceGroup}`, () =>
        client(subscriptionId).delete(resourceGroup, name),
      );
    },
  };
}

async function privateEndpoint(arm: ArmCalls, id: string): Promise<PrivateEndpoint | null> {
  const { subscriptionId, resourceGroup, name } = named(id, parsePrivateEndpointId);
  const doing = `reading private endpoint ${name}`;
  const found = await arm.read(doing, async () => {
    let wire: unknown;
    await arm.clients.network(subscriptionId).privateEndpoints.get(resourceGroup, name, {
      onResponse: ({ parsedBody }) => {
        wire = parsedBody;
      },
    });
    return privateEndpointOf(privateEndpointSchema.parse(wire));
  });
  if (found?.resourceGuid !== null) return found;
  const older = await rawRead(arm, id);
  return { ...found, resourceGuid: older?.resourceGuid ?? null };
}

async function rawRead(arm: ArmCalls, id: string): Promise<PrivateEndpoint | null> {
  const call = { path: id, apiVersion: WITH_GUID };
  const wire = await arm.rawRead(`reading ${id}`, call, privateEndpointSchema);
  return wire && privateEndpointOf(wire);
}

/**
 * By ARM's index of tags, which an identity may ask with rights on single groups, unlike the list of the network provider.
 * The index lags by some seconds; each endpoint found is read afresh.
 */
async function byTag(
  arm: ArmCalls,
  subscriptionId: string,
  tag: string,
  value: string,
): Promise<readonly PrivateEndpoint[]> {
  const listed = await arm.rawList(
    `listing resources of ${subscriptionId} with the tag ${tag}`,
    {
      path: `/subscriptions/${subscriptionId}/resources`,
      apiVersion: RESOURCES,
      query: { $filter: `tagName eq '${quoted(tag)}' and tagValue eq '${quoted(value)}'` },
    },
    listedSchema,
  );
  const ids = listed.map(({ id }) => id).filter((id) => parsePrivateEndpointId(id) !== null);
  const found: PrivateEndpoint[] = [];
  for (let from = 0; from < ids.length; from += SIDE_BY_SIDE) {
    const some = await Promise.all(ids.slice(from, from + SIDE_BY_SIDE).map((id) => rawRead(arm, id)));
    found.push(...some.filter((endpoint) => endpoint !== null));
  }
  return found.filter(({ tags }) => tags[tag] === value);
}

function quoted(text: string): string {
  return text.replaceAll("'", "''");
}
