import { AsyncLocalStorage } from 'node:async_hooks';
import type { NetworkManagementClientOptionalParams } from '@azure/arm-network';
import {
  createNetworkManagement,
  NetworkManagementClient,
  PrivateDnsManagementClient,
} from '../azureSdks.ts';
import { USER_AGENT } from '../http.ts';
import { objectIdOf } from './credential.ts';
import type { ArmResponse } from './armErrors.ts';
import { ReadBudget } from './readBudget.ts';
import {
  retryOnReset,
  captureErrorResponses,
  noteValues,
  ownOriginOnly,
  safeOptions,
  limitReads,
  timeLimit,
} from './policies.ts';
import type { Policy } from './policies.ts';

export interface ArmSettings {
  /** `https://management.azure.com`, without a trailing slash. */
  readonly endpoint: string;
  /** Token scope; by default the SDKs use that of the public cloud, also with another endpoint. */
  readonly scope: string;
  readonly requestTimeoutMs: number;
}

export type Credential = ConstructorParameters<typeof NetworkManagementClient>[0];
type Options = NetworkManagementClientOptionalParams;
/** Any path of ARM, through the same pipeline as the SDK's own calls. */
export type RawClient = ReturnType<typeof createNetworkManagement>;

/** A virtual network of the largest size, which has 65,536 addresses in its answer, needs half of it. */
const MOST_BYTES = 32_000_000;

/** The name of the policy of the SDKs that adds the token. */
const TOKEN_POLICY = 'bearerTokenAuthenticationPolicy';

/** SDK clients by subscription, created on first use, since a request may name any subscription. */
export class ArmClients {
  readonly #settings: ArmSettings;
  readonly #credential: Credential;
  readonly #network = new Map<string, NetworkManagementClient>();
  readonly #dns = new Map<string, PrivateDnsManagementClient>();
  readonly #responses = new WeakMap<object, ArmResponse>();
  /** The values of the requests of each call, for which a refusal is not searched. */
  readonly values = new AsyncLocalStorage<Set<string>>();
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
      const options = this.#options([limitReads(new ReadBudget())]);
      return this.#bound(new PrivateDnsManagementClient(this.#credential, subscriptionId, options));
    });
  }

  /** The client for calls that the two SDKs lack. */
  raw(): RawClient {
    this.#raw ??= this.#bound(createNetworkManagement(this.#credential, '', this.#options([])));
    return this.#raw;
  }

  /** Object ID of the identity, which its token names; the SDK keeps tokens. */
  async principalId(): Promise<string | null> {
    const token = await this.#credential.getToken(this.#settings.scope).catch(() => null);
    return objectIdOf(token?.token ?? '');
  }

  /** Returns the response behind an error of an SDK, with the details that the error lacks. */
  responseOf(error: unknown): ArmResponse | undefined {
    if (typeof error !== 'object' || error === null || !('request' in error)) return undefined;
    return typeof error.request === 'object' && error.request !== null
      ? this.#responses.get(error.request)
      : undefined;
  }

  /** Adds the origin check before the token policy; the client's options can only place a policy after it. */
  #bound<T extends Pick<RawClient, 'pipeline'>>(client: T): T {
    client.pipeline.addPolicy(ownOriginOnly(this.#settings.endpoint), { beforePolicies: [TOKEN_POLICY] });
    return client;
  }

  #options(policies: readonly Policy[]): Options {
    const { endpoint, scope, requestTimeoutMs } = this.#settings;
    const all = [
      ...policies,
      noteValues(this.values),
      timeLimit(requestTimeoutMs),
      captureErrorResponses(this.#responses),
      retryOnReset,
    ];
    return {
      endpoint,
      credentials: { scopes: [scope] },
      ...safeOptions(MOST_BYTES),
      userAgentOptions: { userAgentPrefix: USER_AGENT },
      additionalPolicies: all.map((policy) => ({ policy, position: 'perCall' })),
    };
  }
}

function once<T>(clients: Map<string, T>, subscriptionId: string, create: () => T): T {
  const key = subscriptionId.toLowerCase();
  const client = clients.get(key) ?? create();
  clients.set(key, client);
  return client;
}
