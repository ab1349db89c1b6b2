import type { ObservedZone } from '../plan/observation.ts';
import { heldBecause, holderOf, recordAt, recordsOf } from '../resources/aRecord.ts';
import type { PlacedHost } from '../resources/cluster.ts';
import { isDedicated, isGone, placeCluster } from '../resources/cluster.ts';
import type { ARecordSet, Cluster, OtherSet } from '../resources/model.ts';
import type { Connection } from './connection.ts';
import { unusableBecause } from './endpointHealth.ts';
import type { EndpointHealth } from './endpointHealth.ts';
import { recordOwner } from './marks.ts';
import { recordSetId } from './resourceId.ts';

export const clusterViewStates = [
  'connected',
  'waiting',
  'unreachable',
  'left-to-others',
  'record-missing',
  'record-differs',
  'name-taken',
  'excluded',
  'not-asked-for',
  'not-covered',
  'gone',
  'unknown',
] as const;

/** The current state of one cluster of the project and region, with or without managed DNS. */
export interface ClusterView {
  readonly clusterId: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly state: (typeof clusterViewStates)[number];
  /** Why the cluster has this state, or what it waits for; null when there is nothing to report. */
  readonly reason: string | null;
  readonly host: string | null;
  readonly port: number | null;
  /** Ready to paste into a client; null while the name does not lead to the private endpoint. */
  readonly uri: string | null;
  readonly record: {
    readonly id: string;
    readonly addresses: readonly string[];
    readonly ttlSeconds: number;
  } | null;
}

interface ObservedClusters {
  /** Null when they could not be read. */
  readonly clusters: readonly Cluster[] | null;
  /** The zones that the connection uses, as far as they could be read. */
  readonly zones: readonly ObservedZone[];
  /** The private endpoint's address; null while it has none, and when it could not be read. */
  readonly address: string | null;
  /** The state of the private endpoint; null when it could not be read. */
  readonly health: EndpointHealth | null;
  /** Zones that could not be read: a record that was not found may be in them. Without a name: no zone could be read. */
  readonly unreadZones: readonly { readonly name: string | null; readonly reason: string }[];
}

type Placement = ReturnType<typeof placeCluster>;
type StateAndReason = Pick<ClusterView, 'state' | 'reason'>;

/** All clusters that the connection could serve, and its own records whose cluster is no longer listed. */
export function clusterViews(connection: Connection, observed: ObservedClusters): readonly ClusterView[] {
  const own = observed.zones.flatMap(({ records }) => recordsOf(records, connection.id));
  const clusters = observed.clusters ?? [];
  const listed = new Set(clusters.map(({ clusterId }) => clusterId));
  const orphans = own.filter(({ metadata }) => !listed.has(recordOwner(metadata)?.clusterId ?? ''));
  return [
    ...clusters.map((cluster) => clusterView(connection, cluster, observed)),
    ...orphans.map((record) => orphanView(record, observed.clusters === null ? notRead : notListed)),
  ];
}

function clusterView(connection: Connection, cluster: Cluster, observed: ObservedClusters): ClusterView {
  const placement = placementOf(connection, cluster);
  const place = placement?.ok ? placement.value : null;
  const { record, holder } = setsAt(place, observed);
  const { state, reason } =
    stateWhenNotServed(connection, cluster, observed.health) ??
    stateWhenNotReachable(placement, observed.health) ??
    dnsState(connection, { record, holder, unread: unreadBecause(place, observed) }, observed);
  return {
    clusterId: cluster.clusterId,
    name: cluster.name,
    kind: cluster.deploymentOption ?? cluster.plan,
    status: cluster.status,
    state,
    reason,
    ...(place ? { host: place.host, port: place.port } : { host: null, port: null }),
    uri: state === 'connected' && place ? `https://${place.host}:${place.port}` : null,
    record: record && recordView(record),
  };
}

/** Null while the cluster has no private link address. */
function placementOf(connection: Connection, cluster: Cluster): Placement | null {
  const { clusterId, privateLinkAddress: address } = cluster;
  if (address === null) return null;
  return placeCluster({ clusterId, address }, connection.regionId, connection.spec.dns.layout);
}

