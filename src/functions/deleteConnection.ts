import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { isConnectionId } from '../domain/naming.ts';
import { problemOf, problemOfFaults } from '../domain/problem.ts';
import type { RemovalSubject } from '../domain/removalSubject.ts';
import { notAllowedHere } from '../domain/requestFaults.ts';
import type { Allowed } from '../domain/requestFaults.ts';
import { isActive } from '../durable/client.ts';
import type { WorkflowClientOf } from '../durable/client.ts';
import type { Access } from './access.ts';
import { answering, problemAnswer } from './answer.ts';
import { lastSubject } from './sameRequest.ts';

/**
 * `DELETE /api/connections/{id}`: 202 with where to follow the run. Asked again it joins the run, or takes stock once more
 * and finds nothing to remove.
 */
export function deleteConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: Allowed;
  /** What the marks of the private endpoint, or those of its records, say of the connection; null when there are none. */
  readonly subject: (id: string) => Promise<RemovalSubject | null>;
}): HttpHandler {
  return answering(async (request, context) => {
    const id = request.params.id ?? '';
    if (!isConnectionId(id)) return unknown();
    const client = options.clientOf(context);
    const instance = await client.read(id);
    if (instance && isActive(instance)) {
      return instance.name === 'disconnect'
        ? accepted(id)
        : problemAnswer(
            problemOf('different-request-running', `${instance.name} is running for ${id}: cancel it first`),
          );
    }
    const marked = await options.subject(id);
    // The hub knows what an unfinished disconnect was about, when endpoint and records are gone already.
    const subject = marked?.connection ? marked : ((instance && lastSubject(instance)) ?? marked);
    if (!subject) return unknown();
    const [first, ...others] = notAllowed(subject, options.allowed);
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

function notAllowed(
  { connection, projectId }: RemovalSubject,
  allowed: Allowed,
): ReturnType<typeof notAllowedHere> {
  if (connection) return notAllowedHere(connection, allowed);
  if (!allowed.projects || (projectId !== null && allowed.projects.includes(projectId))) return [];
  const detail = 'the records that are left are of a project that is not among those of this app';
  return [{ pointer: '', code: 'project-not-allowed', detail }];
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
