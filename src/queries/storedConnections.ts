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
 * Returns each connection whose private endpoint the identity can read, in all subscriptions. Searches by the name of one tag:
 * the tag `managed-by` is for the user, and policies may overwrite it. An endpoint with the tag that cannot be read as a
 * connection is reported, since it may be one.
 */
export async function findAllStored(ports: Ports): Promise<FoundConnections> {
  const { found, unread, others } = await search(ports, searchTags.connection, null);
  const known = new Set(found.map(({ connection }) => connection.id));
  const unreadable = others.filter(
    ({ tags }) => !known.has(TagSet.of(tags).get(searchTags.connection) ?? ''),
  );
  return { found, unread: [...unread, ...unreadable.map(unreadableMarks)] };
}

export const NO_NEIGHBOURS: Neighbours = { known: [], unseen: null };

/** Returns the other connections, which may share resources with a connection that is removed. */
export async function findNeighbours(ports: Ports, connectionId: string): Promise<Neighbours> {
  const { found, unread } = await findAllStored(ports);
  const [first] = unread;
  return {
    known: found.filter(({ connection }) => connection.id !== connectionId),
    unseen: first ? `another connection may need it that cannot be read: ${first.failure.message}` : null,
  };
}

/** Reports an endpoint whose marks cannot be read. The caller omits copies of the marks of a known connection. */
function unreadableMarks({ id }: PrivateEndpoint): UnreadSubscription {
  const message = `the marks of ${id} are no longer those of a connection`;
  const subscriptionId = parsePrivateEndpointId(id)?.subscriptionId ?? '';
  return { subscriptionId, failure: { kind: 'conflict', code: 'spec-unreadable', source: 'app', message } };
}

/** Returns the connections of one project and region. `amongAll` searches as {@link findAllStored} does, to share its reads. */
export async function findStoredIn(
  ports: Ports,
  where: ProjectRegion,
  { amongAll }: { readonly amongAll: boolean },
): Promise<readonly StoredConnection[]> {
  const { found } = await (amongAll
    ? search(ports, searchTags.connection, null)
    : search(ports, searchTags.project, where.projectId));
  return found.filter(
    ({ connection }) => connection.projectId === where.projectId && connection.regionId === where.regionId,
  );
}

/** Returns the connection of an ID by the marks of its private endpoint; null if no endpoint has them. */
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

/** Same as {@link findStored}, but returns only the connection. */
export async function connectionFromMarks(ports: Ports, id: string): Promise<Connection | null> {
  const { stored } = await findStored(ports, id);
  return stored?.connection ?? null;
}

interface Found extends FoundConnections {
  /** Private endpoints with the tag that cannot be read as connections. */
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
