import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { ClusterChange, ClusterChangeInput } from '../activities/changeClusters.ts';
import { clusterIdFault, isConnectionId } from '../domain/connection/names.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { WakeSync } from '../triggers/wakeSync.ts';
import { problemsAsResponses, problemResponse } from './response.ts';

export interface ChangeClusterOptions {
  readonly clientOf: WorkflowClientOf;
  readonly waker: WakeSync;
  readonly change: (input: ClusterChangeInput) => Promise<ClusterChange>;
}

export const clusterChangeSchema = z.object({
  id: z.string(),
  clusterId: z.string(),
  /** Whether the cluster shall have a record from now on; the record follows. */
  wanted: z.boolean(),
  changed: z.boolean(),
});

/** What `PUT` and `DELETE /api/connections/{id}/clusters/{clusterId}` share: the specification changes, sync does the rest. */
export function changeCluster(options: ChangeClusterOptions, wanted: boolean): HttpHandler {
  const { clientOf, waker, change } = options;
  return problemsAsResponses(async (request, context) => {
    const { id = '', clusterId = '' } = request.params;
    const notFound = problemOf('connection-not-found', 'no connection of this ID is known here');
    if (!isConnectionId(id)) return problemResponse(notFound);
    const malformed = clusterIdFault(clusterId);
    if (malformed !== null) {
      const named = { pointer: '', parameter: 'clusterId' };
      return problemResponse(problemOfFaults([{ ...named, code: 'invalid-request', detail: malformed }]));
    }
    const client = clientOf(context);
    const running = await client.read(id);
    if (running && isActive(running)) {
      // Its specification is an input of the run, which would write the older one.
      return problemResponse(problemOf('different-request-running', `${running.name} is running for ${id}`));
    }
    const done = await change({ connectionId: id, clusterId, wanted });
    if (done.outcome === 'not-found') return problemResponse(notFound);
    if (done.outcome === 'refused') return problemResponse(problemOf(done.fault.code, done.fault.detail));
    // Also when nothing changed: the caller expects the record to be looked after.
    await waker.wake(client, done.connection);
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '10', 'cache-control': 'no-store' },
      jsonBody: { id, clusterId, wanted, changed: done.outcome === 'changed' },
    };
  });
}
