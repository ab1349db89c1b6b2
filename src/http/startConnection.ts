import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { connectionSchema, connectStartSchema } from '../domain/connection/connection.ts';
import { authorizeSubject } from '../domain/connection/orphan.ts';
import { problemOf } from '../domain/failure/problem.ts';
import type { RemovalSubject } from '../domain/plan/removalSubject.ts';
import { removalSubjectSchema, subjectOf } from '../domain/plan/removalSubject.ts';
import type { Fault } from '../domain/run/status.ts';
import { runStatusSchema } from '../domain/run/status.ts';
import type { Instance, WorkflowClient, WorkflowClientOf } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import type { Access } from './access.ts';
import { problemsAsResponses, problemResponse, readConnection } from './response.ts';

export const acceptedSchema = z.object({
  id: z.string(),
  status: z.literal('running'),
  privateEndpointId: z.string(),
  location: z.string(),
});

/** `POST /api/connections`: 202 with the connection's location, whether this call started the run or joined it. */
export function startConnection(options: {
  readonly clientOf: WorkflowClientOf;
  readonly access: Access;
  readonly allowed: AllowedScopes;
}): HttpHandler {
  return problemsAsResponses(async (request, context) => {
    const read = await readConnection(request, options.allowed);
    if (!read.ok) return read.response;
    return startOrJoin(options.clientOf(context), read.connection, options.access.callerOf(request));
  });
}

/** One run at a time works on a connection: an equal request joins it, a different one is refused. */
export async function startOrJoin(
  client: WorkflowClient,
  connection: Connection,
  startedBy: string,
): Promise<HttpResponseInit> {
  const last = await client.read(connection.id);
  if (last && isActive(last)) return joined(connection, last);
  const notBefore = last ? lateWritesShowAt(last) : undefined;
  const input = { connection, startedBy, ...(notBefore !== undefined && { notBefore }) };
  await client.start('connect', connection.id, input);
  // Two starts at the same moment both succeed on the real host, and one wins: read back which request runs.
  const started = await client.read(connection.id);
  return started ? joined(connection, started) : accepted(connection);
}

function joined(connection: Connection, instance: Instance): HttpResponseInit {
  const running = runningConnection(instance);
  if (instance.name !== 'connect' || !running) {
    return problemResponse(
      problemOf('different-request-running', `${instance.name} is running for ${connection.id}`),
    );
  }
  const pointers = differences(connection, running);
  if (pointers.length === 0) return accepted(connection);
  const code = 'different-request-running';
  const faults = pointers.map((pointer): Fault => ({
    pointer,
    code,
    detail: 'differs from the request that is running',
  }));
  return problemResponse(
    problemOf(code, `a run of ${connection.id} with other ${pointers.join(', ')} is under way`, faults),
  );
}

function accepted(connection: Connection): HttpResponseInit {
  const location = `/api/connections/${connection.id}`;
  return {
    status: 202,
    headers: { location, 'retry-after': '10', 'cache-control': 'no-store' },
    jsonBody: {
      id: connection.id,
      status: 'running',
      privateEndpointId: connection.privateEndpoint.id,
      location,
    },
  };
}

/** Returns the connection that a run works on; null when this version cannot read its input. */
export function runningConnection(instance: Instance): Connection | null {
  return lastSubject(instance)?.connection ?? null;
}

/** Returns the subject of the last run: the input of connect has a connection, that of disconnect what is to be removed. */
export function lastSubject({ input }: Instance): RemovalSubject | null {
  if (typeof input !== 'object' || input === null) return null;
  if ('subject' in input) return removalSubjectSchema.safeParse(input.subject).data ?? null;
  if (!('connection' in input)) return null;
  const connection = connectionSchema.safeParse(input.connection).data;
  return connection ? subjectOf(connection) : null;
}

/** Returns why this deployment may not act on the subject of a run. A run that cannot be read is refused where bounds are set. */
export function authorizeRun(instance: Instance, allowed: AllowedScopes): readonly Fault[] {
  const subject = lastSubject(instance);
  if (subject) return authorizeSubject(subject, allowed);
  if (!allowed.projects && !allowed.scopes) return [];
  const detail = `the last run of ${instance.instanceId} does not name its project`;
  return [{ pointer: '', code: 'project-not-allowed', detail }];
}

/** Returns the JSON pointers of the parts in which two requests differ, ignoring the case of resource IDs. */
function differences(desired: Connection, running: Connection): readonly string[] {
  const parts: readonly (readonly [string, (connection: Connection) => unknown])[] = [
    ['/subnetId', (connection) => connection.subnetId],
    ['/tags', (connection) => Object.entries(connection.spec.tags).toSorted()],
    ['/clusters', (connection) => connection.spec.clusters],
    [
      '/dns',
      (connection) => [connection.spec.dns, connection.zoneResourceGroupId, connection.linkedNetworks],
    ],
    ['/adopt', (connection) => connection.adopt],
    ['/onFailure', (connection) => connection.onFailure],
    ['/deadlineMinutes', (connection) => connection.deadlineMinutes],
    ['/allowReplace', (connection) => connection.allowReplace],
  ];
  return parts.flatMap(([pointer, part]) =>
    comparable(part(desired)) === comparable(part(running)) ? [] : pointer,
  );
}

function comparable(value: unknown): string {
  return JSON.stringify(value).toLowerCase();
}

/** A zone or link under creation is not visible in Azure; each exists, or has failed, within a minute. */
const LATE_WRITE_SECONDS = 60;

/**
 * When the last write of a cancelled or failed run is visible, in milliseconds since the epoch: a run that reads before
 * does not find it, and writes it again. Undefined where no write can be under way.
 */
function lateWritesShowAt({ runtimeStatus, customStatus, updatedAt, input }: Instance): number | undefined {
  if (runtimeStatus !== 'Terminated' && runtimeStatus !== 'Failed') return undefined;
  const status = runStatusSchema.safeParse(customStatus).data;
  const preflight = status?.phases.find(({ phase }) => phase === 'preflight');
  const onlyRead = preflight !== undefined && preflight.state !== 'done';
  // This run may itself have waited for the writes of the run before it.
  if (onlyRead) return connectStartSchema.safeParse(input).data?.notBefore;
  return updatedAt + LATE_WRITE_SECONDS * 1000;
}
