import { couldAdoptZone, mayAdoptLink, mayAdoptZone } from '../domain/adoption.ts';
import type { Connection } from '../domain/connection.ts';
import { decideLink, decideZone } from '../domain/decide.ts';
import { isOurs, sharedTags } from '../domain/marks.ts';
import { linkName } from '../domain/naming.ts';
import type { VirtualNetworkLink } from '../domain/model.ts';
import type { ObservedZone } from '../domain/observation.ts';
import { linkId, sameResource } from '../domain/resourceId.ts';
import { placeZoneWithin, wantedZoneId } from '../domain/zonePlacement.ts';
import type { Ports } from '../ports.ts';
import { observeZonesNamed } from './observe.ts';
import { ownEndpoint } from './ownEndpoint.ts';
import type { Policy } from './policy.ts';
import { stopped } from './stopped.ts';

export interface EnsureZoneInput {
  readonly connection: Connection;
  readonly zoneName: string;
  readonly follow: boolean;
}

export interface ZoneView {
  readonly zoneId: string;
  readonly exists: boolean;
  readonly created: boolean;
  /** Made by hand, and taken over now. */
  readonly adopted: boolean;
}

/** DNS step 1: the zone, submitted and not awaited. Unlinked it changes nothing for anybody. */
export async function ensureZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName, follow }: EnsureZoneInput,
): Promise<ZoneView> {
  const placement = await placed(ports, policy, connection, zoneName);
  if (placement.kind === 'conflict') throw stopped(placement.code, placement.detail);
  const { id, found } = placement;
  const adopts = found !== null && (await mayAdopt(ports, connection, found));
  const { action } = decideZone(found?.zone ?? null, adopts);
  if (action === 'create') await ports.dns.createZone({ id, tags: sharedTags() }, { follow });
  if (action === 'adopt') await ports.network.mergeTags(id, sharedTags());
  return { zoneId: id, exists: found !== null, created: action === 'create', adopted: action === 'adopt' };
}

async function placed(
  ports: Ports,
  { allowed }: Policy,
  connection: Connection,
  zoneName: string,
): Promise<ReturnType<typeof placeZoneWithin>> {
  const zones = await observeZonesNamed(ports, connection, [zoneName]);
  return placeZoneWithin(allowed, connection, zoneName, zones);
}

/** The address is read only where the zone itself could be part of a set-up made by hand. */
async function mayAdopt(ports: Ports, connection: Connection, found: ObservedZone): Promise<boolean> {
  if (!couldAdoptZone(connection, found.zone)) return false;
  const endpoint = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (!endpoint?.networkInterfaceId) return false;
  return mayAdoptZone(connection, found, await ports.network.privateIpAddress(endpoint.networkInterfaceId));
}

/** Which zone of a name the connection uses: the one that is linked to its networks already, or the one in its own place. */
export async function findZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName }: { readonly connection: Connection; readonly zoneName: string },
): Promise<{ readonly zoneId: string }> {
  const placement = await placed(ports, policy, connection, zoneName);
  if (placement.kind === 'conflict') throw stopped(placement.code, placement.detail);
  return { zoneId: placement.id };
}

/** Whether the zone that the connection uses is there. */
export async function readZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName }: { readonly connection: Connection; readonly zoneName: string },
): Promise<{ readonly exists: boolean }> {
  // Where it was to be made is one read of the few that Azure Private DNS allows; finding it elsewhere takes several.
  const wanted = await ports.dns.zone(wantedZoneId(connection, zoneName));
  if (wanted && wanted.provisioningState !== 'Deleting') return { exists: true };
  const placement = await placed(ports, policy, connection, zoneName);
  return { exists: placement.kind === 'existing' };
}

export interface EnsureLinkInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** Whether the endpoint's own network shall register its machines; null: an existing link stays as it is. */
  readonly registration: boolean | null;
  readonly follow: boolean;
}

export interface LinkView {
  readonly state: 'created' | 'working' | 'completed';
  readonly linkId: string;
  /** Whether a link that was there has been changed or taken over. */
  readonly written: boolean;
}

/** DNS step 2, items 1 and 2: from the moment this link exists, the zone hides the public names of its region. */
export async function ensureLink(ports: Ports, input: EnsureLinkInput): Promise<LinkView> {
  const { connection, zoneId, virtualNetworkId, registration, follow } = input;
  const links = await ports.dns.links(zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  // Auto registration is for the endpoint's own network only (design §5).
  const isOwn = sameResource(virtualNetworkId, connection.virtualNetworkId);
  const wish = {
    registration: isOwn ? registration : false,
    mayAdopt: found !== undefined && !isOurs(found.tags) && (await isAdoptable(ports, connection, zoneId)),
  };
  const { action } = decideLink(virtualNetworkId, links, wish);
  if (action !== 'keep' && action !== 'wait') await ownEndpoint(ports, connection);
  if (!found || action === 'create') {
    const id = linkId(zoneId, linkName(virtualNetworkId));
    const registrationEnabled = isOwn && (registration ?? true);
    await ports.dns.createLink({ id, virtualNetworkId, registrationEnabled, tags: sharedTags() }, { follow });
    return { state: 'created', linkId: id, written: false };
  }
  if (action === 'wait') return { state: 'working', linkId: found.id, written: false };
  if (action === 'adopt') await ports.network.mergeTags(found.id, sharedTags());
  const switches = action !== 'keep' && isSwitched(found, wish.registration);
  if (switches) {
    await ports.dns.changeLink(found.id, { registrationEnabled: wish.registration === true }, { follow });
  }
  return { state: switches ? 'working' : 'completed', linkId: found.id, written: action !== 'keep' };
}

function isSwitched({ registrationEnabled }: VirtualNetworkLink, wish: boolean | null): boolean {
  return wish !== null && registrationEnabled !== wish;
}

/** A link made by hand is taken over where its zone is ours by now. */
async function isAdoptable(ports: Ports, connection: Connection, zoneId: string): Promise<boolean> {
  return mayAdoptLink(connection, await ports.dns.zone(zoneId), false);
}

export interface ReadLinkInput {
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** How the link of ours shall be; null: as it is. */
  readonly registration: boolean | null;
}

export interface LinkLook {
  readonly state: 'absent' | 'working' | 'completed';
}

/** Whether the link of a network is Completed and as wanted. A network is linked to a zone once, under whatever name. */
export async function readLink(
  ports: Ports,
  { zoneId, virtualNetworkId, registration }: ReadLinkInput,
): Promise<LinkLook> {
  const links = await ports.dns.links(zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { state: 'absent' };
  const isDone = found.completed && !(isOurs(found.tags) && isSwitched(found, registration));
  return { state: isDone ? 'completed' : 'working' };
}
