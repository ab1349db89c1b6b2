import { askAgainOnReset } from '../azure/policies.ts';
import { SecretClient } from '../azureSdks.ts';
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
  const client = new SecretClient(url, credential, {
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: askAgainOnReset, position: 'perCall' }],
    userAgentOptions: { userAgentPrefix: USER_AGENT },
    // A vault on this machine cannot have the domain that the challenge names; everywhere else it must.
    disableChallengeResourceVerification: LOOPBACK.test(new URL(url).hostname),
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
