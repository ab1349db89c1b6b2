import type { ClusterView } from '../domain/connection/clusterView.ts';
import { clusterViews } from '../domain/connection/clusterView.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { connectionReading, requiredZones } from '../domain/connection/connectionReading.ts';
import type { EndpointHealth } from '../domain/connection/endpointHealth.ts';
import { healthById } from '../domain/connection/endpointHealth.ts';
import { lastCheck, readEndpointMarks } from '../domain/connection/marks.ts';
import type { LastCheck } from '../domain/connection/marks.ts';
import { endpointId } from '../domain/connection/names.ts';
import type { ConnectionReading } from '../domain/connection/status.ts';
import { asMarked } from '../domain/connection/storedConnection.ts';
import { isOfLimit } from '../domain/failure/failure.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import type { PrivateEndpoint } from '../domain/resources/model.ts';
import type { OnDemand } from '../domain/resources/onDemand.ts';
import type { ZillizStatuses } from '../domain/resources/registration.ts';
import type { Ports } from '../ports.ts';
import { readZonesNamed } from './observeZones.ts';
import { observeOnDemand } from './onDemand.ts';
import { tryRead } from './tryRead.ts';

/** The present state of a connection, independent of its runs. What could not be read is null; `reading` holds the reasons. */
export interface LiveView {
  readonly source: 'live' | 'view';
  /** The health of the private endpoint; null if it could not be read. */
  readonly health: EndpointHealth | null;
  /** The view is cached for a short time, since Azure Private DNS limits reads. */
  readonly reading: ConnectionReading;
  /** Whether only limits on reads kept it from being whole, and what was read is as requested: it says nothing new. */
  readonly isCut: boolean;
  readonly privateEndpoint: {
    readonly id: string;
    readonly provisioningState: string;
    readonly connectionState: string;
    readonly endpointId: string | null;
    readonly address: string | null;
    /** Alias or resource ID of Zilliz's private link service. */
    readonly target: string;
    /** When this connection added the subscription to Zilliz's whitelist, which no API can undo. */
    readonly whitelistedAt: string | null;
    readonly verification: LastCheck | null;
  } | null;
  readonly zones: readonly { readonly id: string; readonly linkedNetworks: readonly string[] }[];
  readonly clusters: readonly ClusterView[];
  /** Null in what a sync has read. */
  readonly onDemand: OnDemand | null;
}

/** Reads Azure and Zilliz for display to the user. A failed read does not throw: it is reported in `incomplete`. */
export async function observeLive(
  ports: Ports,
  connection: Connection,
  at: { readonly zillizStatuses: ZillizStatuses; readonly now: number },
): Promise<LiveView> {
  const unreadable = new Unreadable();
  const readOr = async <T>(scope: string, read: () => Promise<T>): Promise<T | null> =>
    unreadable.valueOf(scope, await tryRead(read, 'all'));
  const { projectId, zoneResourceGroupId: group } = connection;
  const [found, registrations, clusters, onDemand] = await Promise.all([
    readOr(connection.privateEndpoint.id, () => readEndpoint(ports, connection)),
    readOr(projectId, () => ports.zilliz.privateEndpoints(projectId)),
    readOr(projectId, () => ports.zilliz.clusters(connection)),
    observeOnDemand(ports, connection),
  ]);
  const { endpoint, health } = found ?? { endpoint: null, health: null };
  const networkInterfaceId = endpoint?.networkInterfaceId ?? null;
  const stored = asMarked(connection, endpoint);
  const names = requiredZones(stored, clusters ?? []);
  const [address, zoneReads] = await Promise.all([
    networkInterfaceId === null
      ? null
      : readOr(networkInterfaceId, () => ports.network.privateIpAddress(networkInterfaceId)),
    tryRead(() => readZonesNamed(ports, stored, names, 'all'), 'all'),
  ]);
  const { zones: readable, unread } = unreadable.valueOf(group, zoneReads) ?? { zones: [], unread: [] };
  for (const { id, failure } of unread) unreadable.add(id, failure);
  const unreadZones = [
    ...unread.map(({ name, failure }) => ({ name, reason: failure.message })),
    ...(zoneReads.ok ? [] : [{ name: null, reason: zoneReads.failure.message }]),
  ];
  const views = clusterViews(stored, {
    clusters,
    zones: readable,
    unreadZones,
    address,
    health,
  });
  const observed = {
    ...{ endpoint, registrations, clusters, views, zones: readable, unreadZones },
    incomplete: unreadable.list(),
  };
  const reading = connectionReading(stored, observed, at);
  return {
    source: 'live',
    health,
    reading,
    isCut: unreadable.isOfLimits && reading.faults.length === 0,
    privateEndpoint: endpoint && endpointView(endpoint, address),
    zones: readable.map(({ zone, links }) => ({
      id: zone.id,
      linkedNetworks: links.map(({ virtualNetworkId }) => virtualNetworkId),
    })),
    clusters: views,
    onDemand,
  };
}

/** What could not be read, and why. */
class Unreadable {
  readonly #found: { readonly scope: string; readonly failure: Failure }[] = [];

  add(scope: string, failure: Failure): void {
    this.#found.push({ scope, failure });
  }

  valueOf<T>(scope: string, outcome: Outcome<T>): T | null {
    if (outcome.ok) return outcome.value;
    this.add(scope, outcome.failure);
    return null;
  }

  get isOfLimits(): boolean {
    return this.#found.length > 0 && this.#found.every(({ failure }) => isOfLimit(failure));
  }

  list(): ConnectionReading['incomplete'] {
    const all = this.#found.map(({ scope, failure }) => ({ scope, reason: failure.message }));
    return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  }
}

async function readEndpoint(
  ports: Ports,
  connection: Connection,
): Promise<{ readonly endpoint: PrivateEndpoint | null; readonly health: EndpointHealth }> {
  const { id } = connection.privateEndpoint;
  // Reads twice: ARM may not find an existing endpoint for a moment, and the view would report it as deleted.
  const endpoint = (await ports.network.privateEndpoint(id)) ?? (await ports.network.privateEndpoint(id));
  return { endpoint, health: healthById(connection.id, endpoint) };
}

function endpointView(
  endpoint: PrivateEndpoint,
  address: string | null,
): NonNullable<LiveView['privateEndpoint']> {
  const { id, name, provisioningState, connectionState, resourceGuid, target, tags } = endpoint;
  return {
    id,
    provisioningState,
    connectionState: connectionState.text,
    endpointId: resourceGuid === null ? null : endpointId(name, resourceGuid),
    address,
    target,
    whitelistedAt: readEndpointMarks(tags)?.whitelistedAt ?? null,
    verification: lastCheck(tags),
  };
}
