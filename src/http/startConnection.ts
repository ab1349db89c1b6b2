import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import { connectionRequestSchema } from '../domain/connection/connection.ts';
import { authorizeConnection, parseBody, parseConnectionRequest } from '../domain/connection/request.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Instance, WorkflowClient } from '../durable/client.ts';
import { isActive } from '../durable/client.ts';
import { startConnect } from '../durable/startConnect.ts';
import type { Access } from './access.ts';
import { onConnection, runningConnection, withSpec } from './findConnection.ts';
import type { Sources } from './findConnection.ts';
import { readBody } from './requests.ts';
import { Refused, refuseFor } from './response.ts';
import { acceptedRun, acceptedRunShape } from './run.ts';
import type { AcceptedRun } from './run.ts';

export const acceptedSchema = z
  .object({
    id: z.string(),
    status: z.literal('running'),
    privateEndpointId: z.string(),
    ...acceptedRunShape,
  })
  .meta({ id: 'Accepted' });

/** Options of the run. The desired state is stored and is never part of this request. */
export const reconcileRequestSchema = z
  .strictObject({
    allowReplace: z.boolean().default(false).meta({
      description:
        'Delete and create again a private endpoint whose connection Zilliz removed (Disconnected): nothing else revives it.',
    }),
    onFailure: connectionRequestSchema.shape.onFailure,
    deadlineMinutes: connectionRequestSchema.shape.deadlineMinutes,
  })
  .meta({ id: 'ReconcileRequest' });

/** `POST /api/connections`: 202 with the connection's location, whether this call started the run or joined it. */
export function startConnection(sources: Sources, access: Access): HttpHandler {
  return async (request, context) => {
    const connection = await readConnection(request, sources.allowed);
    const by = { startedBy: access.callerOf(request), reconciles: false };
    return startOrJoin(sources, sources.clientOf(context), connection, by);
  };
}

/** `POST /api/connections/{id}/reconcile`: connects again from the stored connection, repairs what this app owns, and verifies it. */
export function reconcileConnection(sources: Sources, access: Access): HttpHandler {
  return onConnection(sources, async (known, request) => {
    const options = await readBody(request, (body) => parseBody(reconcileRequestSchema, body), {});
    const { connection } = withSpec(await known.whole());
    const by = { startedBy: access.callerOf(request), reconciles: true };
    return startOrJoin(sources, known.client, { ...connection, ...options }, by);
  });
}

/** Reads the connection that the body requests and that this deployment may act on, or refuses the request. */
export async function readConnection(request: HttpRequest, allowed: AllowedScopes): Promise<Connection> {
  const connection = await readBody(request, parseConnectionRequest);
  refuseFor(authorizeConnection(connection, allowed));
  return connection;
}

/** One run at a time works on a connection: an equal request joins it, a different one is refused. */
async function startOrJoin(
  sources: Pick<Sources, 'addresses' | 'now'>,
  client: WorkflowClient,
  connection: Connection,
  by: { readonly startedBy: string; readonly reconciles: boolean },
): Promise<HttpResponseInit> {
  const accepted = (run: AcceptedRun): HttpResponseInit =>
    acceptedRun(sources, run, {
      ...{ id: connection.id, status: 'running', privateEndpointId: connection.privateEndpoint.id },
    });
  const last = await client.read(connection.id);
  if (last && isActive(last)) {
    refuseIfDifferent(connection, last);
    return accepted({ run: 'joined', instance: last });
  }
  const outcome = await startConnect(client, { connection, ...by }, last);
  // Two starts at the same moment both succeed on the real host, and one wins: read back which request runs.
  const instance = await client.read(connection.id);
  if (instance) refuseIfDifferent(connection, instance);
  return accepted({ run: outcome === 'started' ? 'started' : 'joined', instance });
}

function refuseIfDifferent(connection: Connection, instance: Instance): void {
  const running = runningConnection(instance);
  if (instance.name !== 'connect' || !running) {
    const detail = `${instance.name} is running for ${connection.id}`;
    throw new Refused({ code: 'different-request-running', detail });
  }
  const pointers = differences(connection, running);
  if (pointers.length === 0) return;
  const code = 'different-request-running';
  const faults = pointers.map((pointer): Fault => ({
    pointer,
    code,
    detail: 'differs from the request that is running',
  }));
  const detail = `a run of ${connection.id} with other ${pointers.join(', ')} is under way`;
  throw new Refused({ code, detail, faults });
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
