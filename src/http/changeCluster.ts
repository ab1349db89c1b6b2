import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { ClusterChange, ClusterChangeInput } from '../activities/changeClusters.ts';
import { clusterIdFault } from '../domain/connection/names.ts';
import { isActive } from '../durable/client.ts';
import type { WakeSync } from '../triggers/wakeSync.ts';
import { onConnection, withSpec } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { followed, Refused, refuseFor } from './response.ts';

export interface ChangeClusterOptions {
  readonly waker: WakeSync;
  readonly change: (input: ClusterChangeInput) => Promise<ClusterChange>;
}

export const clusterChangeSchema = z.object({
  id: z.string(),
  clusterId: z.string(),
  /** Whether the cluster has a record from now on; sync writes or removes it. */
  wanted: z.boolean(),
  changed: z.boolean(),
});

/** `PUT` and `DELETE /api/connections/{id}/clusters/{clusterId}`: changes the specification; sync writes or removes the record. */
export function changeCluster(
  sources: Sources,
  { waker, change }: ChangeClusterOptions,
  wanted: boolean,
): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, client, instance } = known;
    const { clusterId = '' } = request.params;
    const detail = clusterIdFault(clusterId);
    if (detail !== null)
      refuseFor([{ pointer: '', parameter: 'clusterId', code: 'invalid-request', detail }]);
    if (instance && isActive(instance)) {
      // The run has the older specification as its input and would write it.
      throw new Refused({
        code: 'different-request-running',
        detail: `${instance.name} is running for ${id}`,
      });
    }
    const result = await change({ stored: withSpec(await known.whole()), clusterId, wanted });
    if (result.outcome === 'refused') throw new Refused(result.fault);
    // Also when nothing changed: the caller expects that the record is checked.
    await waker.wake(client, result.connection);
    const changed = result.outcome === 'changed';
    return followed(`/api/connections/${id}`, { id, clusterId, wanted, changed });
  });
}
