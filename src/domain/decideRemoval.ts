import { isOurs, readEndpointMarks, recordOwner } from './marks.ts';
import type { ARecordSet, PrivateEndpoint, VirtualNetworkLink } from './model.ts';
import { regionalZoneName } from './naming.ts';
import type { ObservedZone } from './observation.ts';
import { networkBeyond, zoneBeyond } from './reach.ts';
import type { Reach } from './reach.ts';
import { sameResource } from './resourceId.ts';
import type { StoredConnection } from './storedConnection.ts';

/** What becomes of one resource when its connection goes. The plan shows it; the removing step reads afresh and asks again. */
export interface Removal {
  readonly action: 'delete' | 'keep';
  readonly reason: string;
}

/** Another connection, as far as it may need a link or a zone. */
export type Neighbour = Pick<StoredConnection, 'connection' | 'specReadable'>;

export interface LinkNeeds {
  readonly reach: Reach;
  /** The private address of the connection's endpoint; null when it has none any more. */
  readonly address: string | null;
  readonly neighbours: readonly Neighbour[];
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
  const others = neighbours.filter(({ connection }) => connection.id !== connectionId);
  const needing = others.find((other) => needsLink(other, link.virtualNetworkId, zone.name, records));
  if (needing) return keep(`the connection ${needing.connection.id} needs it`);
  const lost = ownersOf(records).find(
    (owner) => owner !== connectionId && !others.some(({ connection }) => connection.id === owner),
  );
  if (lost !== undefined) {
    return keep(`records of the connection ${lost} are in the zone, and its private endpoint is not found`);
  }
  const notOwn = networkBeyond(reach, link.virtualNetworkId);
  return notOwn === null ? { action: 'delete', reason: 'no other connection needs it' } : keep(notOwn);
}

function needsLink(
  { connection, specReadable }: Neighbour,
  virtualNetworkId: string,
  zone: string,
  records: readonly ARecordSet[],
): boolean {
  const { dns } = connection.spec;
  const region = regionalZoneName(connection.regionId);
  const holdsRecords = ownersOf(records).includes(connection.id);
  // What cannot be read may name any network, and any zone of the region.
  if (!specReadable) return holdsRecords || `.${zone.toLowerCase()}`.endsWith(`.${region}`);
  const usesZone = holdsRecords || (dns.manage && dns.layout === 'regional' && zone.toLowerCase() === region);
  return usesZone && connection.linkedNetworks.some((network) => sameResource(network, virtualNetworkId));
}

export function decideOwnRecord(
  record: ARecordSet,
  zone: Pick<ObservedZone['zone'], 'name'>,
  reach: Reach,
): Removal {
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  const owner = recordOwner(record.metadata);
  if (!owner) return keep('somebody else made the record');
  if (owner.connectionId !== reach.connectionId)
    return keep(`it belongs to the connection ${owner.connectionId}`);
  return { action: 'delete', reason: 'it is ours' };
}

/** `left` is what will be in the zone when this connection has taken out its own. */
export function decideZoneRemoval(
  { zone, links, records }: ObservedZone,
  left: { readonly recordSets: number },
  reach: Reach,
): Removal {
  const beyond = zoneBeyond(reach, zone.name);
  if (beyond !== null) return keep(beyond);
  if (!isOurs(zone.tags)) return keep('somebody else made the zone');
  if (links.length > 0) return keep(`it is linked to ${links.length} networks`);
  const [owner] = ownersOf(records);
  if (owner !== undefined) return keep(`records of the connection ${owner} are in it`);
  if (left.recordSets > 0) return keep(`${left.recordSets} record sets of somebody else are in it`);
  if (reach.networks === null)
    return keep('only records are left of the connection, and nothing tells whether the zone was its own');
  return { action: 'delete', reason: 'nobody uses it' };
}

/** `pointing` are the records of any zone of the region that hold the endpoint's address. */
export function decideEndpointRemoval(
  endpoint: PrivateEndpoint,
  connectionId: string,
  pointing: readonly ARecordSet[],
): Removal {
  const marks = readEndpointMarks(endpoint.tags);
  if (!marks) return keep('it does not carry our mark');
  if (marks.connectionId !== connectionId) return keep(`it belongs to the connection ${marks.connectionId}`);
  const foreign = foreignRecords(pointing);
  if (foreign.length > 0) {
    return keep(`records of somebody else point to its address: ${names(foreign)}`);
  }
  return { action: 'delete', reason: 'it is ours' };
}

/** Records that neither we nor Azure's auto registration made. */
function foreignRecords(records: readonly ARecordSet[]): readonly ARecordSet[] {
  return records.filter(({ metadata, autoRegistered }) => !autoRegistered && recordOwner(metadata) === null);
}

/** The connections whose records these are. */
export function ownersOf(records: readonly ARecordSet[]): readonly string[] {
  return [...new Set(records.flatMap(({ metadata }) => recordOwner(metadata)?.connectionId ?? []))];
}

function keep(reason: string): Removal {
  return { action: 'keep', reason };
}

function names(records: readonly ARecordSet[]): string {
  const shown = records.slice(0, 5).map(({ name }) => name);
  return (
    shown.join(', ') + (records.length > shown.length ? ` and ${records.length - shown.length} more` : '')
  );
}
