import type { FailureCode } from '../failure/catalog.ts';
import type { ObservedZone } from '../plan/observation.ts';
import { hostOfRegion, isAsleep, wantedClusters } from '../resources/cluster.ts';
import type { Cluster, PrivateEndpoint, RegisteredEndpoint } from '../resources/model.ts';
import type { ZillizStatuses } from '../resources/registration.ts';
import { parseEndpointStatus } from '../resources/registration.ts';
import type { ClusterView } from './clusterView.ts';
import type { Connection } from './connection.ts';
import { lastCheck } from './marks.ts';
import { endpointId, regionalZoneName, sameEndpointId } from './names.ts';
import { sameResource } from './resourceId.ts';
import type { ConnectionFault, ConnectionReading } from './status.ts';

/** A cluster without a private link address is overdue after this time: the guide promises about five minutes. */
const OVERDUE_MS = 60 * 60_000;

/** What was read of a connection. A reading that was refused is null, and `incomplete` has the reason. */
export interface ObservedState {
  readonly endpoint: PrivateEndpoint | null;
  /** The registrations of the project. */
  readonly registrations: readonly RegisteredEndpoint[] | null;
  /** Clusters of the project and region. */
  readonly clusters: readonly Cluster[] | null;
  /** The clusters with their records. */
  readonly views: readonly ClusterView[];
  /** The zones of the required names. */
  readonly zones: readonly ObservedZone[];
  /** Those that could not be read. Without a name: no zone could be read. */
  readonly unreadZones: readonly { readonly name: string | null }[];
  readonly incomplete: ConnectionReading['incomplete'];
}

/** Everything that was requested and is not so, and what could not be read. */
export function connectionReading(
  connection: Connection,
  observed: ObservedState,
  { zillizStatuses, now }: { readonly zillizStatuses: ZillizStatuses; readonly now: number },
): ConnectionReading {
  const { endpoint } = observed;
  return {
    readAt: new Date(now).toISOString(),
    faults: [
      ...registrationFaults(observed, zillizStatuses),
      ...linkFaults(connection, observed),
      ...clusterFaults(connection, observed, now),
    ],
    waiting: waitingClusters(observed),
    incomplete: incompleteOf(observed),
    managesDns: connection.spec.dns.manage,
    verification: endpoint && (lastCheck(endpoint.tags)?.outcome ?? null),
  };
}

/** A cluster of which nothing can be said is not as requested, also where each reading succeeded. */
function incompleteOf({ incomplete, views }: ObservedState): ConnectionReading['incomplete'] {
  if (incomplete.length > 0) return incomplete;
  return views.flatMap(({ clusterId, state, reason }) =>
    state === 'unknown' ? { scope: clusterId, reason: reason ?? state } : [],
  );
}

function waitingClusters({ clusters, views }: ObservedState): number {
  const asleep = new Set((clusters ?? []).filter(isAsleep).map(({ clusterId }) => clusterId));
  return views.filter(({ clusterId, state }) => state === 'waiting' && !asleep.has(clusterId)).length;
}

/** The names, in lower case, of the zones that hold the records of the requested clusters. Empty if another team owns the DNS. */
export function requiredZones(connection: Connection, clusters: readonly Cluster[]): readonly string[] {
  const { regionId, spec } = connection;
  if (!spec.dns.manage) return [];
  if (spec.dns.layout === 'regional') return [regionalZoneName(regionId)];
  return wantedClusters(connection, clusters).flatMap(({ privateLinkAddress }) =>
    privateLinkAddress === null ? [] : (hostOfRegion(privateLinkAddress, regionId)?.host ?? []),
  );
}

