import type { HttpHandler } from '@azure/functions';
import * as z from 'zod';
import { connectionRequestSchema } from '../domain/connection/connection.ts';
import { parseBody } from '../domain/connection/request.ts';
import { problemOfFaults } from '../domain/failure/problem.ts';
import { endpointMissing, findWithSpec } from './findConnection.ts';
import type { RunOnStored } from './findConnection.ts';
import { problemsAsResponses, problemResponse, readJson } from './response.ts';
import { startOrJoin } from './startConnection.ts';

/** Options of the run. The desired state is stored and is never part of this request. */
export const reconcileRequestSchema = z.strictObject({
  allowReplace: z.boolean().default(false).meta({
    description:
      'Delete and make anew a private endpoint whose connection Zilliz removed (Disconnected): nothing else revives it.',
  }),
  onFailure: connectionRequestSchema.shape.onFailure,
  deadlineMinutes: connectionRequestSchema.shape.deadlineMinutes,
});

/** `POST /api/connections/{id}/reconcile`: connects again from the stored connection, repairs what this app owns, and verifies it. */
export function reconcileConnection(options: RunOnStored): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const body = await readJson(request, {});
    const run = body.ok ? parseBody(reconcileRequestSchema, body.value) : body;
    if (!run.ok) return problemResponse(problemOfFaults(run.faults));
    const found = await findWithSpec(request.params.id ?? '', options);
    switch (found.kind) {
      case 'stored': {
        const connection = { ...found.stored.connection, ...run.value };
        return startOrJoin(options.clientOf(context), connection, options.access.callerOf(request));
      }
      case 'orphan':
        return endpointMissing(found.orphan);
      case 'refused':
        return found.response;
    }
  });
}
