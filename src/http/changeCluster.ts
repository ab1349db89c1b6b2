import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { ClusterChange, ClusterChangeInput } from '../activities/changeClusters.ts';
import { clusterIdFault, isConnectionId } from '../domain/connection/names.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { WakeSync } from '../triggers/wakeSync.ts';
import { connectionNotFound, problemsAsResponses, problemResponse } from './response.ts';

export interface ChangeClusterOptions {
  readonly clientOf: WorkflowClientOf;
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
export function changeCluster(options: ChangeClusterOptions, wanted: boolean): HttpHandler {
  const { clientOf, waker, change } = options;
  return problemsAsResponses(async (request, context) => {
    const { id = '', clusterId = '' } = request.params;
    if (!isConnectionId(id)) return connectionNotFound();
    const malformed = clusterIdFault(clusterId);
    if (malformed !== null) {
      const named = { pointer: '', parameter: 'clusterId' };
      return problemResponse(problemOfFaults([{ ...named, code: 'invalid-request', detail: malformed }]));
    }
    const client = clientOf(context);
    const running = await client.read(id);
    if (running && isActive(running)) {
      // The run has the older specification as its input and would write it.
      return problemResponse(problemOf('different-request-running', `${running.name} is running for ${id}`));
    }
    const result = await change({ connectionId: id, clusterId, wanted });
    if (result.outcome === 'not-found') return connectionNotFound();
    if (result.outcome === 'refused')
      return problemResponse(problemOf(result.fault.code, result.fault.detail));
    // Also when nothing changed: the caller expects that the record is checked.
    await waker.wake(client, result.connection);
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '10', 'cache-control': 'no-store' },
      jsonBody: { id, clusterId, wanted, changed: result.outcome === 'changed' },
    };
  });
}
