import { parsePrivateEndpointId, resourceGroupId } from '../domain/connection/resourceId.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import type { OwnerCheck } from '../domain/resources/zoneOwner.ts';
import { ownersIn } from '../domain/resources/zoneOwner.ts';
import type { Ports } from '../ports.ts';
import { readEach } from './tryRead.ts';

/** A group with more owners is listed: hundreds of connections can share one zone. */
const FEW = 10;

/** Reads whether the other owners of the zones exist. One that cannot be read, for any reason, counts as there. */
export async function checkOwners(
  ports: Pick<Ports, 'network'>,
  zones: readonly ObservedZone[],
  connectionId: string,
): Promise<OwnerCheck> {
  const endpoints = new Map(
    zones.flatMap(ownersIn).flatMap(({ connectionId: id, privateEndpointId }) => {
      return id === connectionId || privateEndpointId === null ? [] : [[id, privateEndpointId] as const];
    }),
  );
  const listed = await inFullGroups(ports, [...endpoints.values()]);
  const unlisted = [...endpoints].filter(([, endpointId]) => !listed.has(endpointId.toLowerCase()));
  const read = await readEach(unlisted, ([, endpointId]) => ports.network.privateEndpoint(endpointId), 'all');
  return {
    gone: read.flatMap((endpoint) => (endpoint.ok && endpoint.value === null ? endpoint.entry[0] : [])),
    unread: Object.fromEntries(
      read.flatMap((endpoint) => (endpoint.ok ? [] : [[endpoint.entry[0], endpoint.failure.message]])),
    ),
  };
}

/** Returns the IDs, in small letters, that lists of groups with many owners show. A list that lacks one is no proof that it is gone. */
async function inFullGroups(
  { network }: Pick<Ports, 'network'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const counts = new Map<string, number>();
  for (const id of ids) {
    const parsed = parsePrivateEndpointId(id);
    if (!parsed) continue;
    const group = resourceGroupId(parsed.subscriptionId, parsed.resourceGroup).toLowerCase();
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  const full = [...counts].flatMap(([group, count]) => (count > FEW ? group : []));
  const lists = await readEach(full, (group) => network.privateEndpointsIn(group), 'all');
  return new Set(lists.flatMap((list) => (list.ok ? list.value.map(({ id }) => id.toLowerCase()) : [])));
}
