import { connectionFrom } from './connection.ts';
import type { Connection } from './connection.ts';
import { managedBy, readEndpointMarks, searchTags, tagsOfOthers } from './marks.ts';
import type { PrivateEndpoint, Tags } from './model.ts';
import { parsePrivateEndpointId, parseSubnetId } from './resourceId.ts';
import type { ConnectionSpec } from './spec.ts';

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
