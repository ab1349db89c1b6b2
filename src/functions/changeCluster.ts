import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { ClusterChange, ClusterChangeInput } from '../activities/changeClusters.ts';
import { clusterIdFault } from '../domain/names.ts';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import type { SyncWaker } from './syncWaker.ts';

export interface ChangeClusterOptions {
  readonly clientOf: WorkflowClientOf;
  readonly waker: SyncWaker;
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
  return answering(async (request, context) => {
    const { id = '', clusterId = '' } = request.params;
    const notFound = problemOf('connection-not-found', 'no connection of this ID is known here');
    if (!isConnectionId(id)) return problemAnswer(notFound);
    const malformed = clusterIdFault(clusterId);
    if (malformed !== null) {
      const named = { pointer: '', parameter: 'clusterId' };
      return problemAnswer(problemOfFaults([{ ...named, code: 'invalid-request', detail: malformed }]));
    }
    const client = clientOf(context);
    const running = await client.read(id);
    if (running && isActive(running)) {
      // Its specification is an input of the run, which would write the older one.
      return problemAnswer(problemOf('different-request-running', `${running.name} is running for ${id}`));
    }
    const done = await change({ connectionId: id, clusterId, wanted });
    if (done.outcome === 'not-found') return problemAnswer(notFound);
    if (done.outcome === 'refused') return problemAnswer(problemOf(done.fault.code, done.fault.detail));
    // Also when nothing changed: the caller expects the record to be looked after.
    await waker.wake(client, done.connection);
    return {
      status: 202,
      headers: { location: `/api/connections/${id}`, 'retry-after': '10', 'cache-control': 'no-store' },
      jsonBody: { id, clusterId, wanted, changed: done.outcome === 'changed' },
    };
  });
}
