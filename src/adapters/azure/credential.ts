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

/** The identity the app acts with. The SDK tries again by itself; here the run does so, on durable timers. */
export function azureCredential(settings: CredentialSettings): Credential {
  const { kind, clientId, authorityHost, timeLimitMs } = settings;
  const options = {
    retryOptions: { maxRetries: 0 },
    ...(authorityHost !== undefined && { authorityHost }),
  };
  const credential =
    kind === 'developer'
      ? new DefaultAzureCredential(options)
      : new ManagedIdentityCredential({ ...options, ...(clientId !== undefined && { clientId }) });
  return withTimeLimit(credential, timeLimitMs);
}

/** The managed identity credential heeds no abort signal, and its endpoint may never answer. */
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

class TokenTimeoutError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TokenTimeoutError';
  }
}
