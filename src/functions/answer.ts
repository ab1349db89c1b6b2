import type { HttpHandler, HttpResponseInit } from '@azure/functions';
import { ProvisioningError } from '../domain/failure.ts';
import { problemOf } from '../domain/problem.ts';
import type { Problem } from '../domain/problem.ts';
import { telemetryLine } from '../domain/telemetry.ts';

export function problemAnswer(
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
export function answering(handler: HttpHandler): HttpHandler {
  return async (request, context) => {
    try {
      return await handler(request, context);
    } catch (error) {
      if (error instanceof ProvisioningError) {
        const { code, message, retryAfterSeconds } = error.failure;
        const { functionName } = context;
        context.warn(telemetryLine({ event: 'request-failed', function: functionName, ...error.failure }));
        return problemAnswer(
          problemOf(code, message),
          retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
        );
      }
      context.error('request failed', error);
      return problemAnswer(problemOf('internal-error', 'the request could not be served'));
    }
  };
}
