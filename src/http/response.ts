import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import type { Parsed } from '../domain/connection/request.ts';
import { authorizeConnection, parseConnectionRequest } from '../domain/connection/request.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Problem } from '../domain/failure/problem.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
import type { Fault } from '../domain/run/status.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';

export function problemResponse(
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): HttpResponseInit {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    jsonBody: problem,
  };
}

/** The response that refuses a request for these faults; null when there are none. */
export function refusalOf([first, ...others]: readonly Fault[]): HttpResponseInit | null {
  return first ? problemResponse(problemOfFaults([first, ...others])) : null;
}

export function connectionNotFound(): HttpResponseInit {
  return problemResponse(problemOf('connection-not-found', 'no connection of this ID is known here'));
}

/** Turns a failure of Azure, Zilliz or the app into a problem: the host returns an empty 500 when a handler throws. */
export function problemsAsResponses(handler: HttpHandler): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (error instanceof ProvisioningError) {
        const { code, message, retryAfterSeconds } = error.failure;
        const { functionName } = context;
        context.warn(telemetryLine({ event: 'request-failed', function: functionName, ...error.failure }));
        return problemResponse(
          problemOf(code, message),
          retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
        );
      }
      context.error('request failed', error);
      return problemResponse(problemOf('internal-error', 'the request could not be served'));
    }
  };
}

/** Reads the body as JSON. `whenEmpty` replaces a missing body, on routes that need none. */
export async function readJson(request: HttpRequest, whenEmpty?: object): Promise<Parsed<unknown>> {
  const text = await request.text();
  if (text === '' && whenEmpty) return { ok: true, value: whenEmpty };
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    const detail = text === '' ? 'the body is missing' : 'the body is not JSON';
    return { ok: false, faults: [{ pointer: '', code: 'invalid-request', detail }] };
  }
}

/** Reads the connection that the body requests and that this deployment may act on, or returns the refusal. */
export async function readConnection(
  request: HttpRequest,
  allowed: AllowedScopes,
): Promise<
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly response: HttpResponseInit }
> {
  const body = await readJson(request);
  const read = body.ok ? parseConnectionRequest(body.value) : body;
  if (!read.ok) return { ok: false, response: problemResponse(problemOfFaults(read.faults)) };
  const refusal = refusalOf(authorizeConnection(read.value, allowed));
  return refusal ? { ok: false, response: refusal } : { ok: true, connection: read.value };
}
