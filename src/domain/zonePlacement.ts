import { isScopeAllowed, outsideScopes } from './bounds.ts';
import type { Allowed } from './bounds.ts';
import type { Connection } from './connection.ts';
import type { ObservedZone } from './observation.ts';
import { isWithinScope, parseResourceGroupId, sameResource, zoneId } from './resourceId.ts';

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
  allowed: Allowed,
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
