import type { FaultOrder } from '../../../sandbox/kernel/faults.ts';
import type { Site } from './sites.ts';

type Fault = FaultOrder['fault'];

/** What the other side asks to wait where it says so; seconds. */
export const RETRY_AFTER_SECONDS = 97;

/** Everything that may happen to a call, by its name in docs/reference/faults.md. */
export const faultKinds = {
  '429 with Retry-After': (site) => refusal(site, 429, { 'retry-after': String(RETRY_AFTER_SECONDS) }),
  '429': (site) => refusal(site, 429),
  '500': (site) => refusal(site, 500),
  '503': (site) => refusal(site, 503),
  'no answer in time': () => ({ kind: 'hang' }),
  'connection reset': () => ({ kind: 'reset' }),
  'answer lost': ({ write }) => (write ? { kind: 'answerLost' } : null),
  garbage: () => ({ kind: 'garbage' }),
  'truncated JSON': () => ({ kind: 'truncated' }),
  'permission denied': permissionDenied,
  'not found (yet)': notFound,
} as const satisfies Record<string, (site: Site) => Fault | null>;

export type FaultKind = keyof typeof faultKinds;

export const kindNames = Object.keys(faultKinds) as readonly FaultKind[];

const texts: Readonly<Record<number, string>> = {
  429: 'Too many requests.',
  500: 'An internal error occurred.',
  503: 'The service is unavailable.',
};

const armCodes: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalServerError',
  503: 'ServiceUnavailable',
};

function refusal({ service }: Site, status: number, headers: Readonly<Record<string, string>> = {}): Fault {
  const message = texts[status] ?? '';
  const body =
    service === 'zilliz'
      ? { code: status, message }
      : service === 'identity'
        ? { statusCode: status, message }
        : { error: { code: armCodes[status] ?? '', message } };
  return { kind: 'status', status, body, headers: { ...headers } };
}

function permissionDenied({ service, call }: Site): Fault {
  if (service === 'zilliz') {
    const message = 'The API key is not scoped to this project.';
    return { kind: 'status', status: 200, body: { code: 96027, message } };
  }
  // What App Service says when no such identity is assigned.
  if (service === 'identity') {
    return { kind: 'status', status: 400, body: { statusCode: 400, message: 'No managed identity found.' } };
  }
  if (service === 'keyVault') {
    const error = {
      code: 'Forbidden',
      message: 'Caller is not authorized to perform action on resource.',
      innererror: { code: 'ForbiddenByRbac' },
    };
    return { kind: 'status', status: 403, body: { error } };
  }
  const message = `The client 'app' with object id 'app' does not have authorization to perform action 'the action of ${call}' over scope '/subscriptions/…' or the scope is invalid.`;
  return { kind: 'status', status: 403, body: { error: { code: 'AuthorizationFailed', message } } };
}

/** What is listed at a scope that is there, a subscription or a group, cannot be missing. */
const lists = ['privateDnsZones.list', 'permissions.list', 'locks.list', 'recordSets.listAll'];

/** By a 404: from a gateway before Zilliz, from ARM in its own words. */
function notFound({ service, call, write }: Site): Fault | null {
  if (service === 'identity' || lists.includes(call)) return null;
  if (service === 'zilliz') {
    return { kind: 'status', status: 404, body: { message: 'no Route matched with those values' } };
  }
  const code =
    service === 'keyVault' ? 'SecretNotFound' : write ? 'ParentResourceNotFound' : 'ResourceNotFound';
  return { kind: 'status', status: 404, body: { error: { code, message: 'It was not found.' } } };
}
