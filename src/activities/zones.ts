import type { Connection } from '../domain/connection/connection.ts';
import { sharedTags } from '../domain/connection/marks.ts';
import { fail } from '../domain/failure/failure.ts';
import type { ObservedZone } from '../domain/plan/observation.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import { reachOf } from '../domain/resources/reach.ts';
import { decideLinkRemoval, mayAdoptLink } from '../domain/resources/virtualNetworkLink.ts';
import {
  couldAdoptZone,
  decideZone,
  decideZoneRemoval,
  mayAdoptZone,
  placeZoneWithin,
  wantedZoneId,
} from '../domain/resources/zone.ts';
import type { Ports } from '../ports.ts';
import { observeZone, observeZonesNamed } from '../queries/observeZones.ts';
import { findNeighbours } from '../queries/storedConnections.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { act, GONE, removeEach } from './tearDown.ts';

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
  if (placement.kind === 'conflict') throw fail(placement.code, placement.detail);
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
  if (placement.kind === 'conflict') throw fail(placement.code, placement.detail);
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

/** A link made by hand is taken over where its zone is ours by now. */
export async function isAdoptable(ports: Ports, connection: Connection, zoneId: string): Promise<boolean> {
  return mayAdoptLink(connection, await ports.dns.zone(zoneId), false);
}

/** A zone goes when nothing is left in it: nothing that the connection did not make ever goes with it unnoticed. */
export function removeZones(
  ports: Ports,
  input: { readonly subject: RemovalSubject; readonly zones: readonly { readonly id: string }[] },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  const others = findNeighbours(ports, input.subject.connectionId);
  return removeEach(input.zones, async ({ id }) => {
    const zone = await ports.dns.zone(id);
    if (!zone) return GONE;
    const [observed, recordSets, neighbours] = await Promise.all([
      observeZone(ports, zone),
      ports.dns.recordSetCount(zone.id),
      others,
    ]);
    const verdict = decideZoneRemoval(observed, { recordSets }, { reach, neighbours });
    return act(verdict, () => ports.dns.deleteZone(zone.id));
  });
}

export interface ClusterZoneView {
  /** `kept`: it holds something that is not the connection's to remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Takes down the zone of a single cluster whose record is gone: links first, then the zone, a step at each call, until
 * nothing of it is left. Whatever the connection may not remove stays, and with it the zone.
 */
export async function removeClusterZone(
  ports: Ports,
  { connection, zoneId }: { readonly connection: Connection; readonly zoneId: string },
): Promise<ClusterZoneView> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return { state: 'absent', deletes: 0 };
  const reach = reachOf(subjectOf(connection));
  const [observed, recordSets, neighbours] = await Promise.all([
    observeZone(ports, zone),
    ports.dns.recordSetCount(zone.id),
    findNeighbours(ports, connection.id),
  ]);
  const needs = { reach, address: null, neighbours };
  const whenUnlinked = decideZoneRemoval({ ...observed, links: [] }, { recordSets }, needs);
  if (whenUnlinked.action === 'keep') return { state: 'kept', deletes: 0 };
  if (observed.links.length > 0) {
    const going = observed.links.filter(
      (link) => decideLinkRemoval(link, observed, needs).action === 'delete',
    );
    for (const { id } of going) await ports.dns.deleteLink(id);
    return { state: going.length > 0 ? 'working' : 'kept', deletes: going.length };
  }
  if (zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 };
}
