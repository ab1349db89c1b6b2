import { searchTags } from '../domain/connection/marks.ts';
import { parsePrivateEndpointId } from '../domain/connection/resourceId.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { oddMarks, storedConnection } from '../domain/connection/storedConnection.ts';
import { TagSet } from '../domain/connection/tagSet.ts';
import type { Failure } from '../domain/failure/failure.ts';
import { fail } from '../domain/failure/failure.ts';
import type { PrivateEndpoint } from '../domain/resources/model.ts';
import type { Ports, ProjectRegion } from '../ports.ts';
import { readEach } from './tryRead.ts';
import type { KeptFailures } from './tryRead.ts';

/** A subscription that could not be searched, or one private endpoint in it that is no connection, and why. */
export interface Unread {
  readonly subscriptionId: string;
  /** The private endpoint, and the project that its marks name. Null for a whole subscription. */
  readonly endpoint: { readonly id: string; readonly projectId: string | null } | null;
  readonly failure: Failure;
}

export interface FoundConnections {
  readonly found: readonly StoredConnection[];
  readonly unread: readonly Unread[];
}

/**
 * Returns each connection whose private endpoint the identity can read, in all subscriptions. Searches by the name of one tag:
 * the tag `managed-by` is for the user, and policies may overwrite it. An endpoint with the tag that cannot be read as a
 * connection is reported, since it may be one.
 */
export async function findAllStored(ports: Ports, kept?: KeptFailures): Promise<FoundConnections> {
  const { found, unread, others } = await search(ports, searchTags.connection, null, kept);
  const known = new Set(found.map(({ connection }) => connection.id));
  const unreadable = others.filter(
    ({ tags }) => !known.has(TagSet.of(tags).get(searchTags.connection) ?? ''),
  );
  return { found, unread: [...unread, ...unreadable.map(unreadableMarks)] };
}

/** Reports an endpoint whose marks cannot be read. The caller omits copies of the marks of a known connection. */
function unreadableMarks(endpoint: PrivateEndpoint): Unread {
  const { id } = endpoint;
  const { projectId, reason } = oddMarks(endpoint);
  const message = `the marks of ${id} are no longer those of a connection: ${reason}`;
  const subscriptionId = parsePrivateEndpointId(id)?.subscriptionId ?? '';
  return { subscriptionId, endpoint: { id, projectId }, failure: fail('spec-unreadable', message).failure };
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
  readonly unread: readonly Unread[];
}> {
  const { found, unread } = await search(ports, searchTags.connection, id);
  return { stored: found.find(({ connection }) => connection.id === id) ?? null, unread };
}

interface Found extends FoundConnections {
  /** Private endpoints with the tag that cannot be read as connections. */
  readonly others: readonly PrivateEndpoint[];
}

/** One subscription that cannot be read must not hide the connections of the others. */
async function search(ports: Ports, tag: string, value: string | null, kept?: KeptFailures): Promise<Found> {
  const read = (id: string) => ports.network.privateEndpointsByTag(id, tag, value);
  const lists = await readEach(await ports.network.subscriptions(), read, kept);
  const unread = lists.flatMap((list) =>
    (list.ok ? list.value.failures : [list.failure]).map((failure) => ({
      ...{ subscriptionId: list.entry, endpoint: null, failure },
    })),
  );
  const all = lists.flatMap((list) => (list.ok ? list.value.endpoints : []));
  const found = all.flatMap((endpoint) => parsed(endpoint) ?? []);
  return { found, unread, others: all.filter((endpoint) => parsed(endpoint) === null) };
}

const parsedEndpoints = new WeakMap<PrivateEndpoint, StoredConnection | null>();

/** Each endpoint of a list is parsed once: the syncs of one sweep share the list, and each picks its connections from it. */
function parsed(endpoint: PrivateEndpoint): StoredConnection | null {
  const known = parsedEndpoints.get(endpoint);
  if (known !== undefined) return known;
  const stored = storedConnection(endpoint);
  parsedEndpoints.set(endpoint, stored);
  return stored;
}
