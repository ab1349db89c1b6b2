import { isZoneOfRegion } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import type { RemovalSubject } from '../plan/removalSubject.ts';

/**
 * How far a tear-down may go in DNS, which connections share. Zones and links say only that they are ours, not whose, and
 * another connection may be there whose private endpoint the identity cannot read and which has no record yet.
 */
export interface Reach {
  readonly connectionId: string;
  readonly regionId: string;
  /** The networks that the connection links; null where only its records are left, and nothing tells them any more. */
  readonly networks: readonly string[] | null;
}

export function reachOf({
  connectionId,
  regionId,
  connection,
  formerNetworks,
}: Pick<RemovalSubject, 'connectionId' | 'regionId' | 'connection' | 'formerNetworks'>): Reach {
  const networks = connection && [...connection.linkedNetworks, ...formerNetworks];
  return { connectionId, regionId, networks };
}

/** Why nothing in a zone of this name may be touched; null when it may. */
export function zoneBeyond({ regionId }: Reach, zoneName: string): string | null {
  return isZoneOfRegion(zoneName, regionId) ? null : `${zoneName} is no zone of ${regionId}`;
}

/** Why a link to this network may not be touched, in whatever zone; null when it may. */
export function networkBeyond({ networks }: Reach, networkId: string): string | null {
  if (networks === null)
    return 'only records are left of the connection, and nothing tells which links were its own';
  if (networks.some((own) => sameResource(own, networkId))) return null;
  return 'the connection does not name its network, so it may be of another one';
}
