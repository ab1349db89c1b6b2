import type { PrivateEndpoint, Tags } from '../resources/model.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { connectionFrom } from './connection.ts';
import { managedBy, readEndpointMarks, searchTags, tagsOfOthers } from './marks.ts';
import { parsePrivateEndpointId, parseSubnetId, virtualNetworkIdOf } from './resourceId.ts';

/** A connection as the marks of its private endpoint tell it: what should be, whatever became of the task hub. */
export interface StoredConnection {
  readonly connection: Connection;
  readonly endpoint: PrivateEndpoint;
  readonly whitelistedAt: string | null;
  /**
   * False when the specification was cut, changed or written by a newer version. Then `connection.spec` only stands in for it,
   * and so do zone group and linked networks: nothing may be written from them.
   */
  readonly specReadable: boolean;
  /** False when the mark `managed-by` itself was taken away and the others still stand. */
  readonly marked: boolean;
}

const DEFAULT_DEADLINE_MINUTES = 60;

/** Stands for a specification that cannot be read: for looking around, and nothing is written from it. */
const nothingKnown: ConnectionSpec = {
  clusters: 'all',
  exclusions: [],
  dns: {
    manage: true,
    layout: 'regional',
    autoRegistration: false,
    hiddenNames: 'warn',
    zoneResourceGroupId: null,
    linkedNetworks: null,
  },
};

/**
 * Reads the connection from the marks of a private endpoint. Null when there are none, or when they were copied from
 * another endpoint: the connection's ID is made of the endpoint's own resource ID, so copies give themselves away. Whatever
 * the tags say, it never throws: one odd connection must not hide the others.
 */
export function storedConnection(endpoint: PrivateEndpoint): StoredConnection | null {
  const marks = readEndpointMarks({ ...withoutManagedBy(endpoint.tags), [searchTags.managedBy]: managedBy });
  const named = parsePrivateEndpointId(endpoint.id);
  if (!marks || !named || !parseSubnetId(endpoint.subnetId)) return null;
  const spec = marks.spec ?? nothingKnown;
  const connection = connectionFrom({
    projectId: marks.projectId,
    regionId: marks.regionId,
    subnetId: endpoint.subnetId,
    privateEndpoint: {
      name: named.name,
      resourceGroup: named.resourceGroup,
      tags: tagsOfOthers(endpoint.tags),
    },
    clusters: spec.clusters === 'all' ? 'all' : [...spec.clusters],
    dns: {
      ...spec.dns,
      zoneResourceGroupId: spec.dns.zoneResourceGroupId ?? undefined,
      linkedNetworks: spec.dns.linkedNetworks ? [...spec.dns.linkedNetworks] : undefined,
    },
    // Options of a run are no part of what is stored.
    adopt: 'matching',
    onFailure: 'keep',
    deadlineMinutes: DEFAULT_DEADLINE_MINUTES,
  });
  if (connection.id !== marks.connectionId) return null;
  return {
    connection: { ...connection, spec },
    endpoint,
    whitelistedAt: marks.whitelistedAt,
    specReadable: marks.spec !== null,
    marked: readEndpointMarks(endpoint.tags) !== null,
  };
}

function withoutManagedBy(tags: Tags): Tags {
  return Object.fromEntries(
    Object.entries(tags).filter(([name]) => name.toLowerCase() !== searchTags.managedBy),
  );
}

type Marked = Pick<PrivateEndpoint, 'tags'> | null;

/**
 * The connection with the exclusions that its private endpoint carries. They are no part of a request: whoever posts it
 * again does not thereby bring back a cluster that was taken out.
 */
export function keepExclusions(connection: Connection, endpoint: Marked): Connection {
  const marked = markedSpec(connection, endpoint);
  if (!marked) return connection;
  return { ...connection, spec: { ...connection.spec, exclusions: marked.exclusions } };
}

/** The connection with the specification that its private endpoint carries, whatever its last request said. */
export function asMarked(connection: Connection, endpoint: Marked): Connection {
  return { ...connection, spec: markedSpec(connection, endpoint) ?? connection.spec };
}

/** The networks that the private endpoint's own specification names, whatever is asked for now; none where it has none. */
export function markedNetworks(
  connection: Connection,
  endpoint: Pick<PrivateEndpoint, 'tags' | 'subnetId'> | null,
): readonly string[] {
  const marked = markedSpec(connection, endpoint);
  if (!marked || !endpoint) return [];
  return marked.dns.linkedNetworks ?? [virtualNetworkIdOf(endpoint.subnetId)];
}

function markedSpec(connection: Connection, endpoint: Marked): ConnectionSpec | null {
  const marks = endpoint && readEndpointMarks(endpoint.tags);
  return marks?.connectionId === connection.id ? marks.spec : null;
}
