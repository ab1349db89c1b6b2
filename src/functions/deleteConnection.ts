import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { isConnectionId } from '../domain/naming.ts';
import { notAllowedAlone, notAllowedSubject } from '../domain/notAllowedSubject.ts';
import { subjectOfOrphan } from '../domain/orphans.ts';
import type { Orphan } from '../domain/orphans.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import { subjectOf } from '../domain/removalSubject.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { StoredConnection } from '../domain/storedConnection.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { answering, problemAnswer } from './answer.ts';
import { lastSubject, notAllowedRun } from './sameRequest.ts';
import { withoutEndpoint } from './withoutEndpoint.ts';

/**
 * `DELETE /api/connections/{id}`: 202 with where to follow the run. Asked again it joins the run, or takes stock once more
 * and finds nothing to remove.
 */
export function deleteConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: Allowed;
  readonly stored: (id: string) => Promise<StoredConnection | null>;
  readonly orphan: (id: string) => Promise<Orphan | null>;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    if (!isConnectionId(id)) return unknown();
    const client = options.clientOf(context);
    const instance = await client.read(id);
    if (instance && isActive(instance)) {
      const [forbidden, ...more] = notAllowedRun(instance, options.allowed);
      if (forbidden) return problemAnswer(problemOfFaults([forbidden, ...more]));
      return instance.name === 'disconnect'
        ? accepted(id)
        : problemAnswer(
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
    const [first, ...others] = notAllowedSubject(subject, options.allowed);
    if (first) return problemAnswer(problemOfFaults([first, ...others]));
    await client.start('disconnect', id, { subject, startedBy: options.access.callerOf(request) });
    const started = await client.read(id);
    if (started && started.name !== 'disconnect')
      return problemAnswer(
        problemOf('different-request-running', `${started.name} has been started for ${id}`),
      );
    return accepted(id);
  });
}

/** Records are no reason to take a connection down as long as its private endpoint may be there. */
function isToRemove(orphan: Orphan, allowed: Allowed): boolean {
  return orphan.doubt === null && notAllowedAlone(orphan, allowed).length === 0;
}

function unknown(): HttpResponseInit {
  return problemAnswer(problemOf('connection-not-found', 'no connection of this ID is known here'));
}

function accepted(id: string): HttpResponseInit {
  const location = `/api/connections/${id}`;
  return {
    status: 202,
    headers: { location, 'retry-after': '10', 'cache-control': 'no-store' },
    jsonBody: { id, status: 'running', location },
  };
}
