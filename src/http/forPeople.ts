import type { HttpHandler } from '@azure/functions';
import { setTimeout as pause } from 'node:timers/promises';
import { problemOf } from '../domain/failure/problem.ts';
import type { Attempts } from '../readAs.ts';
import { problemResponse } from './response.ts';

type Response = Awaited<ReturnType<HttpHandler>>;

/** The most lists and single reads of private DNS for one request: Azure allows 500 reads in five minutes for all of them. */
const MOST_READS = 20;
/** When Azure must have responded, so that what was read until then can be returned. */
const READS_MS = 20_000;
/** When a request is answered. Clients and gateways give up after 30 seconds. */
const ANSWER_MS = 25_000;
const RETRY_AFTER_SECONDS = 5;

/**
 * Bounds the reads of a request and its time. A reading that needs more is answered with 503 and `Retry-After`; the same request
 * then goes on with what has been read.
 */
export function forPeople(attempts: Attempts): (handler: HttpHandler) => HttpHandler {
  return (handler) => async (request, context) => {
    const reading = { reader: 'people', most: MOST_READS, until: performance.now() + READS_MS } as const;
    const work = async (): Promise<Response> => handler(request, context);
    const answer = attempts.run(`${request.method} ${request.url}`, reading, work);
    const ended = new AbortController();
    const late = pause(ANSWER_MS, null, { signal: ended.signal, ref: false }).catch(() => null);
    try {
      return (await Promise.race([answer, late])) ?? tooSlow();
    } finally {
      ended.abort();
    }
  };
}

function tooSlow(): Response {
  const detail = `the answer was not complete after ${ANSWER_MS / 1000} s; the same request goes on with what has been read`;
  return problemResponse(problemOf('azure-unavailable', detail), {
    'retry-after': String(RETRY_AFTER_SECONDS),
  });
}
