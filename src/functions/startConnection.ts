import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import * as z from 'zod';
import type { Connection } from '../domain/connection.ts';
import { problemOf } from '../domain/problem.ts';
import type { Allowed } from '../domain/bounds.ts';
import type { Fault } from '../domain/runStatus.ts';
import { isActive } from '../durable/client.ts';
import type { Instance, WorkflowClient, WorkflowClientOf } from '../durable/client.ts';
import { answering, problemAnswer } from './answer.ts';
import type { Access } from './access.ts';
import { lateWritesShowAt } from './lateWrites.ts';
import { readConnection } from './readRequest.ts';
import { differences, runningConnection } from './sameRequest.ts';

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
  readonly allowed: Allowed;
}): HttpHandler {
  return answering(async (request, context) => {
    const read = await readConnection(request, options.allowed);
    if (!read.ok) return read.answer;
    return startOrJoin(options.clientOf(context), read.connection, options.access.callerOf(request));
  });
}

/** One run at a time works on a connection: an equal one is joined, another is told. */
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
  // Two starts at the same moment both succeed on the real host, and one wins: look whose request runs.
  const started = await client.read(connection.id);
  return started ? joined(connection, started) : accepted(connection);
}

function joined(connection: Connection, instance: Instance): HttpResponseInit {
  const running = runningConnection(instance);
  if (instance.name !== 'connect' || !running) {
    return problemAnswer(
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
  return problemAnswer(
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
