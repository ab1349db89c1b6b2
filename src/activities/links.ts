import type { Connection } from '../domain/connection/connection.ts';
import { isOurs, sharedTags } from '../domain/connection/marks.ts';
import { linkId, sameResource } from '../domain/connection/resourceId.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { VirtualNetworkLink } from '../domain/resources/model.ts';
import { reachOf } from '../domain/resources/reach.ts';
import type { LinkNeeds } from '../domain/resources/virtualNetworkLink.ts';
import { decideLink, decideLinkRemoval, linkName } from '../domain/resources/virtualNetworkLink.ts';
import type { Ports } from '../ports.ts';
import { addressOf, endpointToRemove } from '../queries/observeRemoval.ts';
import { observeZone } from '../queries/observeZones.ts';
import { findNeighbours } from '../queries/storedConnections.ts';
import { ownEndpoint } from './privateEndpoint.ts';
import type { Removed, RemovedAll } from './tearDown.ts';
import { act, GONE, removeEach } from './tearDown.ts';
import { isAdoptable } from './zones.ts';

export interface EnsureLinkInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** Whether the zone registers the machines of the endpoint's own network; null: an existing link stays unchanged. */
  readonly registration: boolean | null;
  readonly follow: boolean;
}

export interface LinkView {
  readonly state: 'created' | 'working' | 'completed';
  readonly linkId: string;
  /** Whether an existing link was changed or adopted. */
  readonly written: boolean;
}

/** DNS step 2, items 1 and 2. As soon as this link exists, the zone hides the public names of its region. */
export async function ensureLink(ports: Ports, input: EnsureLinkInput): Promise<LinkView> {
  const { connection, zoneId, virtualNetworkId, follow } = input;
  const links = await ports.dns.links(zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  const registration = wantedRegistration(input);
  const mayAdopt =
    found !== undefined && !isOurs(found.tags) && (await isAdoptable(ports, connection, zoneId));
  const { action } = decideLink(virtualNetworkId, links, { registration, mayAdopt });
  if (found && action === 'wait') return { state: 'working', linkId: found.id, written: false };
  if (found && action === 'keep') return { state: 'completed', linkId: found.id, written: false };
  await ownEndpoint(ports, connection);
  if (!found) return createLink(ports, input);
  if (action === 'adopt') await ports.network.mergeTags(found.id, sharedTags());
  const switches = isSwitched(found, registration);
  if (switches) {
    await ports.dns.changeLink(found.id, { registrationEnabled: registration === true }, { follow });
  }
  return { state: switches ? 'working' : 'completed', linkId: found.id, written: true };
}

/** Auto registration is for the endpoint's own network only (design §5). */
function wantedRegistration(input: EnsureLinkInput): boolean | null {
  const { connection, virtualNetworkId, registration } = input;
  return sameResource(virtualNetworkId, connection.virtualNetworkId) ? registration : false;
}

async function createLink(ports: Ports, input: EnsureLinkInput): Promise<LinkView> {
  const { zoneId, virtualNetworkId, follow } = input;
  const id = linkId(zoneId, linkName(virtualNetworkId));
  const registrationEnabled = wantedRegistration(input) ?? true;
  await ports.dns.createLink({ id, virtualNetworkId, registrationEnabled, tags: sharedTags() }, { follow });
  return { state: 'created', linkId: id, written: false };
}

function isSwitched({ registrationEnabled }: VirtualNetworkLink, wanted: boolean | null): boolean {
  return wanted !== null && registrationEnabled !== wanted;
}

export interface ReadLinkInput {
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** The wanted registration of a link with our tags; null: the link stays unchanged. */
  readonly registration: boolean | null;
}

export interface LinkState {
  readonly state: 'absent' | 'working' | 'completed';
}

/** Returns whether the link of a network is Completed and as wanted. Azure allows one link for each zone and network. */
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

/** Removes links of any zones. Reads the other connections once, and the zone again before each removal. */
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

async function removeLink(
  ports: Ports,
  { id, zoneId }: { readonly id: string; readonly zoneId: string },
  needs: LinkNeeds,
): Promise<Removed> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return GONE;
  const observed = await observeZone(ports, zone);
  const link = observed.links.find((candidate) => sameResource(candidate.id, id));
  if (!link) return GONE;
  return act(decideLinkRemoval(link, observed, needs), () => ports.dns.deleteLink(link.id));
}
