import type { HttpHandler, HttpRequest, HttpResponseInit } from '@azure/functions';
import type { AllowedScopes } from '../domain/connection/bounds.ts';
import type { Connection } from '../domain/connection/connection.ts';
import type { Orphan } from '../domain/connection/orphan.ts';
import { faultOfOrphan, authorizeRecordsAlone } from '../domain/connection/orphan.ts';
import type { Parsed } from '../domain/connection/request.ts';
import { authorizeConnection, parseConnectionRequest } from '../domain/connection/request.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Problem } from '../domain/failure/problem.ts';
import { problemOf, problemOfFaults } from '../domain/failure/problem.ts';
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

/** The host would answer a throwing handler with an empty 500: upstream failures and our own faults become problems. */
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

/** The body as JSON. `whenEmpty` stands for a body that is not there, on routes that need none. */
export async function readJson(request: HttpRequest, whenEmpty?: object): Promise<Parsed<unknown>> {
  const text = await request.text();
  if (text === '' && whenEmpty) return { ok: true, value: whenEmpty };
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    const detail = text === '' ? 'the body is missing' : 'the body is not JSON';
    return { ok: false, faults: [{ pointer: '', code: 'invalid-request', detail }] };
  }
}

/** The connection that the body asks for and this deployment may act on, or the answer that says why there is none. */
export async function readConnection(
  request: HttpRequest,
  allowed: AllowedScopes,
): Promise<
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly answer: HttpResponseInit }
> {
  const body = await readJson(request);
  const read = body.ok ? parseConnectionRequest(body.value) : body;
  if (!read.ok) return { ok: false, answer: problemResponse(problemOfFaults(read.faults)) };
  const [first, ...others] = authorizeConnection(read.value, allowed);
  return first
    ? { ok: false, answer: problemResponse(problemOfFaults([first, ...others])) }
    : { ok: true, connection: read.value };
}

/** The answer of routes that need the private endpoint, where the search finds none: what is left of it, if anything. */
export function withoutEndpoint(orphan: Orphan | null, allowed: AllowedScopes): HttpResponseInit {
  if (!orphan) {
    const detail = 'neither a private endpoint nor a record carries the marks of this ID';
    return problemResponse(problemOf('connection-not-found', detail));
  }
  const [first, ...others] = authorizeRecordsAlone(orphan, allowed);
  if (first) return problemResponse(problemOfFaults([first, ...others]));
  const { code, detail } = faultOfOrphan(orphan);
  return problemResponse(problemOf(code, detail));
}
