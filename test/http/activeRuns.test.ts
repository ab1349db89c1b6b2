import { sampleRequest } from '../../sandbox/rig/rig.ts';
import {
  connectionFrom,
  connectionRequestSchema,
  connectionSchema,
} from '../../src/domain/connection/connection.ts';
import { connectionsOfRuns, syncsUnderWay, unreadableRuns } from '../../src/http/listConnections.ts';
import { anInstance } from './workflowClients.ts';

const connection = connectionFrom(connectionRequestSchema.parse(sampleRequest));
const { projectId, regionId } = sampleRequest;
const runs = [
  anInstance({ instanceId: connection.id, name: 'connect', input: { connection } }),
  anInstance({ instanceId: 'sync-az-eastus-0123456789ab', name: 'sync', input: { projectId, regionId } }),
];

it.each([
  ['within the bounds are', { projects: [projectId], scopes: ['/subscriptions'] }, 1, 1],
  ['of another project are not', { projects: ['proj-of-others'], scopes: null }, 0, 0],
  ['in another scope are not', { projects: null, scopes: ['/subscriptions/other'] }, 0, 1],
])('runs %s listed', (_, allowed, connections, syncs) => {
  expect(connectionsOfRuns(runs, allowed)).toHaveLength(connections);
  expect(syncsUnderWay(runs, allowed)).toHaveLength(syncs);
});

test('a run whose input cannot be read is listed as such, unless it may be outside the bounds', () => {
  const unreadable = [
    anInstance({ instanceId: connection.id, name: 'connect', input: { connection: 'odd' } }),
  ];
  const bounded = { projects: [projectId], scopes: null };

  expect(connectionsOfRuns(unreadable, { projects: null, scopes: null })).toMatchObject([
    { id: connection.id, regionId, projectId: null },
  ]);
  expect(connectionsOfRuns(unreadable, bounded)).toEqual([]);
  expect(unreadableRuns([...unreadable, ...runs], bounded)).toEqual([
    { scope: connection.id, reason: 'the input of its run cannot be read' },
  ]);
});

test.each([
  ['subscriptionId', { subscriptionId: '5f1d8c2a-7b3e-4d6f-9a10-2c4e6f8a0b1d' }],
  ['virtualNetworkId', { virtualNetworkId: `${connection.virtualNetworkId}-2` }],
  ['zoneResourceGroupId', { zoneResourceGroupId: `${connection.zoneResourceGroupId}-2` }],
  ['linkedNetworks', { linkedNetworks: [`${connection.virtualNetworkId}-2`] }],
  ['privateEndpoint', { privateEndpoint: { ...connection.privateEndpoint, resourceGroup: 'rg-2' } }],
])(
  'an input whose %s is not the computed one is not read: the bounds are checked on other IDs',
  (_, change) => {
    expect(connectionSchema.safeParse(connection).success).toBe(true);
    expect(connectionSchema.safeParse({ ...connection, ...change }).success).toBe(false);
  },
);
