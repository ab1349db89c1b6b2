import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { connectionRequestSchema } from '../domain/connection.ts';
import { isConnectionId } from '../domain/naming.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { notAllowedHere, parseBody } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/bounds.ts';
import { unreadableSpec } from '../domain/standing.ts';
import type { StoredConnection } from '../domain/storedConnection.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { answering, problemAnswer } from './answer.ts';
import { readJson } from './readRequest.ts';
import { startOrJoin } from './startConnection.ts';
import { withoutEndpoint } from './withoutEndpoint.ts';

/** Options of the run; what shall be is stored, and never part of this request. */
export const reconcileRequestSchema = z.strictObject({
  allowReplace: z.boolean().default(false).meta({
    description:
      'Delete and make anew a private endpoint whose connection Zilliz removed (Disconnected): nothing else revives it.',
  }),
  onFailure: connectionRequestSchema.shape.onFailure,
  deadlineMinutes: connectionRequestSchema.shape.deadlineMinutes,
});

/** `POST /api/connections/{id}/reconcile`: connect again from what is stored; repairs what is ours and ends in the proof. */
export function reconcileConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: Allowed;
  readonly stored: (id: string) => Promise<StoredConnection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    const body = await readJson(request, {});
    const run = body.ok ? parseBody(reconcileRequestSchema, body.value) : body;
    if (!run.ok) return problemAnswer(problemOfFaults(run.faults));
    const stored = isConnectionId(id) ? await options.stored(id) : null;
    if (!stored) {
      return withoutEndpoint(isConnectionId(id) ? await options.orphan(id) : null, options.allowed);
    }
    const [first, ...others] = notAllowedHere(stored.connection, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
    if (!stored.specReadable) {
      return problemAnswer(problemOf('spec-unreadable', unreadableSpec(stored.endpoint)));
    }
    const connection = { ...stored.connection, ...run.value };
    return startOrJoin(options.clientOf(context), connection, options.access.callerOf(request));
  });
}
