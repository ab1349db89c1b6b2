import * as z from 'zod';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { presentable } from '../foreignText.ts';
import { parseJson } from '../http.ts';
import { safeOptions } from './policies.ts';
import { DefaultAzureCredential, ManagedIdentityCredential } from '../azureSdks.ts';

export interface CredentialSettings {
  readonly kind: 'managed-identity' | 'developer';
  /** Of the user-assigned identity; undefined: the system-assigned one. */
  readonly clientId: string | undefined;
  /** Entra ID of a national cloud; undefined: the public one. */
  readonly authorityHost: string | undefined;
  readonly timeLimitMs: number;
}

type Credential = Pick<ManagedIdentityCredential, 'getToken'>;

const MOST_BYTES = 1_000_000;

/** The identity of the app. */
export function azureCredential(settings: CredentialSettings): Credential {
  const { kind, clientId, authorityHost, timeLimitMs } = settings;
  const options = {
    ...safeOptions(MOST_BYTES),
    ...(authorityHost !== undefined && { authorityHost }),
  };
  const credential =
    kind === 'developer'
      ? new DefaultAzureCredential(options)
      : new ManagedIdentityCredential({ ...options, ...(clientId !== undefined && { clientId }) });
  return withTimeLimit(credential, timeLimitMs);
}

/** The managed identity credential ignores abort signals, and its endpoint may never respond. */
function withTimeLimit(credential: Credential, timeLimitMs: number): Credential {
  return {
    async getToken(scopes, options) {
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new TokenTimeoutError(`no token within the time limit of ${timeLimitMs / 1000} s`));
        }, timeLimitMs);
      });
      try {
        return await Promise.race([credential.getToken(scopes, options), limit]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

const claimsSchema = z.object({ oid: z.guid() });

/** The object ID in a token of Entra ID, which is a JWT; null for any other token. */
export function objectIdOf(token: string): string | null {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  return claimsSchema.safeParse(parseJson(payload)).data?.oid ?? null;
}

class TokenTimeoutError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokenTimeoutError';
  }
}

/** The errors of `@azure/identity`, by name: the bundle may have more than one copy of a class. */
const CREDENTIAL_ERRORS = [
  'CredentialUnavailableError',
  'AuthenticationError',
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'TokenTimeoutError',
];
const LONGEST_MESSAGE = 300;
const TRANSIENT =
  /ECONN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT|EAI_AGAIN|socket hang up|network_error|timed out|time limit/i;

/** Returns why no token was issued: the identity endpoint is unavailable, or the identity does not exist. */
export function credentialFailure(
  error: unknown,
): { readonly code: Extract<FailureCode, 'identity-unavailable' | 'azure-credential'>; text: string } | null {
  if (!(error instanceof Error) || !CREDENTIAL_ERRORS.includes(error.name)) return null;
  const links = chain(error);
  const status = links.map((link) => statusOf(link)).find((found) => found !== null);
  const transient =
    status === undefined
      ? links.some(({ message }) => TRANSIENT.test(message))
      : status === 408 || status === 429 || status >= 500;
  return { code: transient ? 'identity-unavailable' : 'azure-credential', text: reasonOf(error.message) };
}

/** MSAL adds times and IDs, mostly "not available", to the one sentence that is kept. */
function reasonOf(message: string): string {
  const [line = ''] = (/ Description: (.*)/.exec(message)?.[1] ?? message).split('\n');
  return presentable(line.replace(/ - Correlation ID: .*/, ''), LONGEST_MESSAGE);
}

function chain(error: Error): readonly Error[] {
  return error.cause instanceof Error ? [error, ...chain(error.cause)] : [error];
}

/** The SDK names it `statusCode`, MSAL below it `status`. */
function statusOf(error: Error): number | null {
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 'status' in error && typeof error.status === 'number' ? error.status : null;
}
