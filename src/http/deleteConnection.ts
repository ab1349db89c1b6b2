import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone, authorizeSubject, subjectOfOrphan } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import type { StoredConnection } from '../domain/connection/storedConnection.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { problemsAsResponses, problemResponse, withoutEndpoint } from './response.ts';
import { lastSubject, authorizeRun } from './startConnection.ts';

/**
 * `DELETE /api/connections/{id}`: 202 with where to follow the run. Asked again it joins the run, or takes stock once more
 * and finds nothing to remove.
 */
export function deleteConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: AllowedScopes;
  readonly stored: (id: string) => Promise<StoredConnection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const id = request.params.id ?? '';
    if (!isConnectionId(id)) return unknown();
    const client = options.clientOf(context);
    const instance = await client.read(id);
    if (instance && isActive(instance)) {
      const [forbidden, ...more] = authorizeRun(instance, options.allowed);
      if (forbidden) return problemResponse(problemOfFaults([forbidden, ...more]));
      return instance.name === 'disconnect'
        ? accepted(id)
        : problemResponse(
            problemOf('different-request-running', `${instance.name} is running for ${id}: cancel it first`),
          );
    }
    const stored = await options.stored(id);
    // The hub knows what an unfinished disconnect was about, when endpoint and records are gone already.
    const last = instance && lastSubject(instance);
    const known = stored
      ? subjectOf(stored.connection, { specReadable: stored.specReadable })
      : last?.connection
        ? last
        : null;
    const orphan = known ? null : await options.orphan(id);
    if (orphan && !isToRemove(orphan, options.allowed)) return withoutEndpoint(orphan, options.allowed);
    const subject = known ?? (orphan ? subjectOfOrphan(orphan) : last);
    if (!subject) return unknown();
    const [first, ...others] = authorizeSubject(subject, options.allowed);
    if (first) return problemResponse(problemOfFaults([first, ...others]));
    await client.start('disconnect', id, { subject, startedBy: options.access.callerOf(request) });
    const started = await client.read(id);
    if (started && started.name !== 'disconnect')
      return problemResponse(
        problemOf('different-request-running', `${started.name} has been started for ${id}`),
      );
    return accepted(id);
  });
}

/** Records are no reason to take a connection down as long as its private endpoint may be there. */
function isToRemove(orphan: Orphan, allowed: AllowedScopes): boolean {
  return orphan.doubt === null && authorizeRecordsAlone(orphan, allowed).length === 0;
}

function unknown(): HttpResponseInit {
  return problemResponse(problemOf('connection-not-found', 'no connection of this ID is known here'));
}

function accepted(id: string): HttpResponseInit {
  const location = `/api/connections/${id}`;
  return {
    status: 202,
    headers: { location, 'retry-after': '10', 'cache-control': 'no-store' },
    jsonBody: { id, status: 'running', location },
  };
}
