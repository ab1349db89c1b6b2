import type { Operation, Reply, UnmatchedCall } from '../kernel/operation.ts';
import { readAccessToken } from '../identity/accessToken.ts';
import type { TokenClaims } from '../identity/accessToken.ts';
import { refuse } from './responses.ts';
import type { Denial } from './state.ts';
import type { World } from './world.ts';

/** The resource that tokens for any vault of the public cloud are made for. */
const RESOURCE = 'https://vault.azure.net';

/** Refuses a call that has no good token, or that the vault's network rules or roles keep out. */
export function accessFault(
  world: World,
  tenantId: string,
  call: UnmatchedCall,
  operation: Operation | undefined,
): Reply | undefined {
  const bearer = /^Bearer (.+)$/i.exec(call.headers.authorization ?? '')?.[1];
  if (bearer === undefined) return challenge(tenantId, 'Request is missing a Bearer or PoP token.');
  const claims = readAccessToken(bearer);
  if (!claims) return challenge(tenantId, 'The token cannot be read.', 'invalid_token');
  if (claims.aud.replace(/\/$/, '') !== RESOURCE) {
    return challenge(tenantId, 'The token is for another resource.', 'invalid_token');
  }
  if (isExpired(claims, world.clock.now())) {
    return challenge(tenantId, 'The token is expired.', 'invalid_token');
  }
  if (call.query['api-version'] === undefined) {
    return refuse(400, 'BadParameter', 'The query parameter api-version is missing.');
  }
  return world.state.denial === null ? undefined : denied(world.state.denial, claims, call, operation);
}

/** The clients begin without a token and learn from this answer which one to get. */
function challenge(tenantId: string, message: string, error?: string): Reply {
  const parts = [`authorization="https://login.microsoftonline.com/${tenantId}"`, `resource="${RESOURCE}"`];
  if (error !== undefined) parts.push(`error="${error}"`);
  return {
    ...refuse(401, 'Unauthorized', `AKV10000: ${message}`),
    headers: { 'www-authenticate': `Bearer ${parts.join(', ')}` },
  };
}

function denied(
  denial: Denial,
  { appid, oid, tid }: TokenClaims,
  call: UnmatchedCall,
  operation: Operation | undefined,
): Reply {
  const caller = `Caller: appid=${appid};oid=${oid};iss=https://sts.windows.net/${tid}/`;
  if (denial === 'firewall') {
    return refuse(
      403,
      'Forbidden',
      `Client address is not authorized and caller is not a trusted service.\r\n${caller}`,
      'ForbiddenByFirewall',
    );
  }
  if (denial === 'connection') {
    return refuse(
      403,
      'Forbidden',
      'Public network access is disabled and request is not from a trusted service nor via an approved private link.' +
        `\r\n${caller}`,
      'ForbiddenByConnection',
    );
  }
  if (denial === 'policy') {
    return refuse(
      403,
      'Forbidden',
      `The user, group or application 'appid=${appid};oid=${oid};iss=https://sts.windows.net/${tid}/' does not have ` +
        'secrets get permission on key vault. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287',
      'ForbiddenByPolicy',
    );
  }
  const action = operation?.name === 'keyVault.getSecret' ? 'getSecret' : (operation?.name ?? call.method);
  return refuse(
    403,
    'Forbidden',
    'Caller is not authorized to perform action on resource.\r\n' +
      `If role assignments were changed recently, allow for propagation time.\r\n${caller}\r\n` +
      `Action: 'Microsoft.KeyVault/vaults/secrets/${action}/action'\r\nResource: '${call.path}'`,
    'ForbiddenByRbac',
  );
}

/** By the later of the two clocks that tokens count from. */
function isExpired({ exp }: TokenClaims, now: number): boolean {
  return exp * 1000 <= Math.min(now, Date.now());
}
