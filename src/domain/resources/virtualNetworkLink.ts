import type { Connection } from '../connection/connection.ts';
import { isOurs } from '../connection/marks.ts';
import { fingerprint } from '../connection/names.ts';
import { parseVirtualNetworkId, sameResource } from '../connection/resourceId.ts';
import type { Observation, ObservedZone } from '../plan/observation.ts';
import { warningsOf } from '../plan/warnings.ts';
import { foreignRecords, ownersOf } from './aRecord.ts';
import type { ARecordSet, VirtualNetworkLink } from './model.ts';
import type { Neighbour, Neighbours } from './neighbour.ts';
import { usesZone } from './neighbour.ts';
import type { Reach } from './reach.ts';
import { networkBeyond, zoneBeyond } from './reach.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep, names } from './verdict.ts';

/** `link-<vnet>-<hash6>`; the hash keeps networks of one name in different groups apart. */
export function linkName(virtualNetworkId: string): string {
  const name = parseVirtualNetworkId(virtualNetworkId)?.name ?? 'network';
  const plain = name.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 66);
  return `link-${plain}-${fingerprint([virtualNetworkId], 6)}`;
}

export interface LinkWish {
  /** Whether it shall register machines; null: as it is. */
  readonly registration: boolean | null;
  /** Whether a link made by hand is taken over, as its zone is. */
  readonly mayAdopt: boolean;
}

/** `links` are all links of the zone: it can be linked to a network once, under whatever name. */
export function decideLink(
  virtualNetworkId: string,
  links: readonly VirtualNetworkLink[],
  { registration, mayAdopt }: LinkWish = { registration: null, mayAdopt: false },
): Verdict {
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { action: 'create', reason: 'the zone is not linked to the network' };
  if (!found.completed) return { action: 'wait', reason: 'the link is not Completed yet' };
  const switched = registration !== null && found.registrationEnabled !== registration;
  const reason = switched ? `auto registration shall be ${registration ? 'on' : 'off'}` : 'it is there';
  if (isOurs(found.tags)) return { action: switched ? 'change' : 'keep', reason };
  return mayAdopt
    ? {
        action: 'adopt',
        reason: `somebody linked it by hand: taken over with its zone${switched ? `; ${reason}` : ''}`,
      }
    : { action: 'keep', reason: 'somebody else linked it: used, never deleted' };
}

/** A link made by hand is taken over where its zone is ours, or becomes so. */
export function mayAdoptLink(
  connection: Connection,
  zone: ObservedZone['zone'] | null,
  zoneAdopted: boolean,
): boolean {
  return zone !== null && connection.adopt === 'matching' && (zoneAdopted || isOurs(zone.tags));
}

/** Whether the link of a network shall register machines; null where nobody can say, and then a link stays as it is. */
export function wantedRegistration(
  connection: Connection,
  networkId: string,
  observed: Observation,
): boolean | null {
  // Auto registration is for the endpoint's own network only (design §5).
  if (!connection.spec.dns.autoRegistration || !sameResource(networkId, connection.virtualNetworkId))
    return false;
  return registrationOf(warningsOf(connection, observed, []));
}

/** A network registers its machines in one zone only: not here when it does so elsewhere. */
export function registrationOf(warnings: readonly { readonly code: string }[]): boolean | null {
  if (warnings.some(({ code }) => code === 'registered-elsewhere')) return false;
  return warnings.some(({ code }) => code === 'registrations-unread') ? null : true;
}

export interface LinkNeeds {
  readonly reach: Reach;
  /** The private address of the connection's endpoint; null when it has none any more. */
  readonly address: string | null;
  readonly neighbours: Neighbours;
}

/** A link of ours to a network of the connection's own goes, unless another connection or a user of the private address needs it. */
export function decideLinkRemoval(
  link: VirtualNetworkLink,
  { zone, records }: Pick<ObservedZone, 'zone' | 'records'>,
  { reach, address, neighbours }: LinkNeeds,
): Removal {
  const { connectionId } = reach;
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(link.tags)) return keep('somebody else made the link');
  const foreign = foreignRecords(records).filter(
    ({ addresses }) => address !== null && addresses.includes(address),
  );
  if (foreign.length > 0)
    return keep(`records of somebody else point to the private address: ${names(foreign)}`);
  const others = neighbours.known.filter(({ connection }) => connection.id !== connectionId);
  const needing = others.find((other) => needsLink(other, link.virtualNetworkId, zone.name, records));
  if (needing) return keep(`the connection ${needing.connection.id} needs it`);
  const lost = ownersOf(records).find(
    (owner) => owner !== connectionId && !others.some(({ connection }) => connection.id === owner),
  );
  if (lost !== undefined) {
    return keep(`records of the connection ${lost} are in the zone, and its private endpoint is not found`);
  }
  const notOwn = networkBeyond(reach, link.virtualNetworkId) ?? neighbours.unseen;
  return notOwn === null ? { action: 'delete', reason: 'no other connection needs it' } : keep(notOwn);
}

function needsLink(
  other: Neighbour,
  virtualNetworkId: string,
  zone: string,
  records: readonly ARecordSet[],
): boolean {
  const { connection, specReadable } = other;
  if (!usesZone(other, zone, records)) return false;
  // What cannot be read may name any network.
  return (
    !specReadable || connection.linkedNetworks.some((network) => sameResource(network, virtualNetworkId))
  );
}
