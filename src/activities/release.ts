import { isScopeAllowed, outsideScopes } from '../domain/connection/bounds.ts';
import { isOurs, marksAmong } from '../domain/connection/marks.ts';
import { recordSetId, textSetId } from '../domain/connection/resourceId.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { ResourceKind } from '../domain/plan/rows.ts';
import { recordsOf } from '../domain/resources/aRecord.ts';
import type { Reach } from '../domain/resources/reach.ts';
import { networkBeyond, reachOf } from '../domain/resources/reach.ts';
import type { OwnerCheck } from '../domain/resources/zoneOwner.ts';
import { entryOf, neededByOther } from '../domain/resources/zoneOwner.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Ports } from '../ports.ts';
import { readZonesConcerned } from '../queries/observeRemoval.ts';
import { checkOwners } from '../queries/owners.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import { releaseRecord } from './records.ts';

interface Released {
  readonly resource: ResourceKind;
  readonly id: string;
}

export type Release =
  | { readonly outcome: 'refused'; readonly faults: readonly [Fault, ...Fault[]] }
  | {
      readonly outcome: 'released';
      readonly released: readonly Released[];
      /** Carries our marks still, because another connection needs it. */
      readonly kept: readonly (Released & { readonly reason: string })[];
      /** Why nothing proves that the private endpoint is this connection's; null if it is proved. */
      readonly unproved: string | null;
    };

/** One resource that carries marks of the connection. */
interface Marked extends Released {
  /** Null if its marks come off. */
  readonly neededBecause: string | null;
  /** Why more than the marks would change; null if nothing else would. */
  readonly fault: string | null;
  readonly unmark: () => Promise<void>;
}

/**
 * Takes the marks of a connection off, and its entries among the owners of zones, and changes nothing else. All is read and decided
 * before the first write. The private endpoint comes last: its tags hold the specification, with which a repeated call goes on.
 */
export async function releaseConnection(
  ports: Ports,
  policy: Policy,
  stored: StoredConnection,
): Promise<Release> {
  const { connection, endpoint, specReadable } = stored;
  const subject = subjectOf(connection, { specReadable });
  const zones = await readZonesConcerned(ports, subject);
  const reach = reachOf(subject);
  const ownerCheck = await checkOwners(ports, zones, connection.id);
  const marked: readonly Marked[] = [
    ...zones.flatMap((zone) => markedIn(ports, zone, reach, ownerCheck)),
    {
      ...{ resource: 'private endpoint', id: endpoint.id, neededBecause: null, fault: null },
      unmark: () => ports.network.removeTags(endpoint.id, marksAmong(endpoint.tags)),
    },
  ];
  const [first, ...others] = marked.flatMap((one) => faultOf(one, policy) ?? []);
  if (first) return { outcome: 'refused', faults: [first, ...others] };
  const unproved = await missingProof(ports, policy, stored);
  for (const { neededBecause, unmark } of marked) if (neededBecause === null) await unmark();
  return {
    ...{ outcome: 'released', unproved },
    released: marked.flatMap(({ resource, id, neededBecause }) =>
      neededBecause === null ? { resource, id } : [],
    ),
    kept: marked.flatMap(({ resource, id, neededBecause: reason }) =>
      reason === null ? [] : { resource, id, reason },
    ),
  };
}

/** What carries marks in one zone: records, the entry of the connection, links, the zone. */
function markedIn(
  ports: Ports,
  observed: ObservedZone,
  reach: Reach,
  ownerCheck: OwnerCheck,
): readonly Marked[] {
  const { zone, links, records } = observed;
  const { connectionId } = reach;
  const entry = entryOf(observed, connectionId);
  const needed = (networkId?: string): string | null =>
    neededByOther(observed, connectionId, ownerCheck, networkId);
  const ownLinks = links.filter(
    ({ tags, virtualNetworkId }) => isOurs(tags) && networkBeyond(reach, virtualNetworkId, entry) === null,
  );
  return [
    ...recordsOf(records, connectionId).map((record): Marked => ({
      ...{ resource: 'A record set', id: recordSetId(zone.id, record.name), neededBecause: null },
      // A record set has no tags: its metadata is written with the whole set.
      fault: record.addresses.length === 1 ? null : `it has ${record.addresses.length} addresses`,
      unmark: () => releaseRecord(ports, record, 'kept'),
    })),
    ...(entry?.entry ? [markedEntry(ports, zone.id, entry.entry)] : []),
    ...ownLinks.map(({ id, tags, virtualNetworkId }): Marked => ({
      ...{ resource: 'virtual network link', id, neededBecause: needed(virtualNetworkId), fault: null },
      unmark: () => ports.network.removeTags(id, marksAmong(tags)),
    })),
    ...(isOurs(zone.tags) ? [markedZone(ports, zone, needed())] : []),
  ];
}

function markedEntry(
  ports: Ports,
  zoneId: string,
  { name, etag }: { readonly name: string; readonly etag: string },
): Marked {
  return {
    ...{ resource: 'owner entry', id: textSetId(zoneId, name), neededBecause: null, fault: null },
    unmark: () => ports.dns.deleteText(zoneId, name, etag),
  };
}

function markedZone(ports: Ports, { id, tags }: ObservedZone['zone'], neededBecause: string | null): Marked {
  return {
    ...{ resource: 'private DNS zone', id, neededBecause, fault: null },
    unmark: () => ports.network.removeTags(id, marksAmong(tags)),
  };
}

function faultOf({ resource, id, fault, neededBecause }: Marked, { allowed }: Policy): Fault | null {
  if (fault !== null) return { pointer: '', code: 'release-refused', detail: `${resource} ${id}: ${fault}` };
  if (neededBecause !== null || isScopeAllowed(id, allowed)) return null;
  return { pointer: '', code: 'scope-not-allowed', detail: outsideScopes(id) };
}

async function missingProof(
  ports: Ports,
  policy: Policy,
  { connection }: StoredConnection,
): Promise<string | null> {
  try {
    await prove(ports, policy, connection, 'endpoint');
    return null;
  } catch (error) {
    if (error instanceof ProvisioningError) return error.failure.message;
    throw error;
  }
}
