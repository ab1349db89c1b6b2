import { isProjectAllowed, isScopeAllowed, outsideProjects } from '../domain/connection/bounds.ts';
import { clusterViews } from '../domain/connection/clusterView.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { connectionReading } from '../domain/connection/connectionReading.ts';
import { healthById, storedEndpointHealth } from '../domain/connection/endpointHealth.ts';
import type { EndpointHealth } from '../domain/connection/endpointHealth.ts';
import { isOurs } from '../domain/connection/marks.ts';
import { isOwnId, regionalZoneName } from '../domain/connection/names.ts';
import { authorizeConnection } from '../domain/connection/request.ts';
import type { ConnectionReading } from '../domain/connection/status.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { ProvisioningError, fail, succeeded } from '../domain/failure/failure.ts';
import type { ZonesRead } from '../domain/plan/observation.ts';
import { isChange } from '../domain/plan/rows.ts';
import { hostOfRegion, isGone, wantedClusters } from '../domain/resources/cluster.ts';
import type { Cluster, PrivateEndpoint } from '../domain/resources/model.ts';
import type { ZillizFacts } from '../domain/resources/proof.ts';
import { proofFor } from '../domain/resources/proof.ts';
import type { ConnectionRound } from '../domain/sync/roundPlan.ts';
import { planRound, triedKey } from '../domain/sync/roundPlan.ts';
import type { KnownConnection } from '../domain/sync/status.ts';
import type { Ports, ProjectRegion } from '../ports.ts';
import { readZonesNamed, subscriptionsOf } from '../queries/observeZones.ts';
import { zillizFacts } from '../queries/proof.ts';
import { findStoredIn } from '../queries/storedConnections.ts';
import { readEach, tryRead } from '../queries/tryRead.ts';
import type { KeptFailures } from '../queries/tryRead.ts';
import type { Policy } from './activities.ts';
import { differencesOf } from './preflight.ts';

export interface PlanSyncInput extends ProjectRegion {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The most records of one round; the next round writes the others. This limits the size of the result. */
  readonly mostDue: number;
  /** Records that could not be written in this pass, as keys of `triedKey`. This plan omits them. */
  readonly tried: readonly string[];
  /** Whether to compare each whole connection with its specification too, which takes about twenty more reads. */
  readonly drift: boolean;
  /** Whether the sweep asks: then lists of private endpoints that other syncs have just read are good enough. */
  readonly ofSweep?: true;
  /** Connections that have a run, which is left alone. */
  readonly running?: readonly string[];
  /** Connections of earlier syncs: where their tags no longer show them, their private endpoints are read by ID. */
  readonly known?: readonly KnownConnection[];
  /** Whether this is the last attempt: then also a passing failure holds up only the connection that it concerns. */
  readonly isLast?: true;
}

interface Drift {
  readonly rows: number;
  /** Descriptions of the first of them. */
  readonly shown: readonly string[];
}

const DRIFT_ROWS_SHOWN = 3;

export interface PlannedConnection {
  readonly connection: Connection;
  /** The address of the private endpoint; null if it has none. */
  readonly address: string | null;
  /** Why no record is written; null if records are written. */
  readonly hold: string | null;
  readonly round: ConnectionRound;
  /** What was requested and is not so, before this round writes; null if the zones or the address could not be read. */
  readonly reading: ConnectionReading | null;
  readonly health: EndpointHealth;
  /** Differences from the specification, without records; null if they were not read or could not be read. */
  readonly drift: Drift | null;
}

export interface LostConnection extends KnownConnection {
  readonly health: EndpointHealth;
}

export interface SyncPlan {
  /** Clusters that Zilliz lists for the project and region. */
  readonly listed: number;
  readonly connections: readonly PlannedConnection[];
  /** Known connections whose tags no longer show them. */
  readonly lost: readonly LostConnection[];
  /** Whether there are more records to write than this round may write. */
  readonly more: boolean;
}

const nothing: ConnectionRound = {
  due: [],
  settle: [],
  kept: 0,
  waiting: [],
  dormant: 0,
  gone: 0,
  faults: [],
};

/**
 * Plans one round for all connections of a project and region. Reads their marks, the clusters and the zones once. Returns
 * only what is to be done, so that the history grows with the changes and not with the clusters.
 */
