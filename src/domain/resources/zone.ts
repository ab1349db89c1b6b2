import type { AllowedScopes } from '../connection/bounds.ts';
import { isScopeAllowed, outsideScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import type { FailureCode } from '../failure/catalog.ts';
import { isAdopted, isOurs, recordOwner } from '../connection/marks.ts';
import { isWithinScope, parseResourceGroupId, sameResource, zoneId } from '../connection/resourceId.ts';
import type { ObservedZone, ZonesRead } from '../plan/observation.ts';
import type { PrivateDnsZone } from './model.ts';
import { zoneBeyond } from './reach.ts';
import type { RequestedTags } from './sharedTags.ts';
import { decideTags } from './sharedTags.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep, removeOwn } from './verdict.ts';
import type { Reach } from './reach.ts';
import type { OwnerCheck } from './zoneOwner.ts';
import { neededByOther, ownersIn } from './zoneOwner.ts';

export type ZonePlacement =
  | { readonly kind: 'existing' | 'new'; readonly id: string; readonly found: ObservedZone | null }
  | {
      readonly kind: 'conflict';
      readonly code: FailureCode;
      readonly detail: string;
      readonly cure?: string | undefined;
    };

/** The zone is the right one, but this deployment must not write in it. */
export interface ZoneOutside {
  readonly kind: 'conflict';
  readonly code: 'scope-not-allowed';
  readonly id: string;
  readonly detail: string;
}

/**
 * Returns the zone of this name that a connection uses: the one already linked to its networks, since a network can link only
 * one zone of a name; otherwise the one in the wanted group, existing or new. A zone of the name that cannot be read may be the
 * linked one.
 */
export function placeZone(connection: Connection, name: string, { zones, unread }: ZonesRead): ZonePlacement {
  const named = zones.filter(({ zone }) => zone.name.toLowerCase() === name.toLowerCase());
  const linked = named.filter(({ links }) =>
    links.some((link) =>
      connection.linkedNetworks.some((network) => sameResource(network, link.virtualNetworkId)),
    ),
  );
  if (linked.length > 1) {
    const ids = linked.map(({ zone }) => zone.id).join(' and ');
    return {
      kind: 'conflict',
      code: 'overlapping-zone',
      detail: `the networks are linked to different zones ${name}: ${ids}`,
    };
  }
  const [used] = linked;
  const requestedGroup = connection.spec.dns.zoneResourceGroupId;
  if (used && requestedGroup !== null && !isWithinScope(used.zone.id, requestedGroup)) {
    return {
      kind: 'conflict',
      code: 'overlapping-zone',
      detail: `a network is linked to ${used.zone.id} already`,
    };
  }
  if (used) return { kind: 'existing', id: used.zone.id, found: used };
  const hidden = unread.find((zone) => zone.name === name.toLowerCase());
  if (hidden) {
    const { code, message: detail, cure } = hidden.failure;
    return { kind: 'conflict', code, detail, cure };
  }

  const id = wantedZoneId(connection, name);
  const found = named.find(({ zone }) => sameResource(zone.id, id)) ?? null;
  return { kind: found ? 'existing' : 'new', id: found?.zone.id ?? id, found };
}

/** Like `placeZone`, for a zone to be written. A zone outside the scopes of this deployment is a conflict before any write. */
export function placeZoneWithin(
  allowed: AllowedScopes,
  connection: Connection,
  name: string,
  read: ZonesRead,
): ZonePlacement | ZoneOutside {
  const placement = placeZone(connection, name, read);
  if (placement.kind === 'conflict' || isScopeAllowed(placement.id, allowed)) return placement;
  const { id } = placement;
  return { kind: 'conflict', code: 'scope-not-allowed', id, detail: outsideScopes(id) };
}

export function wantedZoneId(connection: Connection, name: string): string {
  const group = parseResourceGroupId(connection.zoneResourceGroupId);
  if (!group) throw new Error('The group of the zone was validated with the request.');
  return zoneId(group.subscriptionId, group.resourceGroup, name);
}

/** `mayAdopt`: the result of `mayAdoptZone` for a zone created by hand. */
export function decideZone(
  found: PrivateDnsZone | null,
  mayAdopt: boolean,
  requested: RequestedTags,
): Verdict {
  if (found === null) return { action: 'create', reason: 'there is no such zone' };
  if (isOurs(found.tags)) return decideTags(found.tags, requested, { action: 'keep', reason: 'it is there' });
  const reason = 'it was created by hand for this connection: adopted';
  return mayAdopt
    ? decideTags(found.tags, requested, { action: 'adopt', reason })
    : { action: 'keep', reason: 'it is there, and has another owner: used, never deleted' };
}

/**
 * Returns whether the connection adopts a zone created by hand: it is in the connection's own group, the request does not name
 * it as a central zone, and its records were created by hand for this connection's private endpoint and for no other.
 * A zone without such records is used, but not adopted.
 */
export function mayAdoptZone(
  connection: Connection,
  { zone, records, owners }: Pick<ObservedZone, 'zone' | 'records' | 'owners'>,
  address: string | null,
): boolean {
  if (!couldAdoptZone(connection, zone)) return false;
  if (owners.some(({ connectionId }) => connectionId !== connection.id)) return false;
  const manual = records.filter(({ autoRegistered }) => !autoRegistered);
  return (
    manual.some(({ metadata }) => recordOwner(metadata) === null) &&
    manual.every(({ metadata, addresses }) => {
      const owner = recordOwner(metadata);
      if (owner) return owner.connectionId === connection.id;
      return addresses.length === 1 && addresses[0] === address;
    })
  );
}

/** The part of `mayAdoptZone` that needs only the zone. If it is false, address and records need no read. */
export function couldAdoptZone(connection: Connection, zone: ObservedZone['zone']): boolean {
  return (
    !isOurs(zone.tags) &&
    connection.adopt === 'matching' &&
    connection.spec.dns.zoneResourceGroupId === null &&
    isWithinScope(zone.id, connection.zoneResourceGroupId)
  );
}

/** `observed`: what remains in the zone after the removal of the connection's own links, records and entry. */
export function decideZoneRemoval(
  observed: ObservedZone,
  { reach, ownerCheck }: { readonly reach: Reach; readonly ownerCheck: OwnerCheck },
): Removal {
  const { zone, links, records, owners, otherSets } = observed;
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(zone.tags)) return keep('the zone has another owner');
  const needed = neededByOther(observed, reach.connectionId, ownerCheck);
  if (needed !== null) return keep(needed);
  const isStaying = isAdopted(zone.tags);
  if (!isStaying && links.length > 0) return keep(`it is linked to ${links.length} networks`);
  const [owner] = ownersIn({ owners: [], records });
  if (owner) return keep(`records of the connection ${owner.connectionId} are in it`);
  // Of the name of the connection's own entry, but not written by this app.
  const unknown = owners.filter((own) => own.connectionId === reach.connectionId && !own.isEntry).length;
  const recordSets =
    otherSets.length + unknown + records.filter(({ autoRegistered }) => !autoRegistered).length;
  if (!isStaying && recordSets > 0) return keep(`${recordSets} record sets of another owner are in it`);
  if (reach.networks === null)
    return keep('only records are left of the connection, and nothing proves that the zone was its own');
  return removeOwn(zone.tags, 'no other connection uses it');
}
