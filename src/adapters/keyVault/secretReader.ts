import { askAgainOnReset, NO_REDIRECTS, ownOriginOnly } from '../azure/policies.ts';
import type { Policy } from '../azure/policies.ts';
import { SecretClient } from '../azureSdks.ts';
import { ForeignOriginError } from '../ownOrigin.ts';
import { USER_AGENT } from '../userAgent.ts';
import type { Secret } from './apiKeys.ts';
import { keyVaultFailure } from './keyVaultErrors.ts';
import type { VaultAnswer } from './keyVaultErrors.ts';

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
      // Before the policy that adds the token, which this client makes last.
      { policy: ownOriginOnly(url), position: 'perCall' },
      { policy: askAgainOnReset, position: 'perCall' },
      ...(isLocal ? [] : [{ policy: ownChallengeOnly(url), position: 'perRetry' } as const]),
    ],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    // A vault on this machine cannot have the domain that the challenge names; everywhere else it must.
    disableChallengeResourceVerification: isLocal,
  });
  return async (name) => {
    let answer: VaultAnswer | undefined;
    try {
      return await client.getSecret(name, {
        abortSignal: AbortSignal.timeout(requestTimeoutMs),
        // The SDK stumbles over a refusal without a body, and the status is lost.
        onResponse: ({ status, headers }) => {
          answer = { status, header: (header) => headers.get(header) };
        },
      });
    } catch (error) {
      throw keyVaultFailure(name, error, answer);
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
 * The vault itself says for what it wants a token. The SDK takes any parent of its domain, down to the top-level one; here it is
 * the service of the vaults, which is the domain without the vault's own name.
 */
export function requireOwnChallenge(challenge: string, url: string): void {
  const service = new URL(url).hostname.replace(/^[^.]+\./, '');
  for (const [, wanted = ''] of challenge.matchAll(/\b(?:resource|scope)="([^"]*)"/g)) {
    const host = URL.canParse(wanted) ? new URL(wanted).hostname : null;
    if (host === service) continue;
    const asked = host ?? 'what cannot be read';
    throw new ForeignOriginError(`the vault asks for a token for ${asked}, not for ${service}`);
  }
}
