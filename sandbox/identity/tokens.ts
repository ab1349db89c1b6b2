import { randomUUID } from 'node:crypto';
import type { Clock } from '../kernel/clock.ts';
import type { Call, Operation, Reply } from '../kernel/operation.ts';
import { writeAccessToken } from './accessToken.ts';
import { findIdentity } from './identities.ts';
import type { Identities, ManagedIdentity } from './identities.ts';

export const TOKEN_PATH = '/msi/token';
const TOKEN_LIFETIME_MS = 24 * 3600 * 1000;

/** The versions of the endpoint: which header proves that the caller is the app, and how they write an instant. */
const VERSIONS: Readonly<
  Record<string, { readonly header: string; readonly instant: (at: number) => string }>
> = {
  '2019-08-01': { header: 'x-identity-header', instant: String },
  '2017-09-01': { header: 'secret', instant: dateAndTime },
};

interface Endpoint {
  readonly clock: Clock;
  readonly header: string;
  readonly tenantId: string;
  readonly identities: Identities;
}

export function tokenOperation(endpoint: Endpoint): Operation {
  return {
    name: 'identity.getToken',
    method: 'GET',
    path: TOKEN_PATH,
    write: false,
    handle({ query, headers }: Call) {
      const version = VERSIONS[query['api-version'] ?? ''];
      if (!version) return refuse(400, 'The api-version is invalid.');
      if (headers[version.header] !== endpoint.header) return refuse(401, 'Unauthorized');
      const { resource } = query;
      if (!resource) return refuse(400, 'The parameter resource is missing.');
      const identity = findIdentity(endpoint.identities, query);
      if (!identity) {
        return refuse(
          400,
          'No managed identity found for the specified client ID, resource ID or principal ID.',
        );
      }
      return token(endpoint, identity, resource, version.instant);
    },
  };
}

/**
 * Counts its life from the later of the two clocks: the SDK compares it with `Date`, which may be the wall clock or the
 * sandbox's, and the services with the sandbox's.
 */
function token(
  { clock, tenantId }: Endpoint,
  { clientId, principalId }: ManagedIdentity,
  resource: string,
  instant: (at: number) => string,
): Reply {
  const issuedAt = Math.floor(Math.min(clock.now(), Date.now()) / 1000);
  const expiresAt = Math.floor((Math.max(clock.now(), Date.now()) + TOKEN_LIFETIME_MS) / 1000);
  const claims = {
    aud: resource,
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: issuedAt,
    nbf: issuedAt,
    exp: expiresAt,
    appid: clientId,
    idtyp: 'app',
    oid: principalId,
    sub: principalId,
    tid: tenantId,
    ver: '1.0',
  };
  return {
    status: 200,
    body: {
      access_token: writeAccessToken(claims),
      client_id: clientId,
      expires_on: instant(expiresAt),
      not_before: instant(issuedAt),
      resource,
      token_type: 'Bearer',
    },
  };
}

/** `01/31/2040 00:00:00 +00:00`, of Unix seconds. */
function dateAndTime(seconds: number): string {
  const [date = '', time = ''] = new Date(seconds * 1000).toISOString().split(/[T.]/);
  const [year, month, day] = date.split('-');
  return `${month}/${day}/${year} ${time} +00:00`;
}

export function refuse(statusCode: number, message: string): Reply {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}
