import { isZoneOfRegion, networkHash } from '../connection/names.ts';
import { sameResource } from '../connection/resourceId.ts';
import type { RemovalSubject } from '../plan/removalSubject.ts';
import type { ZoneOwner } from './zoneOwner.ts';

/** The limits of a disconnect in DNS, which connections share: the marks of zones and links do not name the connection. */
export interface Reach {
  readonly connectionId: string;
  readonly regionId: string;
  /** The networks that the connection links; null if only its records remain, because then they are unknown. */
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

/** Returns why the app must not change anything in a zone of this name; null if it may. */
export function zoneBeyond({ regionId }: Reach, zoneName: string): string | null {
  return isZoneOfRegion(zoneName, regionId) ? null : `${zoneName} is no zone of ${regionId}`;
}

/** Returns why the app must not remove a link to this network; null if it may. `entry`: the connection's own in the zone. */
export function networkBeyond(
  { networks }: Reach,
  networkId: string,
  entry: ZoneOwner | null = null,
): string | null {
  if (networks === null) return 'only records are left of the connection: its links and zones stay';
  if (networks.some((own) => sameResource(own, networkId))) return null;
  if (entry?.networks?.includes(networkHash(networkId)) === true) return null;
  return 'the connection does not name its network, so it may be of another one';
}
