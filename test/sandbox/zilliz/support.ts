import { zillizAdapter } from '../../../src/adapters/zilliz/zilliz.ts';
import { ZillizClient } from '../../../src/adapters/zilliz/client.ts';
import type { Zilliz as ZillizPort } from '../../../src/ports.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import type { ConnectionStatus, ProviderSide } from '../../../sandbox/kernel/contracts.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../../sandbox/kernel/store.ts';
import type { Store } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { regionalAlias, seededZillizState } from '../../../sandbox/zilliz/seed.ts';
import type { ZillizSeed } from '../../../sandbox/zilliz/seed.ts';
import type { ZillizState } from '../../../sandbox/zilliz/state.ts';
import { seededTimings } from '../../../sandbox/zilliz/timings.ts';
import type { ZillizTimings } from '../../../sandbox/zilliz/timings.ts';
import { startZilliz } from '../../../sandbox/zilliz/zilliz.ts';
import type { Zilliz } from '../../../sandbox/zilliz/zilliz.ts';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const ENDPOINT = 'pe-orders.3f6e0f7c-9d56-4b8e-8a39-0f3ac1e5d701';
export const PROJECT = 'proj-0123456789abcdef012345';
export const REGION = 'az-eastus';
export const KEY = 'key-of-an-admin';

/** The Azure side, as far as Zilliz sees it: who may see which service, and the connections made to it. */
export class AzureSide implements ProviderSide {
  readonly allowed: string[] = [];
  readonly #connections = new Map<
    string,
    { subscriptionId: string; alias: string; status: ConnectionStatus }
  >();

  connect(endpointId: string, alias = regionalAlias(REGION), subscriptionId = SUBSCRIPTION): void {
    this.#connections.set(endpointId.toLowerCase(), { alias, subscriptionId, status: 'Pending' });
  }

  statusOf(endpointId: string): ConnectionStatus | undefined {
    return this.connection(endpointId)?.status;
  }

  allowSubscription(alias: string, subscriptionId: string): void {
    this.allowed.push(`${alias} ${subscriptionId}`);
  }

  connection(endpointId: string): ReturnType<ProviderSide['connection']> {
    return this.#connections.get(endpointId.toLowerCase());
  }

  setConnection(endpointId: string, status: Exclude<ConnectionStatus, 'Pending'>): void {
    const found = this.#connections.get(endpointId.toLowerCase());
    if (found) found.status = status;
  }
}

export interface Stage {
  readonly zilliz: Zilliz;
  readonly azure: AzureSide;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly store: Store<ZillizState>;
  /** The app's own adapter, speaking with an admin's key. */
  readonly app: ZillizPort;
  /** Calls the API as any client would. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  /** Moves the clock. */
  pass(seconds: number): void;
}

interface CallOptions {
  readonly method?: string;
  readonly body?: unknown;
  /** Null: none. */
  readonly key?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: { readonly code: number; readonly message?: string; readonly data?: unknown };
}

/** One Enterprise project in East US with an admin's key, on a clock that does not advance by itself. */
export async function startStage(
  options: { seed?: Partial<ZillizSeed>; timings?: Partial<ZillizTimings>; store?: Store<ZillizState> } = {},
): Promise<Stage> {
  const clock = new VirtualClock();
  const [azure, faults, traffic] = [new AzureSide(), new Faults(), new Traffic()];
  const seeded = seededZillizState({
    at: clock.now(),
    projects: [{ projectId: PROJECT, name: 'orders' }],
    keys: [{ key: KEY }],
    ...options.seed,
  });
  const store = options.store ?? memoryStore(seeded);
  const timings = { ...seededTimings(), ...options.timings };
  const zilliz = await startZilliz({ clock, faults, traffic, store, provider: azure, timings });
  return {
    zilliz,
    azure,
    clock,
    faults,
    traffic,
    store,
    app: adapterFor(zilliz.baseUrl),
    call: (path, given) => request(zilliz.baseUrl, path, given),
    pass: (seconds) => clock.advanceTo(clock.now() + seconds * 1000),
  };
}

export function adapterFor(apiUrl: string, key = KEY): ZillizPort {
  const apiKeys = { keyFor: () => Promise.resolve(key), forget: () => undefined, toReplace: () => '' };
  return zillizAdapter(new ZillizClient({ apiUrl, requestTimeoutMs: 5000 }, apiKeys));
}

async function request(
  baseUrl: string,
  path: string,
  { method = 'GET', body, key = KEY }: CallOptions = {},
): Promise<Answer> {
  const response = await fetch(`${baseUrl}${path}`, {
    method,
    headers: { ...(key !== null && { authorization: `Bearer ${key}` }), 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const { status, headers } = response;
  return { status, headers, body: (await response.json()) as Answer['body'] };
}