/** The state of a cluster that the connection does not serve; null for all others. */
function stateWhenNotServed(
  connection: Connection,
  cluster: Cluster,
  health: EndpointHealth | null,
): StateAndReason | null {
  const { clusters, exclusions } = connection.spec;
  if (isGone(cluster)) return { state: 'gone', reason: `Zilliz says ${cluster.status}` };
  if (!isDedicated(cluster))
    return { state: 'not-covered', reason: 'private link covers Dedicated clusters' };
  if (health?.state === 'spec-unreadable') {
    return {
      state: 'unknown',
      reason: 'whether the connection has it cannot be read from the tags of its endpoint',
    };
  }
  if (exclusions.includes(cluster.clusterId)) return { state: 'excluded', reason: 'taken out by DELETE' };
  if (clusters !== 'all' && !clusters.includes(cluster.clusterId)) {
    return { state: 'not-asked-for', reason: 'the connection names its clusters, and not this one' };
  }
  return null;
}

/** The state of a cluster that has no usable endpoint or address; null for all others. */
function stateWhenNotReachable(
  placement: Placement | null,
  health: EndpointHealth | null,
): StateAndReason | null {
  // The endpoint first: an unusable endpoint also explains what Zilliz and DNS show for the cluster.
  const unusable = health && unusableBecause(health);
  if (unusable !== null) return { state: 'unreachable', reason: unusable };
  if (placement === null) {
    return { state: 'waiting', reason: 'Zilliz has not allocated its private link address' };
  }
  return placement.ok ? null : { state: 'unreachable', reason: placement.failure.message };
}

interface SetsOfName {
  readonly record: ARecordSet | null;
  /** Of another type: Azure refuses an A record beside a CNAME, and clients may prefer what another one says. */
  readonly holder: OtherSet | null;
}

/** Returns the record sets at the name of a cluster, in any zone of the right name. */
function setsAt(place: PlacedHost | null, { zones }: ObservedClusters): SetsOfName {
  const named = place ? zones.filter(({ zone }) => zone.name.toLowerCase() === place.zone) : [];
  const name = place?.record ?? '';
  const [record = null] = named.flatMap((zone) => recordAt(name, zone) ?? []);
  const [holder = null] = named.flatMap((zone) => holderOf(name, zone) ?? []);
  return { record, holder };
}

function unreadBecause(
  place: { readonly zone: string } | null,
  { unreadZones }: Pick<ObservedClusters, 'unreadZones'>,
): string | null {
  return unreadZones.find(({ name }) => name === null || name === place?.zone)?.reason ?? null;
}

function dnsState(
  connection: Connection,
  { record, holder, unread }: SetsOfName & { readonly unread: string | null },
  { address }: Pick<ObservedClusters, 'address'>,
): StateAndReason {
  if (!connection.spec.dns.manage) {
    const reason = `dns.manage is false, so its DNS is not read: its name must lead to ${address ?? 'the private endpoint'}`;
    return { state: 'left-to-others', reason };
  }
  if (holder !== null) return { state: 'name-taken', reason: heldBecause(holder) };
  if (record === null && unread !== null) return { state: 'unknown', reason: unread };
  if (record === null) return { state: 'record-missing', reason: 'its A record is not there' };
  if (address === null)
    return { state: 'unknown', reason: 'the address of the private endpoint could not be read' };
  if (record.addresses.length !== 1 || record.addresses[0] !== address) {
    const reason = `its A record says ${record.addresses.join(', ')}, the endpoint has ${address}`;
    return { state: 'record-differs', reason };
  }
  return { state: 'connected', reason: null };
}

const notListed = {
  status: 'not listed',
  state: 'gone',
  reason: 'Zilliz does not list it; its record is removed when Zilliz says that it is deleted',
} as const;
const notRead = {
  status: 'not read',
  state: 'unknown',
  reason: 'the clusters of the project could not be read',
} as const;

/** The cluster of a record of ours that is not among those that were read. */
function orphanView(
  record: ARecordSet,
  known: Pick<ClusterView, 'status' | 'state' | 'reason'>,
): ClusterView {
  const clusterId = recordOwner(record.metadata)?.clusterId ?? record.name;
  return {
    clusterId,
    name: clusterId,
    kind: 'unknown',
    ...known,
    host: null,
    port: null,
    uri: null,
    record: recordView(record),
  };
}

function recordView(record: ARecordSet): NonNullable<ClusterView['record']> {
  const { zoneId, name, addresses, ttlSeconds } = record;
  return { id: recordSetId(zoneId, name), addresses, ttlSeconds };
}
