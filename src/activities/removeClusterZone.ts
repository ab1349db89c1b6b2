import { isOurs } from '../domain/marks.ts';
import type { Ports } from '../ports.ts';

export interface ClusterZoneView {
  /** `kept`: it holds something that is not ours to remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Takes down the zone of a single cluster whose record is gone: links first, then the zone, a step at each call, until
 * nothing of it is left. Whatever does not carry our mark stays, and with it the zone.
 */
export async function removeClusterZone(
  ports: Ports,
  { zoneId }: { readonly zoneId: string },
): Promise<ClusterZoneView> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return { state: 'absent', deletes: 0 };
  if (!isOurs(zone.tags) || (await ports.dns.recordSetCount(zoneId)) > 0)
    return { state: 'kept', deletes: 0 };
  const links = await ports.dns.links(zoneId);
  if (links.some(({ tags }) => !isOurs(tags))) return { state: 'kept', deletes: 0 };
  for (const { id } of links) await ports.dns.deleteLink(id);
  if (links.length > 0) return { state: 'working', deletes: links.length };
  if (zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 };
}
