import type { NetworkManagementClientOptionalParams } from '@azure/arm-network';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { RequestLimiter } from './requestLimiter.ts';
import { refuseRedirectAway, requireOwnOrigin } from '../ownOrigin.ts';
import { retryAfterSeconds } from '../http.ts';
import type { ArmResponse } from './armErrors.ts';

/** A step in the pipeline that every request of an Azure SDK goes through. */
export type Policy = NonNullable<
  NetworkManagementClientOptionalParams['additionalPolicies']
>[number]['policy'];

/**
 * Lets requests go to the configured origin only. Addresses of further pages and of operations come out of answers, and the
 * SDKs follow them with the token: so this stands before the policy that adds it.
 */
export function ownOriginOnly(endpoint: string): Policy {
  return {
    name: 'ownOriginOnly',
    async sendRequest(request, next) {
      requireOwnOrigin(request.url, endpoint);
      const response = await next(request);
      refuseRedirectAway(response.status, response.headers.get('location'), endpoint);
      return response;
    },
  };
}

/** Neither Azure Resource Manager nor Key Vault redirects: an SDK that would follow does not. */
export const NO_REDIRECTS = { maxRetries: 0 } as const;

/** Each request on its own, also the polls and further pages, to which the SDKs hand on no signal of the caller. */
export function timeLimit(milliseconds: number): Policy {
  return {
    name: 'timeLimit',
    sendRequest(request, next) {
      const limit = AbortSignal.timeout(milliseconds);
      const own = request.abortSignal;
      request.abortSignal = own instanceof AbortSignal ? AbortSignal.any([own, limit]) : limit;
      return next(request);
    },
  };
}

/** Remembers refusals by their request: the errors made of them lack the body's details. */
export function captureErrorResponses(answers: WeakMap<object, ArmResponse>): Policy {
  return {
    name: 'keepFailures',
    async sendRequest(request, next) {
      const response = await next(request);
      const { status, headers, bodyAsText } = response;
      if (status >= 400) {
        const header = (name: string): string | undefined => headers.get(name);
        answers.set(request, { status, header, body: parseJson(bodyAsText ?? '') });
      }
      return response;
    },
  };
}

/** What is left of the reads of private DNS in a subscription, for all of its callers; counted in windows of five minutes. */
const READS_LEFT = 'x-ms-ratelimit-remaining-subscription-resource-requests';
const WINDOW_SECONDS = 300;
/** After a refusal that does not say when to ask again. */
const UNASKED_REST_SECONDS = 15;

export function limitReads(limiter: RequestLimiter): Policy {
  return {
    name: 'politeReads',
    async sendRequest(request, next) {
      if (request.method !== 'GET') return next(request);
      await limiter.turn(throttledHere);
      const response = await next(request);
      const left = response.status === 429 ? '0' : response.headers.get(READS_LEFT);
      if (left !== undefined && /^\d+$/.test(left)) {
        limiter.heed({ calls: Number(left), windowSeconds: WINDOW_SECONDS });
      }
      if (response.status === 429) {
        const asked = retryAfterSeconds((name) => response.headers.get(name), Date.now());
        limiter.rest(asked ?? UNASKED_REST_SECONDS);
      }
      return response;
    },
  };
}

function throttledHere(waitSeconds: number): ProvisioningError {
  return new ProvisioningError({
    kind: 'transient',
    code: 'azure-throttled',
    message: 'reading private DNS: the limit of reads that Azure allows is nearly used up',
    source: 'app',
    retryAfterSeconds: waitSeconds,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A connection that was kept open may have been closed by the other side in the moment it is used again. A read is then
 * asked once more at once, instead of letting the run wait for it; writes never are.
 */
export const retryOnReset: Policy = {
  name: 'askAgainOnReset',
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
