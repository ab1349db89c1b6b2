import type { Connection } from '../domain/connection/connection.ts';
import { marksAmong } from '../domain/connection/marks.ts';
import { sameResource, textSetId } from '../domain/connection/resourceId.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { PrivateDnsZone } from '../domain/resources/model.ts';
import type { Reach } from '../domain/resources/reach.ts';
import { reachOf } from '../domain/resources/reach.ts';
import { decideLinkRemoval } from '../domain/resources/virtualNetworkLink.ts';
import type { Written } from '../domain/resources/written.ts';
import { decideZoneRemoval } from '../domain/resources/zone.ts';
import type { OwnerCheck, ZoneOwner } from '../domain/resources/zoneOwner.ts';
import { decideEntryRemoval, entryName } from '../domain/resources/zoneOwner.ts';
import type { Ports } from '../ports.ts';
import { endpointToRemove } from '../queries/observeRemoval.ts';
import { observeZone } from '../queries/observeZones.ts';
import { checkOwners } from '../queries/owners.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { absent, act, removeInZones, zoneReader } from './tearDown.ts';

/**
 * Removes the entries of the connection and of owners that are gone, then the zones that are empty, so that no resource that the
 * connection does not own is deleted with a zone. What is in a zone is read just before, and again after each entry that went: another
 * connection may have entered meanwhile.
 */
export async function removeZones(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly zones: readonly { readonly id: string }[];
    readonly entries: readonly { readonly id: string; readonly zoneId: string }[];
  },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  // With only records left, nothing is removed unless Azure reports that their private endpoint does not exist.
  if (!input.subject.connection) await endpointToRemove(ports, input.subject);
  const rows = [
    ...input.entries.map((entry) => ({ ...entry, isZone: false })),
    ...input.zones.map(({ id }) => ({ id, zoneId: id, isZone: true })),
  ];
  const zoneOf = await zoneReader(
    ports,
    rows.map(({ zoneId }) => zoneId),
  );
  return removeInZones(rows, (zoneId) => {
    let found: ZoneToRemove | null | undefined;
    return async ({ id, isZone }) => {
      found ??= await contentsToRemove(ports, reach, await zoneOf(zoneId));
      if (!found) return absent(id);
      if (isZone) return removeEmptyZone(ports, reach, found);
      const { observed } = found;
      const owner = observed.owners.find(({ entry }) =>
        sameResource(textSetId(zoneId, entry?.name ?? ''), id),
      );
      if (!owner) return absent(id);
      const written = await removeEntry(ports, owner, reach, found);
      if (written.action === 'delete') found = undefined;
      return written;
    };
  });
}

function removeEmptyZone(
  ports: Ports,
  reach: Reach,
  { observed, ownerCheck }: ZoneToRemove,
): Promise<Written> {
  const { id, tags } = observed.zone;
  return act(id, decideZoneRemoval(observed, { reach, ownerCheck }), {
    remove: () => ports.dns.deleteZone(id),
    release: () => ports.network.removeTags(id, marksAmong(tags)),
  });
}

interface ZoneToRemove {
  readonly observed: ObservedZone;
  readonly ownerCheck: OwnerCheck;
}

async function contentsToRemove(
  ports: Ports,
  { connectionId }: Reach,
  zone: PrivateDnsZone | null,
): Promise<ZoneToRemove | null> {
  if (!zone) return null;
  const observed = await observeZone(ports, zone);
  return { observed, ownerCheck: await checkOwners(ports, [observed], connectionId) };
}

function removeEntry(
  ports: Ports,
  owner: ZoneOwner,
  reach: Reach,
  { observed, ownerCheck }: ZoneToRemove,
): Promise<Written> {
  const { name, etag } = owner.entry ?? { name: entryName(owner.connectionId), etag: '' };
  const zoneId = observed.zone.id;
  return act(textSetId(zoneId, name), decideEntryRemoval(owner, observed, { reach, ownerCheck }), {
    remove: () => ports.dns.deleteText(zoneId, name, etag),
  });
}

export interface ClusterZoneView {
  /** `kept`: the zone contains something that the connection may not remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Removes the zone of a single cluster whose record is gone. Each call does one step: first the links, then the entries, then the zone.
 * If the connection may not remove something in it, the zone stays too.
 */
export async function removeClusterZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneId }: { readonly connection: Connection; readonly zoneId: string },
): Promise<ClusterZoneView> {
  const reach = reachOf(subjectOf(connection));
  const found = await contentsToRemove(ports, reach, await ports.dns.zone(zoneId));
  if (!found) return { state: 'absent', deletes: 0 };
  await prove(ports, policy, connection, 'records');
  const { observed, ownerCheck } = found;
  const needs = { reach, address: null, ownerCheck };
  const whenUnlinked = decideZoneRemoval({ ...observed, links: [] }, needs);
  if (whenUnlinked.action !== 'delete') return { state: 'kept', deletes: 0 };
  if (observed.links.length > 0) {
    const removable = observed.links.filter(
      (link) => decideLinkRemoval(link, observed, needs).action === 'delete',
    );
    for (const { id } of removable) await ports.dns.deleteLink(id);
    return { state: removable.length > 0 ? 'working' : 'kept', deletes: removable.length };
  }
  if (observed.zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  const entries = await Promise.all(observed.owners.map((owner) => removeEntry(ports, owner, reach, found)));
  const deletes = entries.filter(({ action }) => action === 'delete').length;
  // The zone goes at the next call, which sees who has entered meanwhile.
  if (deletes > 0) return { state: 'working', deletes };
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 };
}
