import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { wantedTags } from '../../../src/domain/connection/endpointTags.ts';
import type { Outcome } from '../../../src/domain/failure/failure.ts';
import { fail, failed, succeeded } from '../../../src/domain/failure/failure.ts';
import type { PrivateEndpoint } from '../../../src/domain/resources/model.ts';
import type { Act, ZillizFacts } from '../../../src/domain/resources/proof.ts';
import { proofFor, proofForRemoval } from '../../../src/domain/resources/proof.ts';
import { defaultZillizStatuses } from '../../../src/domain/resources/registration.ts';

const connection = connectionFrom(
  connectionRequestSchema.parse({
    ...{ projectId: 'proj-0123456789abcdef', regionId: 'az-eastus' },
    subnetId:
      '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/snet',
  }),
);
const { id, name } = connection.privateEndpoint;
const resourceGuid = '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d';
const current = `${name}.${resourceGuid}`;
const service = 'zilliz.abc.eastus.azure.privatelinkservice';

const genuine: PrivateEndpoint = {
  ...{ id, name, resourceGuid, location: 'eastus', subnetId: connection.subnetId, target: service },
  ...{ tags: wantedTags(connection, null), networkInterfaceId: null, connectionName: name, manual: true },
  provisioningState: 'Succeeded',
  connectionState: { status: 'Approved', text: 'Approved', description: '' },
};

function zilliz(status: string | null, named: string | null = service): Outcome<ZillizFacts> {
  const endpoint = { endpointId: current.toUpperCase(), regionId: 'az-eastus', status: status ?? '' };
  return succeeded({ service: named, registered: status === null ? [] : [endpoint] });
}

interface World {
  readonly endpoint?: Partial<PrivateEndpoint>;
  readonly zilliz?: Outcome<ZillizFacts>;
  readonly unregisteredByRun?: readonly string[];
}

const state = (status: 'Rejected' | 'Disconnected') => ({
  connectionState: { status, text: status, description: '' },
});

/** What each act finds in each world: `ok`, or the code of what is missing. */
const table: readonly (readonly [string, World, Readonly<Record<Act, string>>])[] = [
  ['registered and ready', {}, { records: 'ok', endpoint: 'ok', removal: 'ok' }],
  [
    'not registered',
    { zilliz: zilliz(null) },
    { records: 'endpoint-not-registered', endpoint: 'ok', removal: 'ok' },
  ],
  [
    'registered and not ready',
    { zilliz: zilliz('PENDING') },
    { records: 'endpoint-not-registered', endpoint: 'ok', removal: 'ok' },
  ],
  [
    'no resource GUID shown',
    { endpoint: { resourceGuid: null } },
    { records: 'endpoint-not-registered', endpoint: 'ok', removal: 'ok' },
  ],
  [
    'Zilliz down',
    { zilliz: failed(fail('zilliz-unavailable', 'HTTP 503').failure) },
    { records: 'zilliz-unavailable', endpoint: 'zilliz-unavailable', removal: 'zilliz-unavailable' },
  ],
  [
    'a key that Zilliz refuses, and a rejected endpoint',
    { zilliz: failed(fail('zilliz-key-rejected', '401').failure), endpoint: state('Rejected') },
    { records: 'zilliz-key-rejected', endpoint: 'zilliz-key-rejected', removal: 'zilliz-key-rejected' },
  ],
  [
    'Zilliz down after this run has removed the registration',
    { zilliz: failed(fail('zilliz-unavailable', 'HTTP 503').failure), unregisteredByRun: [current] },
    { records: 'zilliz-unavailable', endpoint: 'zilliz-unavailable', removal: 'ok' },
  ],
  [
    'no service named, registered',
    { zilliz: zilliz('AVAILABLE', null) },
    { records: 'endpoint-service-not-listed', endpoint: 'endpoint-service-not-listed', removal: 'ok' },
  ],
  [
    'no service named, not registered',
    { zilliz: zilliz(null, null) },
    {
      records: 'endpoint-service-not-listed',
      endpoint: 'endpoint-service-not-listed',
      removal: 'endpoint-service-not-listed',
    },
  ],
  [
    'no service named, registration removed by this run',
    { zilliz: zilliz(null, null), unregisteredByRun: [current] },
    { records: 'endpoint-service-not-listed', endpoint: 'endpoint-service-not-listed', removal: 'ok' },
  ],
  [
    'an own service as target',
    { endpoint: { target: 'own.abc.eastus.azure.privatelinkservice' } },
    { records: 'endpoint-changed', endpoint: 'endpoint-changed', removal: 'endpoint-changed' },
  ],
  [
    'another target, disconnected',
    { endpoint: { target: 'own', ...state('Disconnected') } },
    { records: 'endpoint-changed', endpoint: 'endpoint-changed', removal: 'ok' },
  ],
  [
    'another subnet',
    { endpoint: { subnetId: connection.subnetId.replace('snet', 'snet-2') } },
    { records: 'endpoint-changed', endpoint: 'endpoint-changed', removal: 'ok' },
  ],
  [
    'marks that were copied from another endpoint',
    { endpoint: { id: id.replace('/rg/', '/rg-2/') } },
    { records: 'endpoint-changed', endpoint: 'endpoint-changed', removal: 'endpoint-changed' },
  ],
  [
    'marks that were taken off',
    { endpoint: { tags: {} } },
    { records: 'endpoint-changed', endpoint: 'endpoint-changed', removal: 'endpoint-changed' },
  ],
];

const acts = ['records', 'endpoint', 'removal'] as const;

test.each(table.flatMap(([world, facts, expected]) => acts.map((act) => ({ act, world, facts, expected }))))(
  '$act, $world',
  ({ act, facts, expected }) => {
    const { endpoint: change, zilliz: read = zilliz('AVAILABLE'), unregisteredByRun = [] } = facts;
    const endpoint = { ...genuine, ...change };
    const proof =
      act === 'removal'
        ? proofForRemoval(connection.id, endpoint, { zilliz: read, unregisteredByRun })
        : proofFor(act, { connection, endpoint, zilliz: read, statuses: defaultZillizStatuses });

    expect(proof.ok ? 'ok' : proof.failure.code).toBe(expected[act]);
  },
);
