import { ProvisioningError } from '../domain/failure.ts';
import { readEndpointMarks } from '../domain/marks.ts';
import type { PrivateEndpoint } from '../domain/model.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import type { Ports } from '../ports.ts';
import { stopped } from './stopped.ts';

/** Why the private endpoint of records that stand alone may be there; null only when Azure says that it is not. */
export async function doubtOfLoss(
  ports: Pick<Ports, 'network'>,
  { connectionId, privateEndpointId }: Pick<RemovalSubject, 'connectionId' | 'privateEndpointId'>,
): Promise<string | null> {
  if (privateEndpointId === null) return 'its records do not say which private endpoint they were made for';
  try {
    const found = await ports.network.privateEndpoint(privateEndpointId);
    if (!found) return null;
    const carries = readEndpointMarks(found.tags)?.connectionId === connectionId;
    return carries
      ? `${found.id} is there, and Azure does not find it by its tags yet: ask again in a minute`
      : `${found.id} is there, without the marks of the connection`;
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
    return error.failure.message;
  }
}

/**
 * The private endpoint of what is to be taken down, read afresh; null when Azure says that it is not there. Where only
 * records are left they are no reason to take anything down as long as the endpoint may be there.
 */
export async function endpointOf(ports: Ports, subject: RemovalSubject): Promise<PrivateEndpoint | null> {
  if (subject.connection) return ports.network.privateEndpoint(subject.connection.privateEndpoint.id);
  const doubt = await doubtOfLoss(ports, subject);
  if (doubt !== null) throw stopped('endpoint-not-visible', doubt);
  return null;
}
