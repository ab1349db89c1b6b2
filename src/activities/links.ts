import type { Connection } from '../domain/connection/connection.ts';
import { adoptedMarks, isOurs, madeMark, marksAmong, newSharedTags } from '../domain/connection/marks.ts';
import { linkId, sameResource } from '../domain/connection/resourceId.ts';
import { fail } from '../domain/failure/failure.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import type { PrivateDnsZone, RecordSets, VirtualNetworkLink } from '../domain/resources/model.ts';
import { reachOf } from '../domain/resources/reach.ts';
import type { RequestedTags } from '../domain/resources/sharedTags.ts';
import { lackingTags, requestedTags } from '../domain/resources/sharedTags.ts';
import type { AutoRegistration, LinkNeeds } from '../domain/resources/virtualNetworkLink.ts';
import {
  decideLink,
  decideLinkRemoval,
  hasLostMark,
  linkName,
  mayAdoptLink,
  wantedRegistration,
} from '../domain/resources/virtualNetworkLink.ts';
import type { ZoneOwner } from '../domain/resources/zoneOwner.ts';
import { isSharedLink } from '../domain/resources/zoneOwner.ts';
import type { ResourceState, Written } from '../domain/resources/written.ts';
import type { Ports } from '../ports.ts';
import { addressOf, endpointToRemove } from '../queries/observeRemoval.ts';
import { observeZone, ownersAmong } from '../queries/observeZones.ts';
import { checkOwners } from '../queries/owners.ts';
import { prove } from '../queries/proof.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { absent, act, removeEach, zoneReader } from './tearDown.ts';
import { inZone } from './zones.ts';

export interface EnsureLinkInput {
  readonly connection: Connection;
  readonly zoneId: string;
  readonly virtualNetworkId: string;
  /** Whether the zone registers the machines of the endpoint's own network. */
  readonly autoRegistration: AutoRegistration;
  readonly follow: boolean;
  readonly isBesideWait?: boolean;
}

