import type { PrivateEndpoint } from '../resources/model.ts';
import type { Connection, ConnectionSpec } from './connection.ts';
import { connectionFrom } from './connection.ts';
import { projectIdSchema, regionIdSchema } from './fieldSchemas.ts';
import { readEndpointMarks, searchTags } from './marks.ts';
import { isConnectionId } from './names.ts';
import { parsePrivateEndpointId, parseSubnetId, virtualNetworkIdOf } from './resourceId.ts';
import { TagSet } from './tagSet.ts';

/** A connection as stored in the marks of its private endpoint. It does not depend on the task hub. */
export interface StoredConnection {
  readonly connection: Connection;
  readonly endpoint: PrivateEndpoint;
  readonly whitelistedAt: string | null;
  /**
   * False when the specification was truncated, changed, or written by a newer version. Then `connection.spec`, the zone group
   * and the linked networks are placeholders, and nothing may be written from them.
   */
  readonly specReadable: boolean;
}

const DEFAULT_DEADLINE_MINUTES = 60;

/** Placeholder for a specification that is not readable. It is used only for reads; nothing is written from it. */
const unreadableSpecPlaceholder: ConnectionSpec = {
  clusters: 'all',
  exclusions: [],
  tags: {},
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
 * Reads the connection from the marks of a private endpoint. Null when there are none, or when they were copied from another
 * endpoint: the ID of a connection is a hash that includes the endpoint's resource ID, so a copy does not match. It never
 * throws, for any tags: one invalid connection must not hide the others.
 */
export function storedConnection(endpoint: PrivateEndpoint): StoredConnection | null {
  const marks = readEndpointMarks(endpoint.tags);
  const named = parsePrivateEndpointId(endpoint.id);
  if (!marks || !named || !parseSubnetId(endpoint.subnetId)) return null;
  const spec = marks.spec ?? unreadableSpecPlaceholder;
  const connection = connectionFrom({
    projectId: marks.projectId,
    regionId: marks.regionId,
    subnetId: endpoint.subnetId,
    privateEndpoint: {
      ...{ name: named.name, resourceGroup: named.resourceGroup },
      // An endpoint that replaces it is created in the same way.
      ...{ staticIpAddress: endpoint.staticIpAddress, networkInterfaceName: endpoint.networkInterfaceName },
    },
    tags: spec.tags,
    clusters: spec.clusters === 'all' ? 'all' : [...spec.clusters],
    dns: {
      ...spec.dns,
      zoneResourceGroupId: spec.dns.zoneResourceGroupId ?? undefined,
      linkedNetworks: spec.dns.linkedNetworks ? [...spec.dns.linkedNetworks] : undefined,
    },
    adopt: spec.adopt ?? 'matching',
    // Options of a run are not stored.
    onFailure: 'keep',
    deadlineMinutes: DEFAULT_DEADLINE_MINUTES,
  });
  if (connection.id !== marks.connectionId) return null;
  return {
    // Only a request can require it: the stored value may be the default, and must not refuse a reconcile.
    connection: { ...connection, spec, requiresAutoRegistration: false },
    endpoint,
    whitelistedAt: marks.whitelistedAt,
    specReadable: marks.spec !== null,
  };
}

/** Returns what is wrong with the marks of an endpoint that is no connection, and the project that they name, if it is one. */
export function oddMarks({ tags }: Pick<PrivateEndpoint, 'tags'>): {
  readonly projectId: string | null;
  readonly reason: string;
} {
  const set = TagSet.of(tags);
  const { connection, project, region } = searchTags;
  const projectId = projectIdSchema.safeParse(set.get(project)).data ?? null;
  const odd = [
    ...(isConnectionId(set.get(connection) ?? '') ? [] : [connection]),
    ...(projectId === null ? [project] : []),
    ...(regionIdSchema.safeParse(set.get(region)).success ? [] : [region]),
  ];
  const reason =
    odd.length > 0
      ? `${odd.join(', ')} missing or not valid`
      : `${connection} is not the ID of this endpoint`;
  return { projectId, reason };
}

type Marked = Pick<PrivateEndpoint, 'tags'> | null;

/**
 * The connection with the exclusions stored in its private endpoint. They are not part of a request: a repeated request does
 * not restore a cluster that was excluded.
 */
export function keepExclusions(connection: Connection, endpoint: Marked): Connection {
  const spec = markedSpec(connection, endpoint);
  if (!spec) return connection;
  return { ...connection, spec: { ...connection.spec, exclusions: spec.exclusions } };
}

/** The connection with the specification stored in its private endpoint, instead of that of its last request. */
export function asMarked(connection: Connection, endpoint: Marked): Connection {
  return { ...connection, spec: markedSpec(connection, endpoint) ?? connection.spec };
}

/** The networks in the specification stored in the private endpoint, not those of the request. Empty without one. */
export function markedNetworks(
  connection: Connection,
  endpoint: Pick<PrivateEndpoint, 'tags' | 'subnetId'> | null,
): readonly string[] {
  const spec = markedSpec(connection, endpoint);
  if (!spec || !endpoint) return [];
  return spec.dns.linkedNetworks ?? [virtualNetworkIdOf(endpoint.subnetId)];
}

function markedSpec(connection: Connection, endpoint: Marked): ConnectionSpec | null {
  const marks = endpoint && readEndpointMarks(endpoint.tags);
  return marks?.connectionId === connection.id ? marks.spec : null;
}