export async function planSync(ports: Ports, policy: Policy, input: PlanSyncInput): Promise<SyncPlan> {
  const { projectId, regionId, ofSweep = false, running = [], isLast = false } = input;
  const kept = isLast ? 'all' : 'lasting';
  if (!isProjectAllowed(projectId, policy.allowed))
    throw fail('project-not-allowed', outsideProjects(projectId));
  const found = await findStoredIn(ports, { projectId, regionId }, { amongAll: ofSweep });
  const stored = found.filter(({ connection }) => !running.includes(connection.id));
  const shown = new Set([...found.map(({ connection }) => connection.id), ...running]);
  const lost = await readLost(ports, policy, input, shown);
  // Without a connection there are no records, and no reason to use the project's key.
  if (stored.length === 0) return { listed: 0, connections: [], lost, more: false };
  const [clusters, zilliz] = await Promise.all([
    ports.zilliz.clusters({ projectId, regionId }),
    zillizFacts(ports, { projectId, regionId }),
  ]);
  let left = input.mostDue;
  let more = false;
  const connections: PlannedConnection[] = [];
  for (const entry of stored) {
    const planned = await planAlone({ ports, policy, clusters, zilliz, now: input.now, kept }, entry);
    const drift = input.drift ? await driftOf(ports, policy, entry) : null;
    const untried = planned.round.due.filter(
      ({ clusterId }) => !input.tried.includes(triedKey(entry.connection.id, clusterId)),
    );
    const due = untried.slice(0, left);
    more ||= due.length < untried.length;
    left -= due.length;
    connections.push({ ...planned, round: { ...planned.round, due }, drift });
  }
  return { listed: clusters.length, connections, lost, more };
}

/** Azure itself says what has become of an endpoint: a search by tags does not find one that has lost them. */
async function readLost(
  ports: Ports,
  { allowed }: Policy,
  { known = [], projectId, regionId }: PlanSyncInput,
  shown: ReadonlySet<string>,
): Promise<readonly LostConnection[]> {
  const isOwn = ({ connectionId, privateEndpointId: id }: KnownConnection): boolean =>
    isOwnId({ id: connectionId, projectId, regionId }, id) && isScopeAllowed(id, allowed);
  const lost = known.filter((one) => !shown.has(one.connectionId) && isOwn(one));
  const read = await readEach(lost, ({ privateEndpointId: id }) => ports.network.privateEndpoint(id), 'all');
  return read.map((endpoint) => ({
    ...endpoint.entry,
    health: endpoint.ok
      ? healthById(endpoint.entry.connectionId, endpoint.value)
      : { state: 'unmarked', reason: endpoint.failure.message },
  }));
}

interface Reading {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly clusters: readonly Cluster[];
  readonly zilliz: ZillizFacts;
  readonly now: number;
  readonly kept: KeptFailures;
}

/** A lasting read failure of one connection does not stop the others. */
async function planAlone(
  reading: Reading,
  stored: StoredConnection,
): Promise<Omit<PlannedConnection, 'drift'>> {
  const health = storedEndpointHealth(stored);
  const planned = await tryRead(() => planOne(reading, stored), reading.kept);
  if (planned.ok) return { ...planned.value, health };
  const hold = planned.failure.message;
  const unread = readingOf(reading, stored, {
    address: null,
    zones: null,
    incomplete: [{ scope: stored.connection.id, reason: hold }],
  });
  return { connection: stored.connection, address: null, hold, round: nothing, reading: unread, health };
}

async function planOne(
  reading: Reading,
  stored: StoredConnection,
): Promise<Omit<PlannedConnection, 'drift' | 'health'>> {
  const { ports, policy, clusters, now, kept } = reading;
  const { connection, endpoint } = stored;
  const untouchable = untouchableBecause(policy, stored, reading.zilliz);
  if (untouchable !== null) {
    // Where another team owns the DNS, there is nothing to read.
    const incomplete = connection.spec.dns.manage ? [{ scope: endpoint.id, reason: untouchable }] : [];
    const seen = readingOf(reading, stored, { address: null, zones: null, incomplete });
    return { connection, address: null, hold: untouchable, round: nothing, reading: seen };
  }
  const { networkInterfaceId } = endpoint;
  const address =
    networkInterfaceId === null ? null : await ports.network.privateIpAddress(networkInterfaceId);
  const names = await zoneNames(reading, connection);
  const { zones, unread } = await readZonesNamed(ports, connection, names.value, kept);
  const { allowed, recordRemovalDelayHours: delayHours } = policy;
  const round = planRound(connection, {
    ...{ allowed, clusters, zones, unread, now, delayHours },
    address: address ?? '',
  });
  const hold = unusableBecause(endpoint, address);
  const planned = {
    connection,
    address,
    hold,
    reading: readingOf(reading, stored, {
      address,
      zones: { zones, unread },
      incomplete: [
        ...names.incomplete,
        ...unread.map(({ id, failure }) => ({ scope: id, reason: failure.message })),
      ],
    }),
  };
  return { ...planned, round: hold === null ? round : { ...round, due: [], waiting: [] } };
}

