import type { Connection } from './connection.ts';
import { readEndpointMarks } from './marks.ts';
import type { PrivateEndpoint } from './model.ts';
import { virtualNetworkIdOf } from './resourceId.ts';
import type { ConnectionSpec } from './spec.ts';

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
