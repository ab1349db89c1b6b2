import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection.ts';
import type { Connection } from '../../src/domain/connection.ts';
import { endpointTags } from '../../src/domain/marks.ts';
import type { PrivateEndpoint, Tags } from '../../src/domain/model.ts';
import { storedConnection } from '../../src/domain/storedConnection.ts';

const network =
  '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet-app';

function asked(change: object = {}): Connection {
  return connectionFrom(
    connectionRequestSchema.parse({
      projectId: 'proj-0123456789abcdef',
      regionId: 'az-eastus',
      subnetId: `${network}/subnets/snet-endpoints`,
      ...change,
    }),
  );
}

function tagsOf(connection: Connection, whitelistedAt: string | null = null): Tags {
  const { id: connectionId, projectId, regionId, spec } = connection;
  return endpointTags(
    { connectionId, projectId, regionId, whitelistedAt, spec },
    connection.privateEndpoint.tags,
  );
}

function endpointOf(connection: Connection, tags: Tags): PrivateEndpoint {
  return {
    id: connection.privateEndpoint.id,
    name: connection.privateEndpoint.name,
    location: 'eastus',
    tags,
    subnetId: connection.subnetId,
    provisioningState: 'Succeeded',
    resourceGuid: 'd73e9b55-7b9c-4f8d-8f0a-40e737f1ccbf',
    networkInterfaceId: null,
    target: 'alias',
    connectionName: connection.privateEndpoint.name,
    manual: true,
    connectionState: { status: 'Approved', text: 'Approved', description: '' },
  };
}

test.each([
  ['with nothing but the required fields', {}],
  [
    'with everything said',
    {
      privateEndpoint: { name: 'pe-mine', resourceGroup: 'rg-endpoints', tags: { owner: 'search' } },
      clusters: ['in01-0123456789abcde'],
      dns: {
        layout: 'per-cluster',
        hiddenNames: 'refuse',
        zoneResourceGroupId: '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122224444/resourceGroups/rg-hub',
        linkedNetworks: [network, `${network}2`],
      },
    },
  ],
])('a request %s comes back whole from the marks of its endpoint', (_, change) => {
  const connection = asked(change);

  const stored = storedConnection(endpointOf(connection, tagsOf(connection, '2026-11-24T10:00:00Z')));

  expect(stored).toMatchObject({
    connection: { ...connection },
    whitelistedAt: '2026-11-24T10:00:00Z',
    specReadable: true,
    marked: true,
  });
});

test('options of a run are not stored: a stored connection adopts, keeps and waits for an hour', () => {
  const connection = asked({ adopt: 'never', onFailure: 'undo', deadlineMinutes: 10 });

  expect(storedConnection(endpointOf(connection, tagsOf(connection)))?.connection).toMatchObject({
    adopt: 'matching',
    onFailure: 'keep',
    deadlineMinutes: 60,
  });
});

test('an endpoint without marks is no connection of ours', () => {
  expect(storedConnection(endpointOf(asked(), { owner: 'search' }))).toBeNull();
});

test('marks copied to another endpoint give themselves away', () => {
  const connection = asked();
  const copy = asked({ privateEndpoint: { name: 'pe-copy' } });

  expect(storedConnection(endpointOf(copy, tagsOf(connection)))).toBeNull();
});

test('a specification that was cut is said to be unreadable, and the connection is still found', () => {
  const connection = asked({ clusters: ['in01-0123456789abcde'] });
  const tags = { ...tagsOf(connection), 'zpl-spec-0': '{"v":1' };

  expect(storedConnection(endpointOf(connection, tags))).toMatchObject({
    connection: { id: connection.id },
    specReadable: false,
  });
});

test('a connection whose mark managed-by was taken away is known by its other marks', () => {
  const connection = asked();
  const tags = Object.fromEntries(
    Object.entries(tagsOf(connection)).filter(([name]) => name !== 'managed-by'),
  );

  expect(storedConnection(endpointOf(connection, tags))).toMatchObject({ marked: false });
});
