import type { Connection } from '../domain/connection/connection.ts';
import { isOurs, sharedTags } from '../domain/connection/marks.ts';
import { linkId, sameResource } from '../domain/connection/resourceId.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { VirtualNetworkLink } from '../domain/resources/model.ts';
import { reachOf } from '../domain/resources/reach.ts';
import { decideLink, linkName } from '../domain/resources/virtualNetworkLink.ts';
import type { Ports } from '../ports.ts';
import { addressOf, endpointToRemove } from '../queries/observeRemoval.ts';
import { findNeighbours } from '../queries/storedConnections.ts';
import { ownEndpoint } from './privateEndpoint.ts';
import type { RemovedAll } from './tearDown.ts';
import { removeEach, removeLink } from './tearDown.ts';
import { isAdoptable } from './zones.ts';

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

export interface ReadLinkInput {
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** How the link of ours shall be; null: as it is. */
  readonly registration: boolean | null;
}

export interface LinkState {
  readonly state: 'absent' | 'working' | 'completed';
}

/** Whether the link of a network is Completed and as wanted. A network is linked to a zone once, under whatever name. */
export async function readLink(
  ports: Ports,
  { zoneId, virtualNetworkId, registration }: ReadLinkInput,
): Promise<LinkState> {
  const links = await ports.dns.links(zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { state: 'absent' };
  const isDone = found.completed && !(isOurs(found.tags) && isSwitched(found, registration));
  return { state: isDone ? 'completed' : 'working' };
}

/** Links of any zones. What other connections need is read once for all of them, each zone afresh for each of its links. */
export async function removeLinks(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly links: readonly { readonly id: string; readonly zoneId: string }[];
  },
): Promise<RemovedAll> {
  const [endpoint, neighbours] = await Promise.all([
    endpointToRemove(ports, input.subject),
    findNeighbours(ports, input.subject.connectionId),
  ]);
  const address = await addressOf(ports, endpoint);
  const needs = { reach: reachOf(input.subject), address, neighbours };
  return removeEach(input.links, (link) => removeLink(ports, link, needs));
}
