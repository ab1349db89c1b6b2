import type { Connection } from '../domain/connection/connection.ts';
import { managedBy, searchTags } from '../domain/connection/marks.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { storedConnection } from '../domain/connection/storedConnection.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
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

/** Every connection whose private endpoint the identity can see, in all subscriptions that it can read. */
export function findAllStored(ports: Ports): Promise<FoundConnections> {
  return search(ports, searchTags.managedBy, managedBy);
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

async function search(ports: Ports, tag: string, value: string): Promise<FoundConnections> {
  const subscriptions = await ports.network.subscriptions();
  const unread: UnreadSubscription[] = [];
  const lists = await Promise.all(
    subscriptions.map(async (subscriptionId) => {
      try {
        return await ports.network.privateEndpointsByTag(subscriptionId, tag, value);
      } catch (error) {
        // One subscription that cannot be read must not hide the connections of the others.
        if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
        unread.push({ subscriptionId, failure: error.failure });
        return [];
      }
    }),
  );
  return { found: lists.flat().flatMap((endpoint) => storedConnection(endpoint) ?? []), unread };
}
