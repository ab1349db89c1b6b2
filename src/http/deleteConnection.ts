import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import { isConnectionId } from '../domain/connection/names.ts';
import { authorizeRecordsAlone, authorizeSubject, subjectOfOrphan } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { problemOf } from '../domain/failure/problem.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { isActive } from '../durable/client.ts';
import type { Instance } from '../durable/client.ts';
import { endpointMissing, refused } from './findConnection.ts';
import type { ConnectionSources, Refused, RunOnStored } from './findConnection.ts';
import { connectionNotFound, problemsAsResponses, problemResponse, refusalOf } from './response.ts';
import { authorizeRun, lastSubject } from './startConnection.ts';

/**
 * `DELETE /api/connections/{id}`: 202 with the address of the run. A repeated request joins the run; after the run it starts
 * another one, which finds nothing to remove.
 */
export function deleteConnection(options: RunOnStored): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const id = request.params.id ?? '';
    if (!isConnectionId(id)) return connectionNotFound();
    const client = options.clientOf(context);
    const instance = await client.read(id);
    if (instance && isActive(instance)) return joined(id, instance, options.allowed);
    const found = await findSubject(id, instance, options);
    if (found.kind === 'refused') return found.response;
    const { subject } = found;
    await client.start('disconnect', id, { subject, startedBy: options.access.callerOf(request) });
    const started = await client.read(id);
    return started && started.name !== 'disconnect'
      ? otherRun(`${started.name} has been started for ${id}`)
      : accepted(id);
  });
}

function joined(id: string, running: Instance, allowed: AllowedScopes): HttpResponseInit {
  const refusal = refusalOf(authorizeRun(running, allowed));
  if (refusal) return refusal;
  return running.name === 'disconnect'
    ? accepted(id)
    : otherRun(`${running.name} is running for ${id}: cancel it first`);
}

function otherRun(detail: string): HttpResponseInit {
  return problemResponse(problemOf('different-request-running', detail));
}

type FoundSubject = { readonly kind: 'found'; readonly subject: RemovalSubject } | Refused;

/**
 * Finds what the run is to remove. Unlike `findConnection` it also uses the last run: the task hub knows the connection of
 * an unfinished disconnect whose endpoint and records are already gone.
 */
async function findSubject(
  id: string,
  instance: Instance | null,
  sources: ConnectionSources,
): Promise<FoundSubject> {
  const { allowed } = sources;
  const stored = await sources.stored(id);
  if (stored) return authorized(subjectOf(stored.connection, { specReadable: stored.specReadable }), allowed);
  const last = instance && lastSubject(instance);
  if (last?.connection) return authorized(last, allowed);
  const orphan = await sources.orphan(id);
  if (orphan) return subjectOfRecords(orphan, allowed);
  return last ? authorized(last, allowed) : refused(connectionNotFound());
}

/** Refuses to remove the records of a connection as long as its private endpoint may exist. */
function subjectOfRecords(orphan: Orphan, allowed: AllowedScopes): FoundSubject {
  const refusal = refusalOf(authorizeRecordsAlone(orphan, allowed));
  if (refusal) return refused(refusal);
  return orphan.doubt === null
    ? authorized(subjectOfOrphan(orphan), allowed)
    : refused(endpointMissing(orphan));
}

function authorized(subject: RemovalSubject, allowed: AllowedScopes): FoundSubject {
  const refusal = refusalOf(authorizeSubject(subject, allowed));
  return refusal ? refused(refusal) : { kind: 'found', subject };
}

function accepted(id: string): HttpResponseInit {
  const location = `/api/connections/${id}`;
  return {
    status: 202,
    headers: { location, 'retry-after': '10', 'cache-control': 'no-store' },
    jsonBody: { id, status: 'running', location },
  };
}
