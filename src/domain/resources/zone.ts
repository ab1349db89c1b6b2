import type { AllowedScopes } from '../connection/bounds.ts';
import { isScopeAllowed, outsideScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { isOurs, recordOwner } from '../connection/marks.ts';
import { isWithinScope, parseResourceGroupId, sameResource, zoneId } from '../connection/resourceId.ts';
import type { ObservedZone } from '../plan/observation.ts';
import { ownersOf } from './aRecord.ts';
import type { PrivateDnsZone } from './model.ts';
import { zoneBeyond } from './reach.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep } from './verdict.ts';
import type { Neighbour, Neighbours } from './neighbour.ts';
import { usesZone } from './neighbour.ts';
import type { Reach } from './reach.ts';

export type ZonePlacement =
  | { readonly kind: 'existing' | 'new'; readonly id: string; readonly found: ObservedZone | null }
  | { readonly kind: 'conflict'; readonly code: 'overlapping-zone'; readonly detail: string };

/** The zone is the right one, and this deployment may not write in it. */
export interface ZoneOutside {
  readonly kind: 'conflict';
  readonly code: 'scope-not-allowed';
  readonly id: string;
  readonly detail: string;
}

/**
 * Which zone of a name a connection uses: the one that is linked to its networks already, since a network takes only one of
 * a name; otherwise the one in the wanted group, there or not.
 */
export function placeZone(
  connection: Connection,
  name: string,
  zones: readonly ObservedZone[],
): ZonePlacement {
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
  const askedFor = connection.spec.dns.zoneResourceGroupId;
  if (used && askedFor !== null && !isWithinScope(used.zone.id, askedFor)) {
    return {
      kind: 'conflict',
      code: 'overlapping-zone',
      detail: `a network is linked to ${used.zone.id} already`,
    };
  }
  if (used) return { kind: 'existing', id: used.zone.id, found: used };

  const id = wantedZoneId(connection, name);
  const found = named.find(({ zone }) => sameResource(zone.id, id)) ?? null;
  return { kind: found ? 'existing' : 'new', id: found?.zone.id ?? id, found };
}

/** The same where the zone is to be written in: one that this deployment may not touch is a conflict, found in time. */
export function placeZoneWithin(
  allowed: AllowedScopes,
  connection: Connection,
  name: string,
  zones: readonly ObservedZone[],
): ZonePlacement | ZoneOutside {
  const placement = placeZone(connection, name, zones);
  if (placement.kind === 'conflict' || isScopeAllowed(placement.id, allowed)) return placement;
  const { id } = placement;
  return { kind: 'conflict', code: 'scope-not-allowed', id, detail: outsideScopes(id) };
}

export function wantedZoneId(connection: Connection, name: string): string {
  const group = parseResourceGroupId(connection.zoneResourceGroupId);
  if (!group) throw new Error('The group of the zone was validated with the request.');
  return zoneId(group.subscriptionId, group.resourceGroup, name);
}

/** `mayAdopt`: whether a zone made by hand is part of the set-up that is taken over (adoption.ts). */
export function decideZone(found: PrivateDnsZone | null, mayAdopt = false): Verdict {
  if (found === null) return { action: 'create', reason: 'there is no such zone' };
  if (isOurs(found.tags)) return { action: 'keep', reason: 'it is there' };
  return mayAdopt
    ? { action: 'adopt', reason: 'somebody made it for this connection: taken over' }
    : { action: 'keep', reason: 'it is there, made by somebody else: used, never deleted' };
}

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

/** `left` is what will be in the zone when this connection has taken out its own. */
export function decideZoneRemoval(
  { zone, links, records }: ObservedZone,
  left: { readonly recordSets: number },
  { reach, neighbours }: { readonly reach: Reach; readonly neighbours: Neighbours },
): Removal {
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(zone.tags)) return keep('somebody else made the zone');
  if (links.length > 0) return keep(`it is linked to ${links.length} networks`);
  const [owner] = ownersOf(records);
  if (owner !== undefined) return keep(`records of the connection ${owner} are in it`);
  if (left.recordSets > 0) return keep(`${left.recordSets} record sets of somebody else are in it`);
  if (reach.networks === null)
    return keep('only records are left of the connection, and nothing tells whether the zone was its own');
  const user = neighbours.known.find((other) => willWriteInto(other, zone, records));
  if (user) return keep(`the connection ${user.connection.id} uses it`);
  if (neighbours.unseen !== null) return keep(neighbours.unseen);
  return { action: 'delete', reason: 'no other connection uses it' };
}

/** A connection of the same zone name has its own zone where its group is another one. */
function willWriteInto(
  other: Neighbour,
  zone: ObservedZone['zone'],
  records: ObservedZone['records'],
): boolean {
  if (!usesZone(other, zone.name, records)) return false;
  return !other.specReadable || isWithinScope(zone.id, other.connection.zoneResourceGroupId);
}