/** What is not as requested, by the same rules as GET. */
function readingOf(
  { policy, clusters, zilliz, now }: Reading,
  stored: StoredConnection,
  read: {
    readonly address: string | null;
    readonly zones: ZonesRead | null;
    readonly incomplete: ConnectionReading['incomplete'];
  },
): ConnectionReading {
  const { connection, endpoint } = stored;
  const { zones, unread } = read.zones ?? { zones: [], unread: [] };
  const unreadZones = [
    ...unread.map(({ name, failure }) => ({ name, reason: failure.message })),
    ...(read.zones ? [] : [{ name: null, reason: 'its DNS was not read' }]),
  ];
  const views = clusterViews(connection, {
    clusters,
    zones,
    unreadZones,
    address: read.address,
    health: storedEndpointHealth(stored),
  });
  const observed = {
    ...{ endpoint, clusters, views, zones, unreadZones },
    registrations: zilliz.registered,
    incomplete: read.incomplete,
  };
  return connectionReading(connection, observed, { zillizStatuses: policy.zillizStatuses, now });
}

function untouchableBecause(policy: Policy, stored: StoredConnection, zilliz: ZillizFacts): string | null {
  const { connection, endpoint, specReadable } = stored;
  if (!specReadable) return 'its specification cannot be read from the tags of its private endpoint';
  const [forbidden] = authorizeConnection(connection, policy.allowed);
  if (forbidden) return forbidden.detail;
  const facts = { connection, endpoint, zilliz: succeeded(zilliz), statuses: policy.zillizStatuses };
  const proof = proofFor('records', facts);
  if (!proof.ok) return `${proof.failure.code}: ${proof.failure.message}`;
  return connection.spec.dns.manage ? null : 'dns.manage is false: this app does not manage the records';
}

function unusableBecause({ connectionState }: PrivateEndpoint, address: string | null): string | null {
  if (connectionState.status !== 'Approved') return `Azure says ${connectionState.text}`;
  return address === null ? 'its private endpoint has no address' : null;
}

/** With a zone for each cluster, zones of clusters that are no longer listed are found by the app's mark. */
async function zoneNames(
  { ports, clusters, kept }: Reading,
  connection: Connection,
): Promise<{ readonly value: readonly string[]; readonly incomplete: ConnectionReading['incomplete'] }> {
  const region = regionalZoneName(connection.regionId);
  if (connection.spec.dns.layout === 'regional') return { value: [region], incomplete: [] };
  const hosts = wantedClusters(connection, clusters).flatMap(({ privateLinkAddress }) =>
    privateLinkAddress === null ? [] : (hostOfRegion(privateLinkAddress, connection.regionId)?.host ?? []),
  );
  const lists = await readEach(subscriptionsOf(connection), (id) => ports.dns.zones(id), kept);
  const marked = lists
    .flatMap((zones) => (zones.ok ? zones.value : []))
    .filter(({ name, tags }) => isOurs(tags) && name.toLowerCase().endsWith(`.${region}`))
    .map(({ name }) => name.toLowerCase());
  // Records in the regional zone show that a request asked for the other layout.
  const incomplete = lists.flatMap((zones) =>
    zones.ok ? [] : { scope: `/subscriptions/${zones.entry}`, reason: zones.failure.message },
  );
  return { value: [...new Set([region, ...hosts, ...marked])], incomplete };
}

/** Plans the stored specification and returns the rows that are not `keep`. A refused read is not drift. */
async function driftOf(ports: Ports, policy: Policy, stored: StoredConnection): Promise<Drift | null> {
  const { connection, specReadable } = stored;
  if (!specReadable || authorizeConnection(connection, policy.allowed).length > 0) return null;
  try {
    const rows = await differencesOf(ports, policy, connection);
    const changes = rows.filter((row) => isChange(row) && row.resource !== 'A record set');
    const first = changes.slice(0, DRIFT_ROWS_SHOWN);
    return {
      rows: changes.length,
      shown: first.map(({ action, resource, id, reason }) => `${action} ${resource} ${id}: ${reason}`),
    };
  } catch (error) {
    if (error instanceof ProvisioningError) return null;
    throw error;
  }
}

/** Returns whether any cluster without an address has changed. Takes one list from Zilliz and no call to Azure. */
export async function findAddresses(
  ports: Ports,
  input: ProjectRegion & { readonly clusterIds: readonly string[] },
): Promise<{ readonly changed: boolean }> {
  const { projectId, regionId, clusterIds } = input;
  const clusters = await ports.zilliz.clusters({ projectId, regionId });
  const changed = clusterIds.some((clusterId) => {
    const cluster = clusters.find((candidate) => candidate.clusterId === clusterId);
    return !cluster || isGone(cluster) || cluster.privateLinkAddress !== null;
  });
  return { changed };
}
