import { AsyncLocalStorage } from 'node:async_hooks';
import type { NetworkManagementClientOptionalParams } from '@azure/arm-network';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { currentReading } from '../../readAs.ts';
import { createDefaultHttpClient } from '../azureSdks.ts';
import { boundedText, parseJson, refuseRedirect, requireOwnOrigin, retryAfterSeconds } from '../http.ts';
import type { ReadBudget } from './readBudget.ts';
import { READS_ALLOWED } from './readBudget.ts';
import type { ArmResponse } from './armErrors.ts';

/** A step in the pipeline that every request of an Azure SDK goes through. */
export type Policy = NonNullable<
  NetworkManagementClientOptionalParams['additionalPolicies']
>[number]['policy'];

/**
 * Lets requests go to the configured origin only. Addresses of further pages and of operations come from responses, and the
 * SDKs follow them with the token, so this policy runs before the one that adds the token.
 */
export function ownOriginOnly(endpoint: string): Policy {
  return {
    name: 'ownOriginOnly',
    async sendRequest(request, next) {
      requireOwnOrigin(request.url, endpoint);
      const response = await next(request);
      refuseRedirect(response.status, response.headers.get('location'), endpoint);
      return response;
    },
  };
}

const httpClient = createDefaultHttpClient();

/**
 * The options of every Azure SDK client. The run retries on durable timers, no service of Azure redirects, and bodies are read
 * here, since the SDKs read without a limit.
 */
export function safeOptions(mostBytes: number) {
  const bounded: typeof httpClient = {
    async sendRequest(request) {
      request.streamResponseStatusCodes = new Set([Number.POSITIVE_INFINITY]);
      const response = await httpClient.sendRequest(request);
      const { readableStreamBody } = response;
      delete response.readableStreamBody;
      if (readableStreamBody) response.bodyAsText = await boundedText(readableStreamBody, mostBytes);
      return response;
    },
  };
  return { retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 }, httpClient: bounded };
}

/**
 * Notes the names in a request's path and the texts in its query and body: a refusal repeats them. The result of an operation has
 * no request, so they are kept by call.
 */
export function noteValues(calls: AsyncLocalStorage<Set<string>>): Policy {
  return {
    name: 'noteValues',
    sendRequest(request, next) {
      const values = calls.getStore();
      if (values) {
        const { pathname, searchParams } = new URL(request.url);
        const body = typeof request.body === 'string' ? request.body : '';
        const texts: string[] = [decodeURIComponent(pathname), ...searchParams.values()];
        parseJson(body, (_, value) => {
          if (typeof value === 'string') texts.push(value);
          return value;
        });
        for (const text of texts) for (const value of namesIn(text)) values.add(value);
      }
      return next(request);
    },
  };
}

/** Of an ID every second segment, as in `/subscriptions/{id}/resourceGroups/{name}`; of any other text all of it. */
function namesIn(text: string): readonly string[] {
  return text.startsWith('/') ? text.split('/').filter((_, index) => index > 0 && index % 2 === 0) : [text];
}

const limitOfCaller = new AsyncLocalStorage<AbortSignal>();

/** Runs work whose requests to Azure end together after this time, however many they are. */
export function withinTime<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  return limitOfCaller.run(AbortSignal.timeout(milliseconds), work);
}

/** Returns a signal at the end of this time, or at that of the caller if it is earlier. */
export function timeSignal(milliseconds: number): AbortSignal {
  const own = AbortSignal.timeout(milliseconds);
  const ofCaller = limitOfCaller.getStore();
  return ofCaller ? AbortSignal.any([own, ofCaller]) : own;
}

/** Limits each single request, also polls and further pages, to which the SDKs pass no signal of the caller; a request of the API has an end of its own. */
export function timeLimit(milliseconds: number): Policy {
  return {
    name: 'timeLimit',
    sendRequest(request, next) {
      const { until = Infinity } = currentReading().reading;
      const limit = timeSignal(Math.ceil(Math.max(1, Math.min(milliseconds, until - performance.now()))));
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, limit]) : limit;
      return next(request);
    },
  };
}

/** Stores error responses by their request: the errors of the SDKs lack the details of the body. */
export function captureErrorResponses(responses: WeakMap<object, ArmResponse>): Policy {
  return {
    name: 'captureErrorResponses',
    async sendRequest(request, next) {
      const response = await next(request);
      const { status, headers, bodyAsText } = response;
      if (status >= 400) {
        const header = (name: string): string | undefined => headers.get(name);
        const text = bodyAsText ?? '';
        const path = decodeURI(new URL(request.url).pathname);
        // What is no JSON stays a text: something on the way wrote it.
        const body = parseJson(text) ?? (text === '' ? undefined : text);
        responses.set(request, { status, header, body, path });
      }
      return response;
    },
  };
}

/** The pause after a refusal without a time to wait. */
const DEFAULT_PAUSE_SECONDS = 15;
/** When a request may go on that has made as many reads as one request may: the next one goes on from there. */
const NEXT_REQUEST_SECONDS = 1;

/** Sends reads within the budget. A read beyond it fails at once, so that its run waits for free on a durable timer. */
export function limitReads(budget: ReadBudget): Policy {
  return {
    name: 'limitReads',
    async sendRequest(request, next) {
      if (request.method !== 'GET') return next(request);
      const current = currentReading();
      const isTooMany = current.isTooMany() && !isFurtherPage(request.url);
      const waitSeconds = isTooMany ? NEXT_REQUEST_SECONDS : budget.take(current.reading.reader);
      if (waitSeconds > 0) {
        const share = isTooMany ? 'for one request' : `of the ${READS_ALLOWED} that Azure allows`;
        const [, subscriptionId = null] = /\/subscriptions\/([^/]+)/i.exec(request.url) ?? [];
        throw current.refuse(isTooMany ? null : subscriptionId, beyondBudget(share, waitSeconds));
      }
      const response = await next(request);
      if (response.status === 429) {
        const required = retryAfterSeconds((name) => response.headers.get(name), Date.now());
        budget.pause(required ?? DEFAULT_PAUSE_SECONDS);
      }
      return response;
    },
  };
}

function isFurtherPage(url: string): boolean {
  return /[?&](\$|%24)skiptoken=/i.test(url);
}

function beyondBudget(share: string, retryAfter: number): ProvisioningError {
  return new ProvisioningError({
    kind: 'transient',
    code: 'azure-throttled',
    message: `reading private DNS: the app keeps to its share of reads ${share}, and goes on in ${retryAfter} s`,
    source: 'app',
    retryAfterSeconds: retryAfter,
  });
}

/**
 * The server may close a kept-alive connection at the moment it is used again. A read is then repeated at once, so that the
 * run does not wait for it; a write is never repeated.
 */
export const retryOnReset: Policy = {
  name: 'retryOnReset',
  async sendRequest(request, next) {
    try {
      return await next(request);
    } catch (error) {
      const reset = error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
      if (!reset || request.method !== 'GET') throw error;
      return next(request);
    }
  },
};
