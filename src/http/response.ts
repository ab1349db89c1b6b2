import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { Parsed } from '../domain/connection/request.ts';
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

/** Ends a request with a problem, from wherever it is thrown. */
export class Refused extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refused';
    this.problem = problem;
  }
}

/** Refuses the request for these faults, if there are any. */
export function refuseFor([first, ...others]: readonly Fault[]): void {
  if (first) throw new Refused(problemOfFaults([first, ...others]));
}

/** Returns what was parsed, or refuses the request. */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Refused(problemOfFaults(parsed.faults));
  return parsed.value;
}

/** 202: a run goes on, and the location shows it. */
export function followed(
  location: string,
  body: Readonly<Record<string, unknown>>,
  retryAfterSeconds = 10,
): HttpResponseInit {
  return {
    status: 202,
    headers: { location, 'retry-after': String(retryAfterSeconds), 'cache-control': 'no-store' },
    jsonBody: body,
  };
}

/** Turns a failure of Azure, Zilliz or the app into a problem: the host returns an empty 500 when a handler throws. */
export function problemsAsResponses(handler: HttpHandler): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (error instanceof Refused) return problemResponse(error.problem);
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
