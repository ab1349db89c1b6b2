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

/** Returns `link-<vnet>-<hash6>`. The hash distinguishes networks of one name in different groups. */
export function linkName(virtualNetworkId: string): string {
  const name = parseVirtualNetworkId(virtualNetworkId)?.name ?? 'network';
  const plain = name.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 66);
  return `link-${plain}-${fingerprint([virtualNetworkId], 6)}`;
}

export interface LinkWish {
  /** Whether the link should register machines; null: no change. */
  readonly registration: boolean | null;
  /** Whether a link created by hand is adopted, as its zone is. */
  readonly mayAdopt: boolean;
}

/** `links`: all links of the zone. A zone can have only one link to a network, under any name. */
export function decideLink(
  virtualNetworkId: string,
  links: readonly VirtualNetworkLink[],
  { registration, mayAdopt }: LinkWish = { registration: null, mayAdopt: false },
): Verdict {
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { action: 'create', reason: 'the zone is not linked to the network' };
  if (!found.completed) return { action: 'wait', reason: 'the link is not Completed yet' };
  const switched = registration !== null && found.registrationEnabled !== registration;
  const reason = switched ? `auto registration should be ${registration ? 'on' : 'off'}` : 'it is there';
  if (isOurs(found.tags)) return { action: switched ? 'change' : 'keep', reason };
  return mayAdopt
    ? {
        action: 'adopt',
        reason: `it was created by hand: adopted with its zone${switched ? `; ${reason}` : ''}`,
      }
    : { action: 'keep', reason: 'it has another owner: used, never deleted' };
}

/** A link created by hand is adopted if its zone is ours or is adopted too. */
export function mayAdoptLink(
  connection: Connection,
  zone: ObservedZone['zone'] | null,
  zoneAdopted: boolean,
): boolean {
  return zone !== null && connection.adopt === 'matching' && (zoneAdopted || isOurs(zone.tags));
}

/** Returns whether the link of a network should register machines; null if that is unknown: the link stays as it is. */
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

/** A network registers its machines in only one zone: false if it does so in another one. */
export function registrationOf(warnings: readonly { readonly code: string }[]): boolean | null {
  if (warnings.some(({ code }) => code === 'registered-elsewhere')) return false;
  return warnings.some(({ code }) => code === 'registrations-unread') ? null : true;
}

export interface LinkNeeds {
  readonly reach: Reach;
  /** The private address of the connection's endpoint; null if it no longer has one. */
  readonly address: string | null;
  readonly neighbours: Neighbours;
}

/** Deletes our link to the connection's own network, unless another connection or a user of the private address needs it. */
export function decideLinkRemoval(
  link: VirtualNetworkLink,
  { zone, records }: Pick<ObservedZone, 'zone' | 'records'>,
  { reach, address, neighbours }: LinkNeeds,
): Removal {
  const { connectionId } = reach;
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(link.tags)) return keep('the link has another owner');
  const foreign = foreignRecords(records).filter(
    ({ addresses }) => address !== null && addresses.includes(address),
  );
  if (foreign.length > 0)
    return keep(`records of another owner point to the private address: ${names(foreign)}`);
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
  // An unreadable specification may name any network.
  return (
    !specReadable || connection.linkedNetworks.some((network) => sameResource(network, virtualNetworkId))
  );
}
