import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { subjectOfOrphan } from '../domain/connection/orphan.ts';
import { problemOf } from '../domain/failure/problem.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { isActive } from '../durable/client.ts';
import type { Access } from './access.ts';
import { endpointMissing, lastSubject, onConnection } from './findConnection.ts';
import type { KnownConnection, Sources } from './findConnection.ts';
import { followed, Refused } from './response.ts';

/**
 * `DELETE /api/connections/{id}`: 202 with the address of the run. A repeated request joins the run; after the run it starts
 * another one, which finds nothing to remove.
 */
export function deleteConnection(sources: Sources, access: Access): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, client, instance } = known;
    if (instance && isActive(instance)) {
      if (instance.name === 'disconnect') return accepted(id);
      throw otherRun(`${instance.name} is running for ${id}: cancel it first`);
    }
    const subject = await findSubject(known);
    await client.start('disconnect', id, { subject, startedBy: access.callerOf(request) });
    const started = await client.read(id);
    if (started && started.name !== 'disconnect')
      throw otherRun(`${started.name} has been started for ${id}`);
    return accepted(id);
  });
}

function otherRun(detail: string): Refused {
  return new Refused(problemOf('different-request-running', detail));
}

/**
 * Finds what the run is to remove. Unlike other routes it also uses the last run: the task hub knows the connection of an
 * unfinished disconnect whose endpoint and records are already gone.
 */
export async function findSubject(known: KnownConnection): Promise<RemovalSubject> {
  const stored = await known.stored();
  if (stored) return subjectOf(stored.connection, { specReadable: stored.specReadable });
  const last = known.instance && lastSubject(known.instance);
  if (last?.connection) return last;
  const orphan = await known.orphan();
  // As long as its private endpoint may exist, the records of a connection are not removed.
  if (orphan && orphan.doubt !== null) throw endpointMissing(orphan);
  const subject = orphan ? subjectOfOrphan(orphan) : last;
  if (!subject) throw known.notFound();
  return subject;
}

function accepted(id: string): HttpResponseInit {
  const location = `/api/connections/${id}`;
  return followed(location, { id, status: 'running', location });
}
