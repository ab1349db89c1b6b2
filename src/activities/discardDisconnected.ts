import type { Connection } from '../domain/connection.ts';
import { decideEndpoint } from '../domain/decide.ts';
import { decideEndpointRemoval } from '../domain/decideRemoval.ts';
import { currentEndpointId, pointing } from '../domain/removal.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Ports } from '../ports.ts';
import type { Removed } from './tearDown.ts';
import { addressOf, observeZonesOfRegion } from './tearDownObserve.ts';

/**
 * Deletes a private endpoint of ours whose connection Zilliz removed, as long as that is so and asked for: asked again after
 * the new one stands, it does nothing. Submitted, not awaited.
 */
export async function discardDisconnected(
  ports: Ports,
  { connection }: { readonly connection: Connection },
): Promise<Removed> {
  const found = await ports.network.privateEndpoint(connection.privateEndpoint.id);
  if (!found) return { outcome: 'gone', reason: 'it is not there' };
  if (found.provisioningState === 'Deleting') return { outcome: 'deleted', reason: 'Azure is deleting it' };
  if (decideEndpoint(connection, null, found).action !== 'delete') {
    return { outcome: 'gone', reason: 'another one stands in its place' };
  }
  const [zonesOfRegion, address] = await Promise.all([
    observeZonesOfRegion(ports, subjectOf(connection)),
    addressOf(ports, found),
  ]);
  const removal = decideEndpointRemoval(found, connection.id, pointing({ address, zonesOfRegion }));
  if (removal.action === 'keep') return { outcome: 'kept', reason: removal.reason };
  await ports.network.deletePrivateEndpoint(found.id);
  const endpointId = currentEndpointId(found);
  return { outcome: 'deleted', reason: 'Zilliz removed its connection', endpointId };
}
