import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import type { Parsed } from '../domain/connection/request.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Verb } from '../domain/failure/catalog.ts';
import type { Problem, Trouble } from '../domain/failure/problem.ts';
import { problemOf, troubleOf } from '../domain/failure/problem.ts';
import type { Fault } from '../domain/run/status.ts';
import type { Addresses } from './views/links.ts';
import { telemetryLine } from '../domain/run/telemetry.ts';

function problemResponse(problem: Problem, headers: Readonly<Record<string, string>> = {}): HttpResponseInit {
  return {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
    jsonBody: problem,
  };
}

/** Ends a request with a problem, from wherever it is thrown. */
export class Refused extends Error {
  readonly trouble: Trouble;
  readonly headers: Readonly<Record<string, string>>;

  constructor(trouble: Trouble, headers: Readonly<Record<string, string>> = {}) {
    super(trouble.detail);
    this.name = 'Refused';
    this.trouble = trouble;
    this.headers = headers;
  }
}

/** Refuses the request for these faults, if there are any. */
export function refuseFor([first, ...others]: readonly Fault[]): void {
  if (first) throw new Refused(troubleOf([first, ...others]));
}

/** Returns what was parsed, or refuses the request. */
export function valueOf<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Refused(troubleOf(parsed.faults));
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

/**
 * Turns a failure of Azure, Zilliz or the app into a problem, with the remedy for what was asked: the host returns an empty 500
 * when a handler throws.
 */
export function problemsAsResponses(
  { verb, addresses }: { readonly verb: Verb; readonly addresses: Addresses },
  handler: HttpHandler,
): HttpHandler {
  return async (request, context) => {
    const refusal = (trouble: Trouble, headers: Readonly<Record<string, string>>): HttpResponseInit =>
      problemResponse(addresses.ofProblem(problemOf(trouble, verb)), headers);
    try {
      return await handler(request, context);
    } catch (error) {
      if (error instanceof Refused) return refusal(error.trouble, error.headers);
      if (error instanceof ProvisioningError) {
        const { code, message: detail, cure, retryAfterSeconds } = error.failure;
        const { functionName } = context;
        context.warn(telemetryLine({ event: 'request-failed', function: functionName, ...error.failure }));
        const wait = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
        return refusal({ code, detail, cure }, wait);
      }
      context.error('request failed', error);
      return refusal({ code: 'internal-error', detail: 'the request could not be served' }, {});
    }
  };
}
