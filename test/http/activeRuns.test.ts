import { sampleRequest } from '../../sandbox/rig/rig.ts';
import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import { connectionsOfRuns, syncsUnderWay } from '../../src/http/listConnections.ts';
import '../support/functionsCore.ts';
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
