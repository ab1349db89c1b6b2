import { isScopeAllowed, outsideScopes } from '../connection/bounds.ts';
import type { AllowedScopes } from '../connection/bounds.ts';
import type { Connection } from '../connection/connection.ts';
import { recordOwner } from '../connection/marks.ts';
import { regionalZoneName } from '../connection/names.ts';
import { isWithinScope } from '../connection/resourceId.ts';
import type { ObservedZone, UnreadZone } from '../plan/observation.ts';
import { decideRecord, goneSince, holderOf, isOver, recordAt, recordsOf } from '../resources/aRecord.ts';
import { isAskedFor, isAsleep, isDedicated, isGone, placeCluster } from '../resources/cluster.ts';
import type { ARecordSet, Cluster } from '../resources/model.ts';
import { decideLink } from '../resources/virtualNetworkLink.ts';
import { placeZone } from '../resources/zone.ts';
import { entryOf, isEntered } from '../resources/zoneOwner.ts';

/** A cluster whose record must be written: the input of the shared activity that writes records. */
interface DueCluster {
  readonly clusterId: string;
  readonly privateLinkAddress: string | null;
  readonly connectAddress: string;
}

/** A record of the connection that is unmarked, marked or deleted, depending on the state of its cluster. */
export interface RecordToSettle {
  readonly clusterId: string;
  readonly zoneId: string;
  readonly record: string;
  /** `ask`: the state of this cluster must first be read from Zilliz. */
  readonly word: 'alive' | 'not-wanted' | 'ask';
}

interface ClusterFault {
  readonly clusterId: string;
  readonly reason: string;
}

/** The key of a cluster's record in a connection. Several connections can have a record for the same cluster. */
export function triedKey(connectionId: string, clusterId: string): string {
  return `${connectionId} ${clusterId}`;
}

/** The work of one round for one connection. */
export interface ConnectionRound {
  readonly due: readonly DueCluster[];
  readonly settle: readonly RecordToSettle[];
  /** Number of records that are as desired. */
  readonly kept: number;
  /** Clusters in use that have no private link address yet. */
  readonly waiting: readonly string[];
  /** Number of suspended clusters without an address. A later round creates their records. */
  readonly dormant: number;
  /** Number of records whose cluster is deleted and whose removal is delayed. */
  readonly gone: number;
  readonly faults: readonly ClusterFault[];
}

export interface RoundReading {
  readonly allowed: AllowedScopes;
  /** All clusters that Zilliz lists in the project and region. */
  readonly clusters: readonly Cluster[];
  readonly zones: readonly ObservedZone[];
  readonly unread: readonly UnreadZone[];
  /** The private endpoint's address. */
  readonly address: string;
  readonly now: number;
  readonly delayHours: number;
}

/** Plans the work of a round for one connection: records to write, records to check, and clusters to wait for. */
export function planRound(connection: Connection, reading: RoundReading): ConnectionRound {
  const clusters = reading.clusters.filter((cluster) => isDedicated(cluster) && !isGone(cluster));
  const desired = clusters.filter(({ clusterId }) => isAskedFor(connection, clusterId));
  const verdicts = desired.map((cluster) => verdictOn(connection, cluster, reading));
  const of = (kind: Verdict['kind']): readonly Cluster[] =>
    desired.filter((_, index) => verdicts[index]?.kind === kind);
  const own = ownRecords(connection, reading.zones);
  return {
    due: of('due').map(({ clusterId, privateLinkAddress, connectAddress }) => ({
      clusterId,
      privateLinkAddress,
      connectAddress,
    })),
    settle: own.flatMap((record) => toSettle(connection, record, clusters, reading) ?? []),
    kept: of('kept').length,
    waiting: of('without-address')
      .filter((cluster) => !isAsleep(cluster))
      .map(({ clusterId }) => clusterId),
    dormant: of('without-address').filter(isAsleep).length,
    gone: own.filter(({ metadata }) => goneSince(metadata) !== null).length,
    faults: verdicts.flatMap((verdict) => (verdict.kind === 'fault' ? verdict.fault : [])),
  };
}

