import { randomUUID } from 'node:crypto';
import type { Operation, Reply, UnmatchedCall } from '../../kernel/operation.ts';
import type { Throttle } from '../access/throttle.ts';
import { ArmFault, armFault, badRequest } from './armFault.ts';
import type { PrincipalReader } from './armOperation.ts';

/** Paths that anybody may ask for. */
const open = /^\/metadata\/endpoints\/?$/i;

/** What ARM checks of each request before it reads the operation: a token, an API version, a budget. */
export function gate(
  principalOf: PrincipalReader,
  throttle: Throttle,
): (call: UnmatchedCall, operation: Operation | undefined) => Reply | undefined {
  return (call) => {
    if (open.test(call.path)) return undefined;
    try {
      const principal = principalOf(call.headers);
      if (!principal) throw unauthenticated(call);
      checkApiVersion(call);
      throttle.take(call, principal);
      return undefined;
    } catch (error) {
      if (error instanceof ArmFault) return error.reply;
      throw error;
    }
  };
}

/** Headers of every answer; the correlation ID is the caller's, if there is one. */
export function answerHeaders(call: UnmatchedCall): Readonly<Record<string, string>> {
  const requestId = randomUUID();
  return {
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    'x-content-type-options': 'nosniff',
    'x-ms-request-id': requestId,
    'x-ms-correlation-request-id': call.headers['x-ms-correlation-request-id'] ?? requestId,
    'x-ms-routing-request-id': `SANDBOX:${requestId}`,
  };
}

/** What ARM says of a path that no operation serves. */
export function unknownPath(call: UnmatchedCall): Reply {
  const status = call.method === 'GET' ? 404 : 405;
  const message = `The requested resource does not support http method '${call.method}'.`;
  return armFault(status, { code: status === 404 ? 'NotFound' : 'HttpMethodNotAllowed', message }).reply;
}

function unauthenticated(call: UnmatchedCall): ArmFault {
  const missing = call.headers.authorization === undefined;
  const challenge = missing
    ? "The authentication failed because of missing 'Authorization' header."
    : 'The access token is invalid.';
  return armFault(
    401,
    missing
      ? {
          code: 'AuthenticationFailed',
          message: "Authentication failed. The 'Authorization' header is missing.",
        }
      : { code: 'InvalidAuthenticationToken', message: 'The access token is invalid.' },
    {
      gateway: true,
      headers: {
        'www-authenticate': `Bearer authorization_uri="https://login.windows.net/", error="invalid_token", error_description="${challenge}"`,
      },
    },
  );
}

function checkApiVersion(call: UnmatchedCall): void {
  const version = call.query['api-version'];
  if (version === undefined || version === '') {
    throw badRequest(
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    );
  }
  if (!/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    throw badRequest('InvalidApiVersionParameter', `The api-version '${version}' is invalid.`);
  }
}
