import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { connectionRequestSchema } from '../domain/connection/connection.ts';
import { unreadableSpec } from '../domain/connection/endpointHealth.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { authorizeConnection, parseBody } from '../domain/connection/request.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { problemsAsResponses, problemResponse, readJson, withoutEndpoint } from './response.ts';
import { startOrJoin } from './startConnection.ts';

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
  readonly allowed: AllowedScopes;
  readonly stored: (id: string) => Promise<StoredConnection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const id = request.params.id ?? '';
    const body = await readJson(request, {});
    const run = body.ok ? parseBody(reconcileRequestSchema, body.value) : body;
    if (!run.ok) return problemResponse(problemOfFaults(run.faults));
    const stored = isConnectionId(id) ? await options.stored(id) : null;
    if (!stored) {
      return withoutEndpoint(isConnectionId(id) ? await options.orphan(id) : null, options.allowed);
    }
    const [first, ...others] = authorizeConnection(stored.connection, options.allowed);
    if (first) return problemResponse(problemOfFaults([first, ...others]));
    if (!stored.specReadable) {
      return problemResponse(problemOf('spec-unreadable', unreadableSpec(stored.endpoint)));
    }
    const connection = { ...stored.connection, ...run.value };
    return startOrJoin(options.clientOf(context), connection, options.access.callerOf(request));
  });
}