function registrationFaults(
  { endpoint, registrations }: ObservedState,
  statuses: ZillizStatuses,
): readonly ConnectionFault[] {
  if (!endpoint?.resourceGuid || !registrations) return [];
  const id = endpointId(endpoint.name, endpoint.resourceGuid);
  if (id === null) return [];
  const own = registrations.find((entry) => sameEndpointId(entry.endpointId, id));
  if (own && parseEndpointStatus(own.status, statuses) === 'ready') return [];
  const detail = own ? `Zilliz shows ${own.status} for ${id}` : `Zilliz does not list ${id}`;
  return [{ code: 'not-registered', clusterId: null, detail }];
}

/** Links come last: a zone in which no cluster has its record yet is not linked, so that it hides no public name. */
function linkFaults(
  connection: Connection,
  { clusters, zones, unreadZones, views }: ObservedState,
): readonly ConnectionFault[] {
  if (!clusters) return [];
  const records = views.flatMap(({ state, record }) => (state === 'connected' && record ? record.id : []));
  const isUnread = (name: string): boolean =>
    unreadZones.some((unread) => unread.name === null || unread.name === name);
  const inUse = requiredZones(connection, clusters).filter(
    (name) => !isUnread(name) && records.some((id) => id.toLowerCase().includes(`/${name}/`)),
  );
  return inUse.flatMap((name) => {
    const links = zones.filter(({ zone }) => zone.name.toLowerCase() === name).flatMap((zone) => zone.links);
    const missing = connection.linkedNetworks.filter(
      (network) => !links.some((link) => link.completed && sameResource(link.virtualNetworkId, network)),
    );
    return missing.map((network): ConnectionFault => ({
      code: 'link-missing',
      clusterId: null,
      detail: `${network} is not linked to a zone ${name}`,
    }));
  });
}

function clusterFaults(
  connection: Connection,
  { clusters, views, endpoint }: ObservedState,
  now: number,
): readonly ConnectionFault[] {
  if (!clusters) return [];
  const listed = views.flatMap((view) => {
    const cluster = clusters.find(({ clusterId }) => clusterId === view.clusterId) ?? null;
    const fault = clusterFault(view, cluster, now);
    if (!fault) return [];
    return fault.code === 'address-overdue'
      ? { ...fault, detail: `${fault.detail}${shownId(endpoint)}` }
      : fault;
  });
  const { clusters: requested, exclusions } = connection.spec;
  const nowhere = (requested === 'all' ? [] : requested).filter(
    (id) =>
      !exclusions.includes(id) && !views.some(({ clusterId, state }) => clusterId === id && state !== 'gone'),
  );
  return [
    ...listed,
    ...nowhere.map((clusterId): ConnectionFault => ({
      code: 'cluster-not-found',
      clusterId,
      detail: 'the connection names it, and Zilliz does not list it in the project and region',
    })),
  ];
}

/** What the support of Zilliz asks for. */
function shownId(endpoint: PrivateEndpoint | null): string {
  const id = endpoint?.resourceGuid ? endpointId(endpoint.name, endpoint.resourceGuid) : null;
  return id === null ? '' : `; the endpoint ID is ${id}`;
}

/** The states of a cluster that are faults. */
const clusterFaultCodes: Partial<Record<ClusterView['state'], FailureCode>> = {
  'record-missing': 'record-missing',
  'record-differs': 'record-differs',
  'name-taken': 'record-conflict',
  unreachable: 'host-does-not-fit',
};

/** Null for a cluster that is as requested, or that the connection does not serve. */
function clusterFault(
  { clusterId, state, reason }: ClusterView,
  cluster: Cluster | null,
  now: number,
): ConnectionFault | null {
  const isLate = state === 'waiting' && cluster !== null && isOverdue(cluster, now);
  const code = isLate ? 'address-overdue' : clusterFaultCodes[state];
  return code === undefined ? null : { code, clusterId, detail: reason ?? state };
}

/** A suspended cluster may have no address until it is resumed. */
function isOverdue(cluster: Cluster, now: number): boolean {
  const { createdAt } = cluster;
  return !isAsleep(cluster) && (createdAt === null || now - Date.parse(createdAt) > OVERDUE_MS);
}
