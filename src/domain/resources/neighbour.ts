import { isZoneOfRegion, regionalZoneName } from '../connection/names.ts';
import type { StoredConnection } from '../connection/storedConnection.ts';
import { ownersOf } from './aRecord.ts';
import type { ARecordSet } from './model.ts';

/** Another connection, as far as it may need a link or a zone. */
export type Neighbour = Pick<StoredConnection, 'connection' | 'specReadable'>;

/** The other connections, as far as the identity can read them. */
export interface Neighbours {
  readonly known: readonly Neighbour[];
  /** Why there may be more; null if all private endpoints could be read. */
  readonly unseen: string | null;
}

/** Returns whether another connection has records in a zone of this name, or will write them there. */
export function usesZone(
  { connection, specReadable }: Neighbour,
  zone: string,
  records: readonly ARecordSet[],
): boolean {
  const { dns } = connection.spec;
  if (ownersOf(records).includes(connection.id)) return true;
  // An unreadable specification may name any zone of the region.
  if (!specReadable) return isZoneOfRegion(zone, connection.regionId);
  const region = regionalZoneName(connection.regionId);
  return dns.manage && dns.layout === 'regional' && zone.toLowerCase() === region;
}
