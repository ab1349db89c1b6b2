import type { Connection } from '../domain/connection/connection.ts';
import { adoptedMarks, marksAmong, sharedTags } from '../domain/connection/marks.ts';
import type { FailureCode } from '../domain/failure/catalog.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { fail, ProvisioningError } from '../domain/failure/failure.ts';
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
import type { ResourceState, Written } from '../domain/resources/written.ts';
import type { Ports } from '../ports.ts';
import { observeZone, observeZonesNamed } from '../queries/observeZones.ts';
import { prove } from '../queries/proof.ts';
import { findNeighbours } from '../queries/storedConnections.ts';
import type { Policy } from './activities.ts';
import type { RemovedAll } from './tearDown.ts';
import { absent, act, removeEach } from './tearDown.ts';

export interface EnsureZoneInput {
  readonly connection: Connection;
  readonly zoneName: string;
  /** Sync acts on what is stored in tags, which anyone may write: it creates no regional zone, and adopts none. */
  readonly fromTags: boolean;
  readonly follow: boolean;
}

/** DNS step 1: submits the zone without waiting. A zone without links has no effect on any network. */
export async function ensureZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName, fromTags, follow }: EnsureZoneInput,
): Promise<Written> {
  const placement = await placeZone(ports, policy, connection, zoneName);
  if (placement.kind === 'conflict') throw fail(placement.code, placement.detail);
  const { id, found } = placement;
  const adopts = found !== null && !fromTags && (await mayAdopt(ports, connection, found));
  const verdict = decideZone(found?.zone ?? null, adopts);
  if (verdict.action === 'conflict') throw fail(verdict.code, verdict.reason);
  const { action, reason } = verdict;
  if (action === 'keep') return { id, action, state: 'ready', reason };
  await proveZone(ports, policy, { connection, fromTags, id });
  if (action === 'create') await ports.dns.createZone({ id, tags: sharedTags() }, { follow });
  else await ports.network.mergeTags(id, { ...sharedTags(), ...adoptedMarks(Date.now()) });
  return { id, action, state: action === 'create' ? 'working' : 'ready', reason };
}

/** Throws if nothing proves that the zone may be created or adopted. */
async function proveZone(
  ports: Ports,
  policy: Policy,
  { connection, fromTags, id }: Pick<EnsureZoneInput, 'connection' | 'fromTags'> & { readonly id: string },
): Promise<void> {
  if (fromTags && connection.spec.dns.layout === 'regional')
    throw fail('request-needed', `the zone ${id} is gone`);
  await prove(ports, policy, connection, fromTags ? 'records' : 'endpoint');
}

async function placeZone(
  ports: Ports,
  { allowed }: Policy,
  connection: Connection,
  zoneName: string,
): Promise<ReturnType<typeof placeZoneWithin>> {
  const zones = await observeZonesNamed(ports, connection, [zoneName]);
  return placeZoneWithin(allowed, connection, zoneName, zones);
}

/** Reads the address only if the zone could be part of a setup that the user created by hand. */
async function mayAdopt(ports: Ports, connection: Connection, found: ObservedZone): Promise<boolean> {
  if (!couldAdoptZone(connection, found.zone)) return false;
  const endpoint = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (!endpoint?.networkInterfaceId) return false;
  return mayAdoptZone(connection, found, await ports.network.privateIpAddress(endpoint.networkInterfaceId));
}

/** Returns whether the zone that the connection uses exists. */
export async function readZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneName }: { readonly connection: Connection; readonly zoneName: string },
): Promise<ResourceState> {
  // The expected place takes one read, a search several, and Azure Private DNS limits reads.
  const wanted = await ports.dns.zone(wantedZoneId(connection, zoneName));
  if (wanted && wanted.provisioningState !== 'Deleting') return { state: 'ready' };
  const placement = await placeZone(ports, policy, connection, zoneName);
  return { state: placement.kind === 'existing' ? 'ready' : 'absent' };
}

/** Codes with which Azure refuses an operation within a zone that does not exist. */
const mayMissZone: readonly FailureCode[] = ['azure-busy', 'azure-refused'];

/**
 * Runs an operation within a zone. If it fails because the zone does not exist any more, it fails as `zone-removed`, so that the
 * run ensures the zone again.
 */
export async function inZone<T>(ports: Ports, zoneId: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof ProvisioningError) await failIfRemoved(ports, zoneId, error.failure);
    throw error;
  }
}

/** Throws `zone-removed` if that is what is behind a failure. */
export async function failIfRemoved(ports: Ports, zoneId: string, { code }: Failure): Promise<void> {
  if (!mayMissZone.includes(code)) return;
  const zone = await ports.dns.zone(zoneId);
  if (!zone) throw fail('zone-removed', `${zoneId} was deleted during the run`);
}

/** A link that the user created by hand can be adopted if its zone has the app's tags. */
export async function isAdoptable(ports: Ports, connection: Connection, zoneId: string): Promise<boolean> {
  return mayAdoptLink(connection, await ports.dns.zone(zoneId), false);
}

/** Removes zones that are empty, so that no resource that the connection does not own is deleted with a zone. */
export function removeZones(
  ports: Ports,
  input: { readonly subject: RemovalSubject; readonly zones: readonly { readonly id: string }[] },
): Promise<RemovedAll> {
  const reach = reachOf(input.subject);
  const others = findNeighbours(ports, input.subject.connectionId);
  return removeEach(input.zones, async ({ id }) => {
    const zone = await ports.dns.zone(id);
    if (!zone) return absent(id);
    const [observed, recordSets, neighbours] = await Promise.all([
      observeZone(ports, zone),
      ports.dns.recordSetCount(zone.id),
      others,
    ]);
    const decision = decideZoneRemoval(observed, { recordSets }, { reach, neighbours });
    return act(id, decision, {
      remove: () => ports.dns.deleteZone(zone.id),
      release: () => ports.network.removeTags(zone.id, marksAmong(zone.tags)),
    });
  });
}

export interface ClusterZoneView {
  /** `kept`: the zone contains something that the connection may not remove. */
  readonly state: 'absent' | 'working' | 'kept';
  readonly deletes: number;
}

/**
 * Removes the zone of a single cluster whose record is gone. Each call does one step: first the links, then the zone. If the
 * connection may not remove something in it, the zone stays too.
 */
export async function removeClusterZone(
  ports: Ports,
  policy: Policy,
  { connection, zoneId }: { readonly connection: Connection; readonly zoneId: string },
): Promise<ClusterZoneView> {
  const zone = await ports.dns.zone(zoneId);
  if (!zone) return { state: 'absent', deletes: 0 };
  await prove(ports, policy, connection, 'records');
  const reach = reachOf(subjectOf(connection));
  const [observed, recordSets, neighbours] = await Promise.all([
    observeZone(ports, zone),
    ports.dns.recordSetCount(zone.id),
    findNeighbours(ports, connection.id),
  ]);
  const needs = { reach, address: null, neighbours };
  const whenUnlinked = decideZoneRemoval({ ...observed, links: [] }, { recordSets }, needs);
  if (whenUnlinked.action !== 'delete') return { state: 'kept', deletes: 0 };
  if (observed.links.length > 0) {
    const removable = observed.links.filter(
      (link) => decideLinkRemoval(link, observed, needs).action === 'delete',
    );
    for (const { id } of removable) await ports.dns.deleteLink(id);
    return { state: removable.length > 0 ? 'working' : 'kept', deletes: removable.length };
  }
  if (zone.provisioningState === 'Deleting') return { state: 'working', deletes: 0 };
  await ports.dns.deleteZone(zoneId);
  return { state: 'working', deletes: 1 };
}