type Verdict =
  | { readonly kind: 'due' | 'kept' | 'without-address' }
  | { readonly kind: 'fault'; readonly fault: ClusterFault };

function verdictOn(connection: Connection, cluster: Cluster, reading: RoundReading): Verdict {
  const { clusterId, privateLinkAddress } = cluster;
  const fault = (reason: string): Verdict => ({ kind: 'fault', fault: { clusterId, reason } });
  if (privateLinkAddress === null) return { kind: 'without-address' };
  const { layout } = connection.spec.dns;
  const placed = placeCluster({ clusterId, address: privateLinkAddress }, connection.regionId, layout);
  if (!placed.ok) return fault(`${placed.failure.code}: ${placed.failure.message}`);
  const place = placed.value;
  const placement = placeZone(connection, place.zone, reading);
  if (placement.kind === 'conflict') return fault(placement.detail);
  if (placement.kind === 'new' && layout === 'regional') {
    // To create and link the zone again would hide names from the network, so only a request of the user does that.
    return fault(`the zone ${place.zone} is gone; reconcile the connection to make it again`);
  }
  const found = recordAt(place.record, placement.found);
  const { id: connectionId, adopt } = connection;
  const wanted = { connectionId, clusterId, address: reading.address, adopt };
  const decision = decideRecord(wanted, found, holderOf(place.record, placement.found));
  if (decision.action === 'conflict') return fault(`its record: ${decision.reason}`);
  if (decision.action === 'keep' && hasItsLinks(connection, placement.found)) return { kind: 'kept' };
  const forbidden = whyNotWritten(connection, placement, reading);
  return forbidden === null ? { kind: 'due' } : fault(forbidden);
}

/** From tags alone sync writes only where an entry shows that a request was carried out. Null if it may write into the zone. */
function whyNotWritten(
  connection: Connection,
  { id, found }: { readonly id: string; readonly found: ObservedZone | null },
  { allowed, zones }: RoundReading,
): string | null {
  if (!isScopeAllowed(id, allowed)) return outsideScopes(id);
  const isShown = found ? isEntered(connection, found) : hasSibling(connection, zones);
  return isShown
    ? null
    : `request-needed: no entry of the connection in ${id} names its networks; reconcile it if it is wanted`;
}

/** Whether another zone in the same group has such an entry, as a new cluster with a zone of its own needs it. */
function hasSibling(connection: Connection, zones: readonly ObservedZone[]): boolean {
  const { regionId, zoneResourceGroupId } = connection;
  return zones.some(
    (zone) =>
      zone.zone.name.toLowerCase() !== regionalZoneName(regionId) &&
      isWithinScope(zone.zone.id, zoneResourceGroupId) &&
      isEntered(connection, zone),
  );
}

/** Links belong to a cluster only in the per-cluster layout. There they hide only the name of that cluster. */
function hasItsLinks(connection: Connection, zone: ObservedZone | null): boolean {
  if (connection.spec.dns.layout === 'regional') return true;
  return connection.linkedNetworks.every(
    (network) => decideLink(network, zone?.links ?? []).action !== 'create',
  );
}

function ownRecords(connection: Connection, zones: readonly ObservedZone[]): readonly ARecordSet[] {
  const own = zones.filter((zone) => entryOf(zone, connection.id)?.isEntry === true);
  return own.flatMap(({ records }) => recordsOf(records, connection.id));
}

/** Null when no check or write is needed: its cluster exists and the record is unmarked, or the delay has not passed. */
function toSettle(
  connection: Connection,
  record: ARecordSet,
  alive: readonly Cluster[],
  { now, delayHours }: RoundReading,
): RecordToSettle | null {
  const clusterId = recordOwner(record.metadata)?.clusterId ?? null;
  if (clusterId === null) return null;
  const target = { clusterId, zoneId: record.zoneId, record: record.name };
  if (!isAskedFor(connection, clusterId)) return { ...target, word: 'not-wanted' };
  const since = goneSince(record.metadata);
  if (alive.some((cluster) => cluster.clusterId === clusterId)) {
    return since === null ? null : { ...target, word: 'alive' };
  }
  return since === null || isOver(since, now, delayHours) ? { ...target, word: 'ask' } : null;
}
