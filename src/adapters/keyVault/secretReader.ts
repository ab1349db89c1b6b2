import type { FailureCode } from '../../domain/failure/catalog.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { Failure } from '../../domain/failure/failure.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { credentialFailure } from '../azure/credential.ts';
import type { Policy } from '../azure/policies.ts';
import { retryOnReset, NO_REDIRECTS, ownOriginOnly } from '../azure/policies.ts';
import { SecretClient } from '../azureSdks.ts';
import { retryAfterSeconds, USER_AGENT } from '../http.ts';
import { ForeignOriginError, foreignOriginFailure } from '../ownOrigin.ts';
import type { Secret } from './apiKeys.ts';

export interface VaultSettings {
  readonly url: string;
  readonly requestTimeoutMs: number;
}

type Credential = ConstructorParameters<typeof SecretClient>[1];

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Reads the newest version of a secret. */
export function secretReader(
  { url, requestTimeoutMs }: VaultSettings,
  credential: Credential,
): (name: string) => Promise<Secret> {
  const isLocal = LOOPBACK.test(new URL(url).hostname);
  const client = new SecretClient(url, credential, {
    retryOptions: { maxRetries: 0 },
    redirectOptions: NO_REDIRECTS,
    additionalPolicies: [
      // Before the policy that adds the token, which this client adds last.
      { policy: ownOriginOnly(url), position: 'perCall' },
      { policy: retryOnReset, position: 'perCall' },
      ...(isLocal ? [] : [{ policy: ownChallengeOnly(url), position: 'perRetry' } as const]),
    ],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    // A vault on this machine cannot have the domain that the challenge names; every other vault must have it.
    disableChallengeResourceVerification: isLocal,
  });
  return async (name) => {
    let response: VaultResponse | undefined;
    try {
      return await client.getSecret(name, {
        abortSignal: AbortSignal.timeout(requestTimeoutMs),
        // The SDK throws a parse error for a refusal without a body, and loses the status.
        onResponse: ({ status, headers }) => {
          response = { status, header: (header) => headers.get(header) };
        },
      });
    } catch (error) {
      throw keyVaultFailure(name, error, response);
    }
  };
}

function ownChallengeOnly(url: string): Policy {
  return {
    name: 'ownChallengeOnly',
    async sendRequest(request, next) {
      const response = await next(request);
      if (response.status === 401) requireOwnChallenge(response.headers.get('www-authenticate') ?? '', url);
      return response;
    },
  };
}

/**
 * The challenge of the vault names the resource of the token. The SDK accepts any parent of the vault's domain, down to the
 * top-level one; here it must be the domain of the vault service, which is the domain without the vault's own name.
 */
export function requireOwnChallenge(challenge: string, url: string): void {
  const service = new URL(url).hostname.replace(/^[^.]+\./, '');
  for (const [, wanted = ''] of challenge.matchAll(/\b(?:resource|scope)="([^"]*)"/g)) {
    const host = URL.canParse(wanted) ? new URL(wanted).hostname : null;
    if (host === service) continue;
    const resource = host ?? 'what cannot be read';
    throw new ForeignOriginError(`the vault asks for a token for ${resource}, not for ${service}`);
  }
}

interface VaultResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
}

/**
 * Classifies a response of Key Vault, or the lack of one; no other code does. The text of the error is read but never
 * repeated: where a response cannot be parsed it holds the whole response, with the secret.
 */
function keyVaultFailure(
  secretName: string,
  error: unknown,
  response: VaultResponse | undefined,
): ProvisioningError {
  const doing = `reading secret ${secretName}`;
  if (error instanceof ForeignOriginError) {
    return new ProvisioningError(foreignOriginFailure(doing, error, 'key-vault'));
  }
  const credential = credentialFailure(error);
  if (credential) return failure(credential.code, `${doing}: ${credential.text}`, { source: 'identity' });
  if (!response || response.status < 400) {
    return failure('key-vault-unavailable', `${doing}: no readable answer (${reasonOf(error)})`, {});
  }
  // The vault's own 401 has a challenge; one without it comes from a proxy or gateway on the way.
  if (response.status === 401 && response.header('www-authenticate') === undefined) {
    return failure('key-vault-unavailable', `${doing}: HTTP 401 without a challenge`, {});
  }
  const text = error instanceof Error ? error.message : '';
  const { code, hint } = meaningOf(response.status, text);
  const wait = retryAfterSeconds(response.header, Date.now());
  const requestId = response.header('x-ms-request-id');
  return failure(code, `${doing}: HTTP ${response.status}${hint}`, {
    ...(wait !== undefined && { retryAfterSeconds: wait }),
    ...(requestId !== undefined && { requestId }),
  });
}

function meaningOf(status: number, text: string): { readonly code: FailureCode; readonly hint: string } {
  if (status === 404) return { code: 'api-key-missing', hint: ', there is no such secret' };
  if (status === 403 && /disabled/i.test(text)) {
    return { code: 'api-key-missing', hint: ', the secret is disabled' };
  }
  if (status === 403 && /client address|firewall|public network access/i.test(text)) {
    return { code: 'key-vault-denied', hint: ', the firewall of the vault keeps the app out' };
  }
  if (status === 401 || status === 403) {
    return { code: 'key-vault-denied', hint: ', the identity may not read the secret' };
  }
  return { code: 'key-vault-unavailable', hint: '' };
}

function failure(code: FailureCode, message: string, more: Partial<Failure>): ProvisioningError {
  const { kind } = failureCatalog[code];
  return new ProvisioningError({ source: 'key-vault', ...more, kind, code, message });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
