import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { Faults } from '../../../sandbox/kernel/faults.ts';
import type { Operation, Reply } from '../../../sandbox/kernel/operation.ts';
import { startSimulator } from '../../../sandbox/kernel/simulator.ts';
import { Traffic } from '../../../sandbox/kernel/traffic.ts';
import { ArmCalls } from '../../../src/adapters/azure/armCalls.ts';
import { ArmClients } from '../../../src/adapters/azure/armClients.ts';
import { trustedAuthority } from '../trust.ts';

export interface ArmServer {
  readonly arm: ArmCalls;
  readonly faults: Faults;
  readonly traffic: Traffic;
  readonly baseUrl: string;
  /** What the next calls are answered, by operation name; the last answer stays. */
  answer(operation: string, ...replies: readonly Reply[]): void;
  stop(): Promise<void>;
}

/** The paths of ARM that the adapters call, by the names for which tests give responses. */
const group = '/subscriptions/{s}/resourceGroups/{rg}';
const network = `${group}/providers/Microsoft.Network`;
const paths: readonly (readonly [name: string, method: string, path: string])[] = [
  ['endpoint.get', 'GET', `${network}/privateEndpoints/{name}`],
  ['endpoint.put', 'PUT', `${network}/privateEndpoints/{name}`],
  ['endpoint.delete', 'DELETE', `${network}/privateEndpoints/{name}`],
  ['endpoint.list', 'GET', `${network}/privateEndpoints`],
  ['interface.get', 'GET', `${network}/networkInterfaces/{name}`],
  ['network.get', 'GET', `${network}/virtualNetworks/{name}`],
  ['network.usages', 'GET', `${network}/virtualNetworks/{name}/usages`],
  ['subnet.get', 'GET', `${network}/virtualNetworks/{network}/subnets/{name}`],
  ['securityGroup.get', 'GET', `${network}/networkSecurityGroups/{name}`],
  ['routeTable.get', 'GET', `${network}/routeTables/{name}`],
  ['zone.get', 'GET', `${network}/privateDnsZones/{zone}`],
  ['zone.put', 'PUT', `${network}/privateDnsZones/{zone}`],
  ['zone.delete', 'DELETE', `${network}/privateDnsZones/{zone}`],
  ['zone.list', 'GET', '/subscriptions/{s}/providers/Microsoft.Network/privateDnsZones'],
  ['link.list', 'GET', `${network}/privateDnsZones/{zone}/virtualNetworkLinks`],
  ['link.get', 'GET', `${network}/privateDnsZones/{zone}/virtualNetworkLinks/{name}`],
  ['link.put', 'PUT', `${network}/privateDnsZones/{zone}/virtualNetworkLinks/{name}`],
  ['link.patch', 'PATCH', `${network}/privateDnsZones/{zone}/virtualNetworkLinks/{name}`],
  ['link.delete', 'DELETE', `${network}/privateDnsZones/{zone}/virtualNetworkLinks/{name}`],
  ['record.list', 'GET', `${network}/privateDnsZones/{zone}/A`],
  ['record.listAll', 'GET', `${network}/privateDnsZones/{zone}/ALL`],
  ['record.get', 'GET', `${network}/privateDnsZones/{zone}/A/{name}`],
  ['record.put', 'PUT', `${network}/privateDnsZones/{zone}/A/{name}`],
  ['record.delete', 'DELETE', `${network}/privateDnsZones/{zone}/A/{name}`],
  ['group.get', 'GET', group],
  ['tags.patch', 'PATCH', `${network}/privateEndpoints/{name}/providers/Microsoft.Resources/tags/default`],
  ['permissions.list', 'GET', `${group}/providers/Microsoft.Authorization/permissions`],
  ['resources.list', 'GET', '/subscriptions/{s}/resources'],
  ['subscriptions.list', 'GET', '/subscriptions'],
  [
    'visibility.post',
    'POST',
    '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Network/locations/{l}/checkPrivateLinkServiceVisibility',
  ],
  ['operation.get', 'GET', '/operations/{id}'],
];

/** The real SDKs over a real socket, answered as the test says. */
export async function startArmServer(
  options: { readonly requestTimeoutMs?: number } = {},
): Promise<ArmServer> {
  const authority = await trustedAuthority();
  const answers = new Map<string, Reply[]>();
  const faults = new Faults();
  const traffic = new Traffic();
  const operations = paths.map(([name, method, path]): Operation => ({
    name,
    method,
    path,
    write: method !== 'GET',
    handle() {
      const queue = answers.get(name) ?? [];
      const next = queue.length > 1 ? queue.shift() : queue[0];
      return next ?? { status: 501, body: { error: { code: 'NotPrepared', message: name } } };
    },
  }));
  const server = await startSimulator({
    service: 'azure',
    operations,
    clock: new VirtualClock(),
    faults,
    traffic,
    certificate: await authority.issue(['localhost']),
  });
  const clients = new ArmClients(
    {
      endpoint: server.baseUrl,
      scope: `${server.baseUrl}/.default`,
      requestTimeoutMs: options.requestTimeoutMs ?? 5000,
    },
    { getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
  );
  return {
    arm: new ArmCalls(clients, 20_000),
    faults,
    traffic,
    baseUrl: server.baseUrl,
    answer: (operation, ...replies) => {
      answers.set(operation, [...replies]);
    },
    stop: () => server.stop(),
  };
}

const interactionSchema = z.object({
  seq: z.number(),
  request: z.object({ method: z.string(), url: z.string() }),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
});

/** The answer that Azure gave in a recorded conversation: of the given status, to a call whose URL ends so. */
export function recorded(conversation: string, method: string, urlPart: string, status = 200): Reply {
  const path = join(import.meta.dirname, '../../fixtures/arm-recordings', `${conversation}.json`);
  const interactions = z.array(interactionSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  const found = interactions.find(
    ({ request, response }) =>
      request.method === method && request.url.includes(urlPart) && response.status === status,
  );
  if (!found) throw new Error(`${conversation} has no ${method} ${urlPart} answered ${status}`);
  return { status, body: found.response.body };
}
