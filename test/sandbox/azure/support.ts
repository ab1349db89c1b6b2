import { mkdtempSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NetworkManagementClient } from '@azure/arm-network';
import { PrivateDnsManagementClient } from '@azure/arm-privatedns';
import type { PrivateDnsManagementClientOptionalParams } from '@azure/arm-privatedns';
import { startAzure } from '../../../sandbox/azure/azure.ts';
import type { Azure, AzureOptions } from '../../../sandbox/azure/azure.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import { openCertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import { memoryStore } from '../../../sandbox/kernel/store.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg-app`;
export const NETWORK = `${GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
export const SUBNET = `${NETWORK}/subnets/snet-private`;
export const ALIAS = 'zilliz.22222222-2222-4222-8222-222222222222.eastus2.azure.privatelinkservice';
export const ZONE_NAME = 'az-eastus2.vectordb.zillizcloud.com';
export const ZONE = `${GROUP}/providers/Microsoft.Network/privateDnsZones/${ZONE_NAME}`;
export const MINUTE_MS = 60_000;

export interface ArmAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when there was none. */
  readonly body: unknown;
  /** The value in the body at a path such as `properties.ipConfigurations.0.name`; undefined when there is none. */
  at(path: string): unknown;
  /** The same as text, empty when there is none. */
  textAt(path: string): string;
}

export interface AzureTestBed {
  readonly azure: Azure;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly network: NetworkManagementClient;
  readonly dns: PrivateDnsManagementClient;
  /** One request, sent as it is; `path` without host, or an absolute URL of the simulator. */
  arm(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<ArmAnswer>;
  /** Lets time pass. */
  pass(milliseconds: number): void;
  stop(): Promise<void>;
}

/** Azure with one subscription, resource group, network and private link service, and the real SDKs pointed at it. */
export async function startTestBed(
  given: Partial<Omit<AzureOptions, 'clock'>> & {
    readonly clock?: VirtualClock;
    readonly seeded?: boolean;
  } = {},
): Promise<AzureTestBed> {
  const { seeded = false, clock = new VirtualClock(), ...options } = given;
  const authority = await openCertificateAuthority(mkdtempSync(join(tmpdir(), 'azure-simulator-')));
  const [faults, traffic] = [new Faults(), new Traffic()];
  const certificate = await authority.issue(['localhost', '127.0.0.1']);
  const store = memoryStore(emptyAzureState());
  const azure = await startAzure({ clock, faults, traffic, certificate, store, ...options });
  if (!seeded) seed(azure);
  const agent = new Agent({ ca: authority.cert, keepAlive: true });
  const clients = {
    endpoint: azure.baseUrl,
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [trusting(agent)],
  };
  const credential = {
    getToken: () => Promise.resolve({ token: 'opaque', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  return {
    azure,
    clock,
    faults,
    traffic,
    network: new NetworkManagementClient(credential, SUBSCRIPTION, clients),
    dns: new PrivateDnsManagementClient(credential, SUBSCRIPTION, clients),
    arm: (method, path, body, headers) => send(agent, azure.baseUrl, { method, path, body, headers }),
    pass: (milliseconds) => clock.advanceTo(clock.now() + milliseconds),
    async stop() {
      agent.destroy();
      await azure.stop();
    },
  };
}

type Policy = NonNullable<PrivateDnsManagementClientOptionalParams['additionalPolicies']>[number];

/** Sends requests through an agent that trusts the sandbox's authority. */
function trusting(agent: Agent): Policy {
  return {
    position: 'perRetry',
    policy: {
      name: 'sandboxAuthority',
      sendRequest(outgoing, next) {
        outgoing.agent = agent;
        return next(outgoing);
      },
    },
  };
}

function seed({ control }: Azure): void {
  control.addSubscription({ subscriptionId: SUBSCRIPTION });
  control.addResourceGroup({ id: GROUP, location: 'eastus' });
  control.addVirtualNetwork({
    id: NETWORK,
    location: 'eastus',
    addressPrefixes: ['10.1.0.0/16'],
    subnets: [{ name: 'snet-private', addressPrefix: '10.1.2.0/24' }],
  });
  control.addPrivateLinkService({ alias: ALIAS, location: 'eastus2' });
}

function send(
  agent: Agent,
  baseUrl: string,
  call: {
    method: string;
    path: string;
    body: unknown;
    headers: Readonly<Record<string, string>> | undefined;
  },
): Promise<ArmAnswer> {
  const url = new URL(call.path, baseUrl);
  if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', '2024-06-01');
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        method: call.method,
        agent,
        headers: { authorization: 'Bearer opaque', 'content-type': 'application/json', ...call.headers },
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const body: unknown = text === '' ? null : JSON.parse(text);
          const headers = Object.fromEntries(
            Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
          );
          const at = (path: string): unknown => valueAt(body, path);
          const textAt = (path: string): string => {
            const value = at(path);
            return typeof value === 'string' ? value : '';
          };
          resolve({ status: incoming.statusCode ?? 0, headers, body, at, textAt });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(call.body === undefined ? undefined : JSON.stringify(call.body));
  });
}

function valueAt(body: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((value, name) => (value instanceof Object ? Reflect.get(value, name) : undefined), body);
}

/** The body of the PUT that the guide's manual connection needs. */
export function endpointBody(change: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    location: 'eastus',
    properties: {
      subnet: { id: SUBNET },
      manualPrivateLinkServiceConnections: [
        {
          name: 'zilliz',
          properties: { privateLinkServiceId: ALIAS, groupIds: [], requestMessage: 'please' },
        },
      ],
    },
    ...change,
  };
}

export function endpointPath(name: string): string {
  return `${GROUP}/providers/Microsoft.Network/privateEndpoints/${name}`;
}
