import type { Connection } from '../domain/connection.ts';
import { decideLink } from '../domain/decide.ts';
import { sharedTags } from '../domain/marks.ts';
import { linkName } from '../domain/naming.ts';
import { linkId, sameResource } from '../domain/resourceId.ts';
import { placeZone } from '../domain/zonePlacement.ts';
import type { Ports } from '../ports.ts';
import { stopped } from './endpoint.ts';
import { observeZonesNamed } from './observe.ts';

export interface EnsureZoneInput {
  readonly connection: Connection;
  readonly zoneName: string;
  readonly follow: boolean;
}

export interface ZoneView {
  readonly zoneId: string;
  readonly exists: boolean;
  readonly created: boolean;
}

/** DNS step 1: the zone, submitted and not awaited. Unlinked it changes nothing for anybody. */
export async function ensureZone(
  ports: Ports,
  { connection, zoneName, follow }: EnsureZoneInput,
): Promise<ZoneView> {
  const placement = placeZone(connection, zoneName, await observeZonesNamed(ports, connection, [zoneName]));
  if (placement.kind === 'conflict') throw stopped('overlapping-zone', placement.detail);
  if (placement.kind === 'existing') return { zoneId: placement.id, exists: true, created: false };
  await ports.dns.createZone({ id: placement.id, tags: sharedTags() }, { follow });
  return { zoneId: placement.id, exists: false, created: true };
}

/** Whether the zone that the connection uses is there. */
export async function readZone(
  ports: Ports,
  { connection, zoneName }: { readonly connection: Connection; readonly zoneName: string },
): Promise<{ readonly exists: boolean }> {
  const placement = placeZone(connection, zoneName, await observeZonesNamed(ports, connection, [zoneName]));
  return { exists: placement.kind === 'existing' };
}

export interface EnsureLinkInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  readonly registration: boolean;
  readonly follow: boolean;
}

export interface LinkView {
  readonly state: 'created' | 'working' | 'completed';
  readonly linkId: string;
}

/** DNS step 2, items 1 and 2: from the moment this link exists, the zone hides the public names of its region. */
export async function ensureLink(ports: Ports, input: EnsureLinkInput): Promise<LinkView> {
  const { connection, zoneId, virtualNetworkId, registration, follow } = input;
  const links = await ports.dns.links(zoneId);
  const decision = decideLink(virtualNetworkId, links);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (decision.action === 'wait' && found) return { state: 'working', linkId: found.id };
  if (decision.action !== 'create' && found) return { state: 'completed', linkId: found.id };
  const id = linkId(zoneId, linkName(virtualNetworkId));
  // Auto registration is for the endpoint's own network only (design §5).
  const registrationEnabled = registration && sameResource(virtualNetworkId, connection.virtualNetworkId);
  await ports.dns.createLink({ id, virtualNetworkId, registrationEnabled, tags: sharedTags() }, { follow });
  return { state: 'created', linkId: id };
}

/** Whether the link of a network is Completed. A network is linked to a zone once, under whatever name. */
export async function readLink(
  ports: Ports,
  { zoneId, virtualNetworkId }: { readonly zoneId: string; readonly virtualNetworkId: string },
): Promise<{ readonly state: 'absent' | 'working' | 'completed' }> {
  const links = await ports.dns.links(zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { state: 'absent' };
  return { state: found.completed ? 'completed' : 'working' };
}
