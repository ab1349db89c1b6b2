import { createRemoteJWKSet, customFetch, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { FetchImplementation } from 'jose';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import type { Caller, Tokens } from '../../ports.ts';
import { boundedText, isIntercepted, lastingFault, parseJson } from '../http.ts';

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
const CLOCK_TOLERANCE_SECONDS = 60;

/** Access tokens of one tenant for one audience, checked against the tenant's published keys. */
export function entraTokens(settings: EntraSettings): Tokens {
  const { authority, tenantId, audience, requestTimeoutMs } = settings;
  const keys = createRemoteJWKSet(new URL(`${authority}/${tenantId}/discovery/v2.0/keys`), {
    timeoutDuration: requestTimeoutMs,
    [customFetch]: fetchKeys(),
  });
  const issuer = [`${authority}/${tenantId}/v2.0`, `${VERSION_1_ISSUER}/${tenantId}/`];
  return {
    async callerOf(token): Promise<Caller | null> {
      if (!mayBeValid(token, settings, issuer)) return null;
      try {
        const { payload } = await jwtVerify(token, keys, {
          issuer,
          audience,
          algorithms: ALGORITHMS,
          requiredClaims: ['exp', 'nbf'],
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
        });
        const claims = claimsSchema.safeParse(payload);
        if (!claims.success || claims.data.tid.toLowerCase() !== tenantId.toLowerCase()) return null;
        return { objectId: claims.data.oid, roles: claims.data.roles };
      } catch (error) {
        if (error instanceof ProvisioningError) throw error;
        if (isUnreachable(error)) throw unavailable(error);
        return null;
      }
    },
  };
}

const audienceSchema = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const unverifiedSchema = z.object({ iss: z.string(), aud: audienceSchema, exp: z.number() });

/** Checks a token without its signature, so that one that can never be valid causes no request for keys. */
function mayBeValid(token: string, { audience }: EntraSettings, issuers: readonly string[]): boolean {
  try {
    const { alg = '', kid } = decodeProtectedHeader(token);
    const { success, data } = unverifiedSchema.safeParse(decodeJwt(token));
    if (!success || kid === undefined || !ALGORITHMS.includes(alg)) return false;
    const isCurrent = data.exp + CLOCK_TOLERANCE_SECONDS > Date.now() / 1000;
    return isCurrent && issuers.includes(data.iss) && data.aud.includes(audience);
  } catch {
    return false;
  }
}

const MOST_BYTES = 1_000_000;
/** After a failed request for keys none is sent for this long, however many tokens come. */
const PAUSE_MS = 10_000;
const keysSchema = z.object({ keys: z.array(z.unknown()) });

function fetchKeys(): FetchImplementation {
  let pausedUntil = 0;
  return async (url, options) => {
    if (Date.now() < pausedUntil) throw new Error('the keys could not be read a moment ago');
    pausedUntil = Date.now() + PAUSE_MS;
    const { status, body } = await fetch(url, options);
    const text = await boundedText(body ?? Readable.from([]), MOST_BYTES);
    if (isIntercepted(status, text))
      throw ofKeys('intercepted', `HTTP ${status}, not in the form of Entra ID`);
    if (status === 200 && keysSchema.safeParse(parseJson(text)).success) pausedUntil = 0;
    return new Response(text, { status });
  };
}

/** Whether the keys could not be fetched, so that the token could not be checked. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return true;
  return !(error instanceof errors.JOSEError) || error.code === 'ERR_JOSE_GENERIC';
}

function unavailable(error: unknown): ProvisioningError {
  const lasting = lastingFault(error);
  return lasting ? ofKeys(lasting.code, lasting.text) : ofKeys('entra-unavailable', 'no proper answer');
}

function ofKeys(code: FailureCode, text: string): ProvisioningError {
  const message = `reading the signing keys of the tenant: ${text}`;
  return new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'identity' });
}
