import type { Connection } from '../domain/connection.ts';
import { decideLinkRemoval, decideZoneRemoval } from '../domain/decideRemoval.ts';
import { reachOf } from '../domain/reach.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Ports } from '../ports.ts';
import { readZone } from './observe.ts';
import { findAllStored } from './stored.ts';

export interface ClusterZoneView {
  /** `kept`: it holds something that is not the connection's to remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Takes down the zone of a single cluster whose record is gone: links first, then the zone, a step at each call, until
 * nothing of it is left. Whatever the connection may not remove stays, and with it the zone.
 */
export async function removeClusterZone(
  ports: Ports,
  { connection, zoneId }: { readonly connection: Connection; readonly zoneId: string },
): Promise<ClusterZoneView> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return { state: 'absent', deletes: 0 };
  const reach = reachOf(subjectOf(connection));
  const [observed, recordSets] = await Promise.all([
    readZone(ports, zone),
    ports.dns.recordSetCount(zone.id),
  ]);
  const whenUnlinked = decideZoneRemoval({ ...observed, links: [] }, { recordSets }, reach);
  if (whenUnlinked.action === 'keep') return { state: 'kept', deletes: 0 };
  if (observed.links.length > 0) {
    const { found: neighbours } = await findAllStored(ports);
    const needs = { reach, address: null, neighbours };
    const going = observed.links.filter(
      (link) => decideLinkRemoval(link, observed, needs).action === 'delete',
    );
    for (const { id } of going) await ports.dns.deleteLink(id);
    return { state: going.length > 0 ? 'working' : 'kept', deletes: going.length };
  }
  if (zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 };
}
