import type { Connection } from '../connection/connection.ts';
import { isAdopted, isOurs } from '../connection/marks.ts';
import { fingerprint, networkHash, regionalZoneName } from '../connection/names.ts';
import { parseVirtualNetworkId, sameResource } from '../connection/resourceId.ts';
import type { Outcome } from '../failure/failure.ts';
import { succeeded } from '../failure/failure.ts';
import type { Observation, ObservedZone } from '../plan/observation.ts';
import { foreignRecordsTo } from './aRecord.ts';
import type { VirtualNetworkLink } from './model.ts';
import type { Reach } from './reach.ts';
import { networkBeyond, zoneBeyond } from './reach.ts';
import type { RequestedTags } from './sharedTags.ts';
import { decideTags, NO_TAGS } from './sharedTags.ts';
import type { Verdict, Removal } from './verdict.ts';
import { keep, names, removeOwn } from './verdict.ts';
import { placeZone } from './zone.ts';
import type { OwnerCheck, ZoneOwner } from './zoneOwner.ts';
import { entryOf, isNotedAsCreated, neededByOther } from './zoneOwner.ts';

/** Returns `link-<vnet>-<hash6>`. The hash distinguishes networks of one name in different groups. */
export function linkName(virtualNetworkId: string): string {
  const name = parseVirtualNetworkId(virtualNetworkId)?.name ?? 'network';
  const plain = name.replace(/[^A-Za-z0-9_.-]/g, '-').slice(0, 66);
  return `link-${plain}-${fingerprint([virtualNetworkId], 6)}`;
}

export interface LinkWish {
  /** Whether the link should register machines; null: no change. */
  readonly registration: boolean | null;
  /** Whether a link without our marks is adopted, as its zone is. */
  readonly mayAdopt: boolean;
  /** Of the zone. Without them no link proves to be one of this app that has lost its marks. */
  readonly owners?: readonly ZoneOwner[];
  /** Compared only if it is given. */
  readonly requested?: RequestedTags;
}

/** `links`: all links of the zone. A zone can have only one link to a network, under any name. */
export function decideLink(
  virtualNetworkId: string,
  links: readonly VirtualNetworkLink[],
  { registration, mayAdopt, owners = [], requested = NO_TAGS }: LinkWish = {
    registration: null,
    mayAdopt: false,
  },
): Verdict {
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { action: 'create', reason: 'the zone is not linked to the network' };
  if (!found.completed) return { action: 'wait', reason: 'the link is not Completed yet' };
  if (isOurs(found.tags)) {
    // An adopted link keeps its own setting: it must be possible to give it back as it was.
    const switched = isSwitched(found, registration) && !isAdopted(found.tags);
    return switched
      ? { action: 'update', reason: `auto registration should be ${registration === true ? 'on' : 'off'}` }
      : decideTags(found.tags, requested, { action: 'keep', reason: 'it is there' });
  }
  const reason = hasLostMark(found, owners)
    ? 'it is ours by an entry of the zone, and has lost its mark'
    : 'it was created by hand: adopted with its zone';
  return mayAdopt
    ? decideTags(found.tags, requested, { action: 'adopt', reason })
    : { action: 'keep', reason: 'it has another owner: used, never deleted' };
}

/** Whether a link without our marks was created by this app: its name is one that this app gives, and an entry of the zone notes it. */
export function hasLostMark(
  { name, virtualNetworkId }: Pick<VirtualNetworkLink, 'name' | 'virtualNetworkId'>,
  owners: readonly ZoneOwner[],
): boolean {
  return name === linkName(virtualNetworkId) && isNotedAsCreated(networkHash(virtualNetworkId), owners);
}

function isSwitched({ registrationEnabled }: VirtualNetworkLink, wanted: boolean | null): boolean {
  return wanted !== null && registrationEnabled !== wanted;
}

/** A link created by hand is adopted if its zone is ours or is adopted too. */
export function mayAdoptLink(
  connection: Connection,
  zone: ObservedZone['zone'] | null,
  zoneAdopted: boolean,
): boolean {
  return zone !== null && connection.adopt === 'matching' && (zoneAdopted || isOurs(zone.tags));
}

/** `leave`: an existing link stays as it is, since nothing shows where the network registers its machines. */
export const autoRegistrations = ['on', 'off', 'leave'] as const;

/** Whether the regional zone registers the machines of the endpoint's own network. */
export type AutoRegistration = (typeof autoRegistrations)[number];

/** Decides it for a connection. A network registers its machines in one zone only: not here if it does so in another one. */
export function autoRegistrationOf(connection: Connection, observed: Observation): AutoRegistration {
  if (!connection.spec.dns.autoRegistration || !connection.spec.dns.manage) return 'off';
  const elsewhere = registeredElsewhere(connection, observed);
  if (!elsewhere.ok) return 'leave';
  return elsewhere.value === null ? 'on' : 'off';
}

/** Returns the ID of another zone in which the endpoint's own network registers its machines; null if there is none. */
export function registeredElsewhere(
  connection: Connection,
  { zones, registrationZones }: Observation,
): Outcome<string | null> {
  if (!registrationZones.ok) return registrationZones;
  const regional = regionalZoneName(connection.regionId);
  const own = placeZone(connection, regional, { zones: zones.ok ? zones.value : [], unread: [] });
  const elsewhere = registrationZones.value.find(
    ({ virtualNetworkId, zoneId }) =>
      sameResource(virtualNetworkId, connection.virtualNetworkId) &&
      (own.kind === 'conflict' || !sameResource(zoneId, own.id)),
  );
  return succeeded(elsewhere?.zoneId ?? null);
}

/** Returns whether the link of a network should register its machines; null if it stays as it is. */
export function wantedRegistration(
  connection: Pick<Connection, 'virtualNetworkId'>,
  networkId: string,
  autoRegistration: AutoRegistration,
): boolean | null {
  // Auto registration is for the endpoint's own network only.
  if (!sameResource(networkId, connection.virtualNetworkId)) return false;
  return autoRegistration === 'leave' ? null : autoRegistration === 'on';
}

export interface LinkNeeds {
  readonly reach: Reach;
  /** The private address of the connection's endpoint; null if it no longer has one. */
  readonly address: string | null;
  readonly ownerCheck: OwnerCheck;
}

/** Deletes our link to a network of the connection, unless another owner of the zone or a user of the private address needs it. */
export function decideLinkRemoval(
  link: VirtualNetworkLink,
  zone: ObservedZone,
  { reach, address, ownerCheck }: LinkNeeds,
): Removal {
  const beyond = zoneBeyond(reach, zone.zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(link.tags)) return keep('the link has another owner');
  const foreign = foreignRecordsTo(zone.records, address);
  if (foreign.length > 0)
    return keep(`records of another owner point to the private address: ${names(foreign)}`);
  const { connectionId } = reach;
  const needed = neededByOther(zone, connectionId, ownerCheck, link.virtualNetworkId);
  if (needed !== null) return keep(needed);
  const notOwn = networkBeyond(reach, link.virtualNetworkId, entryOf(zone, connectionId));
  return notOwn === null ? removeOwn(link.tags, 'no other connection needs it') : keep(notOwn);
}
