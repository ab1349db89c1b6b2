import type { Connection } from './connection.ts';
import { isOurs, recordOwner } from './marks.ts';
import type { ObservedZone } from './observation.ts';
import { isWithinScope } from './resourceId.ts';

/**
 * Whether a zone that somebody made by hand is part of the set-up that is taken over: it lies where we would have made it,
 * nobody named it as a central zone, and it holds records made by hand for this connection's private endpoint and no others.
 * A zone without such records is used and left to whoever made it.
 */
export function mayAdoptZone(
  connection: Connection,
  { zone, records }: Pick<ObservedZone, 'zone' | 'records'>,
  address: string | null,
): boolean {
  if (!couldAdoptZone(connection, zone) || address === null) return false;
  const made = records.filter(({ autoRegistered }) => !autoRegistered);
  return (
    made.some(({ metadata }) => recordOwner(metadata) === null) &&
    made.every(({ metadata, addresses }) => {
      const owner = recordOwner(metadata);
      if (owner) return owner.connectionId === connection.id;
      return addresses.length === 1 && addresses[0] === address;
    })
  );
}

/** The same as far as the zone itself tells: whether it is worth looking at address and records. */
export function couldAdoptZone(connection: Connection, zone: ObservedZone['zone']): boolean {
  return (
    !isOurs(zone.tags) &&
    connection.adopt === 'matching' &&
    connection.spec.dns.zoneResourceGroupId === null &&
    isWithinScope(zone.id, connection.zoneResourceGroupId)
  );
}

/** A link made by hand is taken over where its zone is ours, or becomes so. */
export function mayAdoptLink(
  connection: Connection,
  zone: ObservedZone['zone'] | null,
  zoneAdopted: boolean,
): boolean {
  return zone !== null && connection.adopt === 'matching' && (zoneAdopted || isOurs(zone.tags));
}
