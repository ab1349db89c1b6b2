import { connectedWorld, withConnections } from '../../../bench/worlds.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';

const CONNECTIONS = 30;
const THROTTLED = {
  kind: 'status',
  status: 429,
  body: { code: 63207, message: 'Too many requests' },
} as const;
const startAt = Date.UTC(2026, 5, 1, 8, 0, 0);
const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));

let regional: SampleWorld;
let rig: Rig;

beforeAll(async () => {
  regional = await connectedWorld('regional');
});
afterEach(() => rig.stop());

async function rigOf(connections: number): Promise<Rig> {
  const world = withConnections(regional, connections);
  rig = await startRig({ world: () => world, startAt, settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  return rig;
}

async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  const syncs = () => rig.host.instances().filter(({ name }) => name === 'sync');
  await rig.host.runUntil(() => syncs().every(({ runtimeStatus }) => runtimeStatus === 'Completed'));
}

function answered(operation: string): number {
  return rig.sandbox.traffic.of(operation).filter(({ response }) => response.status === 200).length;
}

it('a sweep lists the subscription once, the clusters of a key once, and each project once', async () => {
  await rigOf(CONNECTIONS);

  await sweep();

  expect(answered('resources.list')).toBe(1);
  expect(answered('virtualNetworks.get')).toBe(1);
  expect(answered('zilliz.listClusters')).toBe(1);
  expect(answered('zilliz.listPrivateEndpoints')).toBe(CONNECTIONS);
  expect(rig.sandbox.traffic.writes()).toEqual([]);
});

it('a round of a sweep that Zilliz holds up for long goes on with what it has read', async () => {
  await rigOf(1);
  // More than one execution of the run holds: it continues as new in between.
  rig.sandbox.faults.order({ call: 'zilliz.listClusters', times: 40, fault: THROTTLED });

  await sweep();

  expect(rig.sandbox.traffic.of('zilliz.listClusters')).toHaveLength(41);
  // The sweep's own list serves for two minutes only.
  expect(answered('resources.list')).toBe(2);
  expect(answered('zilliz.listPrivateEndpoints')).toBe(1);
});

it('a disconnect reads the endpoints of many others by lists', async () => {
  await rigOf(CONNECTIONS);

  await rig.call('DELETE', `/api/connections/${id}`);
  const { status } = await rig.finish(id);

  expect(status).toBe('disconnected');
  expect(rig.sandbox.traffic.of('privateEndpoints.get').length).toBeLessThan(20);
});
