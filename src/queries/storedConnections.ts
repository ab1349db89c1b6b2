import type { Connection } from '../domain/connection/connection.ts';
import { searchTags } from '../domain/connection/marks.ts';
import { parsePrivateEndpointId } from '../domain/connection/resourceId.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { storedConnection } from '../domain/connection/storedConnection.ts';
import { TagSet } from '../domain/connection/tagSet.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { PrivateEndpoint } from '../domain/resources/model.ts';
import type { Neighbours } from '../domain/resources/neighbour.ts';
import type { Ports, ProjectRegion } from '../ports.ts';

/** A subscription that could not be searched, and why. */
export interface UnreadSubscription {
  readonly subscriptionId: string;
  readonly failure: Failure;
}

export interface FoundConnections {
  readonly found: readonly StoredConnection[];
  readonly unread: readonly UnreadSubscription[];
}

/**
 * Every connection whose private endpoint the identity can see, in all subscriptions that it can read. They are searched by the
 * name of a mark alone: `managed-by` is for people, and policies may overwrite it. What carries the mark and cannot be read as a
 * connection is reported, since it may be one.
 */
export async function findAllStored(ports: Ports): Promise<FoundConnections> {
  const { found, unread, others } = await search(ports, searchTags.connection, null);
  const known = new Set(found.map(({ connection }) => connection.id));
  const odd = others.filter(({ tags }) => !known.has(TagSet.of(tags).get(searchTags.connection) ?? ''));
  return { found, unread: [...unread, ...odd.map(unreadableMarks)] };
}

export const NO_NEIGHBOURS: Neighbours = { known: [], unseen: null };

/** The other connections, for whatever a tear-down shares with them. */
export async function findNeighbours(ports: Ports, connectionId: string): Promise<Neighbours> {
  const { found, unread } = await findAllStored(ports);
  const [first] = unread;
  return {
    known: found.filter(({ connection }) => connection.id !== connectionId),
    unseen: first ? `another connection may need it that cannot be read: ${first.failure.message}` : null,
  };
}

/** A copy of the marks of a connection that is found is not reported: it gives itself away. */
function unreadableMarks({ id }: PrivateEndpoint): UnreadSubscription {
  const message = `the marks of ${id} are no longer those of a connection`;
  const subscriptionId = parsePrivateEndpointId(id)?.subscriptionId ?? '';
  return { subscriptionId, failure: { kind: 'conflict', code: 'spec-unreadable', source: 'app', message } };
}

/** The connections of one project and region. */
export async function findStoredIn(ports: Ports, where: ProjectRegion): Promise<readonly StoredConnection[]> {
  const { found } = await search(ports, searchTags.project, where.projectId);
  return found.filter(
    ({ connection }) => connection.projectId === where.projectId && connection.regionId === where.regionId,
  );
}

/** The connection of an ID by the marks of its private endpoint: null when no endpoint carries them. */
export async function findStored(
  ports: Ports,
  id: string,
): Promise<{
  readonly stored: StoredConnection | null;
  readonly unread: readonly UnreadSubscription[];
}> {
  const { found, unread } = await search(ports, searchTags.connection, id);
  return { stored: found.find(({ connection }) => connection.id === id) ?? null, unread };
}

/** The same for readers that want no more than the connection. */
export async function connectionFromMarks(ports: Ports, id: string): Promise<Connection | null> {
  const { stored } = await findStored(ports, id);
  return stored?.connection ?? null;
}

interface Found extends FoundConnections {
  /** Private endpoints with the tag that are no connections. */
  readonly others: readonly PrivateEndpoint[];
}

async function search(ports: Ports, tag: string, value: string | null): Promise<Found> {
  const subscriptions = await ports.network.subscriptions();
  const unread: UnreadSubscription[] = [];
  const lists = await Promise.all(
    subscriptions.map(async (subscriptionId) => {
      try {
        const { endpoints, failures } = await ports.network.privateEndpointsByTag(subscriptionId, tag, value);
        unread.push(...failures.map((failure) => ({ subscriptionId, failure })));
        return endpoints;
      } catch (error) {
        // One subscription that cannot be read must not hide the connections of the others.
        if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
        unread.push({ subscriptionId, failure: error.failure });
        return [];
      }
    }),
  );
  const all = lists.flat();
  const found = all.flatMap((endpoint) => storedConnection(endpoint) ?? []);
  return { found, unread, others: all.filter((endpoint) => storedConnection(endpoint) === null) };
}
