import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import { subjectOfOrphan } from '../domain/connection/orphan.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { subjectOf } from '../domain/plan/removalSubject.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { notedWhitelist } from '../domain/run/status.ts';
import { isActive } from '../durable/client.ts';
import type { Access } from './access.ts';
import { endpointMissing, lastSubject, onConnection } from './findConnection.ts';
import type { KnownConnection, Sources } from './findConnection.ts';
import { Refused } from './response.ts';
import { acceptedRun, acceptedRunShape } from './run.ts';
import type { AcceptedRun } from './run.ts';
import { resultsOf } from './views/lastRun.ts';
import { linksSchema } from './views/links.ts';

export const disconnectingSchema = z
  .object({
    id: z.string(),
    status: z.literal('disconnecting'),
    ...acceptedRunShape,
  })
  .meta({ id: 'Disconnecting' });

export const disconnectedSchema = z
  .object({
    id: z.string(),
    status: z.literal('disconnected'),
    links: linksSchema,
  })
  .meta({ id: 'Disconnected' });

/**
 * `DELETE /api/connections/{id}`: 202 with the address of the run. A repeated request joins the run. When a run has removed
 * everything, the response is 200 as long as the task hub keeps this run, and 404 afterwards.
 */
export function deleteConnection(sources: Sources, access: Access): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const { id, client, instance } = known;
    const accepted = (run: AcceptedRun): HttpResponseInit =>
      acceptedRun(sources, run, { id, status: 'disconnecting' });
    if (instance && isActive(instance)) {
      if (instance.name === 'disconnect') return accepted({ run: 'joined', instance });
      throw otherRun(`${instance.name} is running for ${id}: cancel it first`);
    }
    const subject = await findSubject(known);
    if (!subject) return gone(id, sources);
    const whitelist = instance && notedWhitelist(instance);
    const input = { subject, startedBy: access.callerOf(request), ...(whitelist && { whitelist }) };
    const outcome = await client.start('disconnect', id, input);
    const started = await client.read(id);
    if (started && started.name !== 'disconnect')
      throw otherRun(`${started.name} has been started for ${id}`);
    return accepted({ run: outcome === 'started' ? 'started' : 'joined', instance: started });
  });
}

function otherRun(detail: string): Refused {
  return new Refused({ code: 'different-request-running', detail });
}

/**
 * Finds what the run is to remove. Unlike other routes it also uses the last run: the task hub knows the connection of an
 * unfinished disconnect whose endpoint and records are already gone. Null when the last run has removed everything.
 */
export async function findSubject(known: KnownConnection): Promise<RemovalSubject | null> {
  const stored = await known.stored();
  if (stored) return subjectOf(stored.connection, { specReadable: stored.specReadable });
  const { instance } = known;
  const last = instance && lastSubject(instance);
  const isRemoved = resultsOf(instance).removal?.outcome === 'disconnected';
  if (last?.connection && !isRemoved) return last;
  const orphan = await known.orphan();
  if (orphan) return subjectOfRecords(orphan);
  if (isRemoved) return null;
  if (!last) throw known.notFound();
  return last;
}

/** As long as its private endpoint may exist, the records of a connection are not removed. */
function subjectOfRecords(orphan: Orphan): RemovalSubject {
  if (orphan.doubt !== null) throw endpointMissing(orphan);
  return subjectOfOrphan(orphan);
}

function gone(id: string, { addresses }: Sources): HttpResponseInit {
  const body = { id, status: 'disconnected', links: addresses.links(id) };
  return { status: 200, headers: { 'cache-control': 'no-store' }, jsonBody: body };
}