/** DNS step 2, items 1 and 2. As soon as this link exists, the zone hides the public names of its region. */
export async function ensureLink(ports: Ports, policy: Policy, input: EnsureLinkInput): Promise<Written> {
  const { connection, zoneId, virtualNetworkId, follow } = input;
  const links = await linksOf(ports, zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  const registration = wantedRegistration(connection, virtualNetworkId, input.autoRegistration);
  const mayAdopt = await isAdoptable(ports, input, found);
  let read: Promise<RecordSets> | null = null;
  const recordSets = (): Promise<RecordSets> => (read ??= ports.dns.recordSets(zoneId));
  const requested = await requestedOn(connection, recordSets);
  const owners = mayAdopt ? ownersAmong(await recordSets()) : [];
  const verdict = decideLink(virtualNetworkId, links, { registration, mayAdopt, owners, requested });
  if (verdict.action === 'conflict') throw fail(verdict.code, verdict.reason);
  const { action, reason } = verdict;
  if (found && action === 'wait') return { id: found.id, action, state: 'working', reason };
  if (found && (action === 'keep' || action === 'manual'))
    return { id: found.id, action, state: 'ready', reason };
  await proveLink(ports, policy, input);
  if (!found) return createLink(ports, input, reason);
  await markLink(ports, found, { owners, action, requested });
  if (action !== 'update') return { id: found.id, action, state: 'ready', reason };
  if (isSharedLink({ owners: ownersAmong(await recordSets()) }, connection.id, virtualNetworkId))
    return { id: found.id, action: 'keep', state: 'ready', reason: 'another connection needs it as it is' };
  const change = { id: found.id, virtualNetworkId: found.virtualNetworkId };
  await ports.dns.changeLink({ ...change, registrationEnabled: registration === true }, { follow });
  return { id: found.id, action, state: 'working', reason };
}

/** Beside the wait the endpoint is registered, and Zilliz does not show it as ready yet. */
function proveLink(
  ports: Ports,
  policy: Policy,
  { connection, isBesideWait }: EnsureLinkInput,
): Promise<unknown> {
  return prove(ports, policy, connection, isBesideWait === true ? 'endpoint' : 'records');
}

/** Whether a link without our marks can be adopted: its zone must have them. */
async function isAdoptable(
  ports: Ports,
  { connection, zoneId }: EnsureLinkInput,
  found: VirtualNetworkLink | undefined,
): Promise<boolean> {
  if (!found || isOurs(found.tags)) return false;
  return mayAdoptLink(connection, await ports.dns.zone(zoneId), false);
}

/** Writes the requested tags that an existing link lacks, and its mark if it is adopted. */
async function markLink(
  ports: Ports,
  found: VirtualNetworkLink,
  by: {
    readonly owners: readonly ZoneOwner[];
    readonly action: Written['action'];
    readonly requested: RequestedTags;
  },
): Promise<void> {
  const mark = hasLostMark(found, by.owners) ? madeMark : adoptedMarks;
  const tags = {
    ...lackingTags(found.tags, by.requested),
    ...(by.action === 'adopt' && mark(Date.now())),
  };
  if (Object.keys(tags).length > 0) await ports.network.mergeTags(found.id, tags);
}

/** Whether another connection uses the zone is read only if the request has tags. */
async function requestedOn(
  connection: Connection,
  recordSets: () => Promise<RecordSets>,
): Promise<RequestedTags> {
  if (Object.keys(connection.spec.tags).length === 0) return requestedTags(connection, null);
  const sets = await recordSets();
  return requestedTags(connection, { records: sets.records, owners: ownersAmong(sets) });
}

async function createLink(ports: Ports, input: EnsureLinkInput, reason: string): Promise<Written> {
  const { connection, zoneId, virtualNetworkId, autoRegistration, follow } = input;
  const id = linkId(zoneId, linkName(virtualNetworkId));
  const registrationEnabled = wantedRegistration(connection, virtualNetworkId, autoRegistration) ?? true;
  const tags = newSharedTags(Date.now(), connection.spec.tags);
  await ports.dns.createLink({ id, virtualNetworkId, registrationEnabled, tags }, { follow });
  return { id, action: 'create', state: 'working', reason };
}

/** Returns whether the link of a network is Completed and as wanted. Azure allows one link for each zone and network. */
export async function readLink(ports: Ports, input: Omit<EnsureLinkInput, 'follow'>): Promise<ResourceState> {
  const { connection, zoneId, virtualNetworkId, autoRegistration } = input;
  const links = await linksOf(ports, zoneId);
  const found = links.find((link) => sameResource(link.virtualNetworkId, virtualNetworkId));
  if (!found) return { state: 'absent' };
  const registration = wantedRegistration(connection, virtualNetworkId, autoRegistration);
  const { action } = decideLink(virtualNetworkId, links, { registration, mayAdopt: false });
  return { state: action === 'keep' ? 'ready' : 'working' };
}

/** Returns the links of a zone. A zone that another process deleted has its own failure, so that the run ensures it again. */
async function linksOf(ports: Ports, zoneId: string): Promise<readonly VirtualNetworkLink[]> {
  return inZone(ports, zoneId, () => ports.dns.links(zoneId));
}

/** Removes links of any zones. Reads the links and records of the zone again before each removal. */
export async function removeLinks(
  ports: Ports,
  input: {
    readonly subject: RemovalSubject;
    readonly links: readonly { readonly id: string; readonly zoneId: string }[];
  },
): Promise<RemovedAll> {
  const address = await addressOf(ports, await endpointToRemove(ports, input.subject));
  const needs = { reach: reachOf(input.subject), address };
  const zoneOf = await zoneReader(
    ports,
    input.links.map(({ zoneId }) => zoneId),
  );
  return removeEach(input.links, async (link) => removeLink(ports, link, await zoneOf(link.zoneId), needs));
}

async function removeLink(
  ports: Ports,
  { id }: { readonly id: string },
  zone: PrivateDnsZone | null,
  needs: Omit<LinkNeeds, 'ownerCheck'>,
): Promise<Written> {
  if (!zone) return absent(id);
  const observed = await observeZone(ports, zone);
  const link = observed.links.find((candidate) => sameResource(candidate.id, id));
  if (!link) return absent(id);
  const ownerCheck = await checkOwners(ports, [observed], needs.reach.connectionId);
  return act(id, decideLinkRemoval(link, observed, { ...needs, ownerCheck }), {
    remove: () => ports.dns.deleteLink(link.id),
    release: () => ports.network.removeTags(link.id, marksAmong(link.tags)),
  });
}
