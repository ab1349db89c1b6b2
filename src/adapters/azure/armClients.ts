import type { NetworkManagementClientOptionalParams } from '@azure/arm-network';
import {
  createNetworkManagement,
  NetworkManagementClient,
  PrivateDnsManagementClient,
} from '../azureSdks.ts';
import { RequestLimiter } from './requestLimiter.ts';
import type { Limit } from './requestLimiter.ts';
import { USER_AGENT } from '../http.ts';
import type { ArmResponse } from './armErrors.ts';
import {
  retryOnReset,
  captureErrorResponses,
  NO_REDIRECTS,
  ownOriginOnly,
  limitReads,
  timeLimit,
} from './policies.ts';
import type { Policy } from './policies.ts';

export interface ArmSettings {
  /** `https://management.azure.com`, without a trailing slash. */
  readonly endpoint: string;
  /** Token scope; the SDKs would ask for the public cloud's whatever the endpoint. */
  readonly scope: string;
  readonly requestTimeoutMs: number;
  /** Reads of private DNS that this process makes in one subscription. */
  readonly dnsReads: Limit;
}

export type Credential = ConstructorParameters<typeof NetworkManagementClient>[0];
type Options = NetworkManagementClientOptionalParams;
/** Any path of ARM, through the same pipeline as the SDK's own calls. */
export type RawClient = ReturnType<typeof createNetworkManagement>;

/** What the SDKs call that policy. */
const ADDS_THE_TOKEN = 'bearerTokenAuthenticationPolicy';

/** SDK clients by subscription, made when first needed, since a request may name any subscription. */
export class ArmClients {
  readonly #settings: ArmSettings;
  readonly #credential: Credential;
  readonly #network = new Map<string, NetworkManagementClient>();
  readonly #dns = new Map<string, PrivateDnsManagementClient>();
  readonly #answers = new WeakMap<object, ArmResponse>();
  #raw: RawClient | undefined;

  constructor(settings: ArmSettings, credential: Credential) {
    this.#settings = settings;
    this.#credential = credential;
  }

  network(subscriptionId: string): NetworkManagementClient {
    return once(this.#network, subscriptionId, () =>
      this.#bound(new NetworkManagementClient(this.#credential, subscriptionId, this.#options([]))),
    );
  }

  dns(subscriptionId: string): PrivateDnsManagementClient {
    return once(this.#dns, subscriptionId, () => {
      const options = this.#options([limitReads(new RequestLimiter(this.#settings.dnsReads))]);
      return this.#bound(new PrivateDnsManagementClient(this.#credential, subscriptionId, options));
    });
  }

  /** For what the two SDKs lack. */
  raw(): RawClient {
    this.#raw ??= this.#bound(createNetworkManagement(this.#credential, '', this.#options([])));
    return this.#raw;
  }

  /** The answer that an error of an SDK was made of, with what the SDK left out of the error. */
  answerBehind(error: unknown): ArmResponse | undefined {
    if (typeof error !== 'object' || error === null || !('request' in error)) return undefined;
    return typeof error.request === 'object' && error.request !== null
      ? this.#answers.get(error.request)
      : undefined;
  }

  /** The options can place a policy only after the one that adds the token. */
  #bound<T extends Pick<RawClient, 'pipeline'>>(client: T): T {
    client.pipeline.addPolicy(ownOriginOnly(this.#settings.endpoint), { beforePolicies: [ADDS_THE_TOKEN] });
    return client;
  }

  #options(policies: readonly Policy[]): Options {
    const { endpoint, scope, requestTimeoutMs } = this.#settings;
    const all = [
      ...policies,
      timeLimit(requestTimeoutMs),
      captureErrorResponses(this.#answers),
      retryOnReset,
    ];
    return {
      endpoint,
      credentials: { scopes: [scope] },
      // The run tries again, on durable timers; the SDK would sleep inside a billed activity.
      retryOptions: { maxRetries: 0 },
      redirectOptions: NO_REDIRECTS,
      userAgentOptions: { userAgentPrefix: USER_AGENT },
      additionalPolicies: all.map((policy) => ({ policy, position: 'perCall' })),
    };
  }
}

function once<T>(made: Map<string, T>, subscriptionId: string, make: () => T): T {
  const key = subscriptionId.toLowerCase();
  const found = made.get(key) ?? make();
  made.set(key, found);
  return found;
}
