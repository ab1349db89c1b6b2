import { ProvisioningError } from '../domain/failure/failure.ts';
import { isGranted } from '../domain/plan/permissions.ts';
import type { EndpointCensus } from '../domain/resources/registration.ts';
import type { Ports } from '../ports.ts';

const READ = 'Microsoft.Network/privateEndpoints/read';

/** Returns the private endpoints of a subscription, and whether the identity may read all of them. */
export async function endpointCensus(
  ports: Pick<Ports, 'network'>,
  subscriptionId: string,
): Promise<EndpointCensus> {
  const scope = `/subscriptions/${subscriptionId}`;
  try {
    // Checks the right before it lists: a right that is granted in between does not make the list complete.
    const permissions = await ports.network.permissions(scope);
    if (!isGranted(READ, permissions)) return { whole: false, guids: [] };
    const found = await ports.network.privateEndpointsIn(scope);
    const guids = found.flatMap(({ resourceGuid }) => resourceGuid ?? []);
    return { whole: guids.length === found.length, guids };
  } catch (error) {
    if (!(error instanceof ProvisioningError) || error.failure.kind === 'transient') throw error;
    return { whole: false, guids: [] };
  }
}
