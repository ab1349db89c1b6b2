import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import * as z from 'zod';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Caller, Tokens } from '../../ports.ts';

export interface EntraSettings {
  /** `https://login.microsoftonline.com`, without a trailing slash. */
  readonly authority: string;
  readonly tenantId: string;
  /** The audience of the tokens: the application ID, or its ID URI. */
  readonly audience: string;
  readonly requestTimeoutMs: number;
}

const claimsSchema = z.object({ oid: z.string(), tid: z.string(), roles: z.array(z.string()).default([]) });

/** Tokens of version 1 have another issuer than those of version 2 (Microsoft identity platform, access tokens). */
const VERSION_1_ISSUER = 'https://sts.windows.net';

/** Entra ID signs with RS256 only; a token with another algorithm is rejected without further checks. */
const ALGORITHMS = ['RS256'];

/** Access tokens of one tenant for one audience, checked against the tenant's published keys. */
export function entraTokens(settings: EntraSettings): Tokens {
  const { authority, tenantId, audience, requestTimeoutMs } = settings;
  const keys = createRemoteJWKSet(new URL(`${authority}/${tenantId}/discovery/v2.0/keys`), {
    timeoutDuration: requestTimeoutMs,
  });
  const issuer = [`${authority}/${tenantId}/v2.0`, `${VERSION_1_ISSUER}/${tenantId}/`];
  return {
    async callerOf(token): Promise<Caller | null> {
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ['exp', 'nbf'],
          clockTolerance: 60,
        });
        const claims = claimsSchema.safeParse(payload);
        if (!claims.success || claims.data.tid.toLowerCase() !== tenantId.toLowerCase()) return null;
        return { objectId: claims.data.oid, roles: claims.data.roles };
      } catch (error) {
        if (isUnreachable(error)) throw unavailable();
        return null;
      }
    },
  };
}

/** Whether the keys could not be fetched, so that the token could not be checked. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

function unavailable(): ProvisioningError {
  return new ProvisioningError({
    kind: 'transient',
    code: 'entra-unavailable',
    message: 'reading the signing keys of the tenant: no proper answer',
    source: 'identity',
  });
}
