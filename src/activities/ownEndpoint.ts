import type { Connection } from '../domain/connection.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { readEndpointMarks } from '../domain/marks.ts';
import type { PrivateEndpoint } from '../domain/model.ts';
import type { Ports } from '../ports.ts';
import { stopped } from './stopped.ts';

/**
 * The private endpoint of a connection, read before something is written for it. A disconnect may have begun since that was
 * planned, or have come to its end: a step of a cancelled run may be run late, and again after a crash.
 */
export async function ownEndpoint(ports: Ports, connection: Connection): Promise<PrivateEndpoint> {
  const endpoint = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (endpoint && readEndpointMarks(endpoint.tags)?.connectionId === connection.id) return endpoint;
  const id = connection.privateEndpoint.id;
  // ARM may miss for a moment what is there; what is gone stays away.
  if (!endpoint) {
    const failure = { code: 'endpoint-changed', message: `${id} is not there any more` } as const;
    throw new ProvisioningError({ kind: 'transient', source: 'app', ...failure });
  }
  throw stopped('endpoint-changed', `${id} does not carry our marks any more`);
}
