import { randomUUID } from 'node:crypto';
import { APP_PRINCIPAL_ID } from '../azure/state/schema.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Faults } from '../kernel/faults.ts';
import type { Call, Operation, Reply } from '../kernel/operation.ts';
import { startSimulator } from '../kernel/simulator.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { writeAccessToken } from './accessToken.ts';
import { findIdentity, identityControl } from './identities.ts';
import type { Identities, IdentityControl, ManagedIdentity } from './identities.ts';

/** The only version App Service knows with this header. */
const API_VERSION = '2019-08-01';
const PATH = '/msi/token';
const TOKEN_LIFETIME_MS = 24 * 3600 * 1000;

/** Tenant of the sandbox's identities unless told otherwise. */
export const TENANT_ID = '5a1d0b0a-0000-4000-8000-00000000a001';

/** Client ID of the system-assigned identity {@link APP_PRINCIPAL_ID}. */
export const APP_CLIENT_ID = '5a1d0b0a-0000-4000-8000-00000000a991';

export interface IdentityOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly port?: number;
  /** The value that callers send as `X-IDENTITY-HEADER`. Default: made up. */
  readonly header?: string;
  readonly tenantId?: string;
  /** Null: none. Default: the identity {@link APP_PRINCIPAL_ID}. */
  readonly systemAssigned?: ManagedIdentity | null;
  readonly userAssigned?: readonly ManagedIdentity[];
}

export interface Identity {
  readonly baseUrl: string;
  /** What App Service puts into the app's environment: `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`. */
  readonly environment: Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>;
  readonly control: IdentityControl;
  stop(): Promise<void>;
}

/** Starts the endpoint from which an app on App Service gets the tokens of its managed identities: plain HTTP, local only. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const { clock, header = randomUUID(), tenantId = TENANT_ID } = options;
  const identities: Identities = {
    systemAssigned:
      options.systemAssigned === undefined
        ? { principalId: APP_PRINCIPAL_ID, clientId: APP_CLIENT_ID }
        : options.systemAssigned,
    userAssigned: [...(options.userAssigned ?? [])],
  };
  const simulator = await startSimulator({
    service: 'identity',
    operations: [tokenOperation({ clock, header, tenantId, identities })],
    clock,
    faults: options.faults,
    traffic: options.traffic,
    ...(options.port !== undefined && { port: options.port }),
    unknown: () => refuse(404, 'Not Found'),
  });
  return {
    baseUrl: simulator.baseUrl,
    environment: { IDENTITY_ENDPOINT: `${simulator.baseUrl}${PATH}`, IDENTITY_HEADER: header },
    control: identityControl(identities),
    stop: () => simulator.stop(),
  };
}

interface Endpoint {
  readonly clock: Clock;
  readonly header: string;
  readonly tenantId: string;
  readonly identities: Identities;
}

function tokenOperation(endpoint: Endpoint): Operation {
  return {
    name: 'identity.getToken',
    method: 'GET',
    path: PATH,
    write: false,
    handle({ query, headers }: Call) {
      if (headers['x-identity-header'] !== endpoint.header) return refuse(401, 'Unauthorized');
      if (query['api-version'] !== API_VERSION) return refuse(400, 'The api-version is invalid.');
      const { resource } = query;
      if (!resource) return refuse(400, 'The parameter resource is missing.');
      const identity = findIdentity(endpoint.identities, query);
      if (!identity) {
        return refuse(
          400,
          'No managed identity found for the specified client ID, resource ID or principal ID.',
        );
      }
      return token(endpoint, identity, resource);
    },
  };
}

/**
 * Counts its life from the later of the two clocks: the SDK compares it with `Date`, which may be the wall clock or the
 * sandbox's, and the services with the sandbox's.
 */
function token({ clock, tenantId }: Endpoint, identity: ManagedIdentity, resource: string): Reply {
  const issuedAt = Math.floor(Math.min(clock.now(), Date.now()) / 1000);
  const expiresAt = Math.floor((Math.max(clock.now(), Date.now()) + TOKEN_LIFETIME_MS) / 1000);
  const { clientId, principalId } = identity;
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
      expires_on: String(expiresAt),
      not_before: String(issuedAt),
      resource,
      token_type: 'Bearer',
    },
  };
}

function refuse(statusCode: number, message: string): Reply {
  return { status: statusCode, body: { statusCode, message, correlationId: randomUUID() } };
}
