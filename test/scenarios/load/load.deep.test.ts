import { connectMany } from '../../../bench/connectMany.ts';
import { connectedWorld, newcomer, withNewcomer, withZones } from '../../../bench/worlds.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { buildApp } from '../../support/builtApp.ts';
import type { BuiltApp } from '../../support/builtApp.ts';

let app: BuiltApp;

beforeAll(() => {
  app = buildApp();
});
afterAll(() => {
  app.remove();
});

it('connects fifty at once in three processes, and meets no limit of Azure or Zilliz', async () => {
  const result = await connectMany(app.directory, { connections: 50, processes: 3, speed: 20 });

  expect(result.throttled).toEqual([]);
  expect(result.connected).toBe(50);
}, 240_000);

const START = Date.UTC(2026, 5, 1, 8, 0, 0);
const ROUNDS = 12;

it.each([1, 4])(
  'keeps to the reads of private DNS that Azure allows, with %d instances, while people read and sweeps run',
  async (instances) => {
    const world = withZones(await connectedWorld('per-cluster'), 60);
    const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };
    const rig = await startRig({ world: () => withNewcomer(world, START), startAt: START, settings });
    try {
      const others = await Promise.all(
        Array.from({ length: instances - 1 }, () => rig.deployAnother({ settings })),
      );
      const apps = [rig, ...others];
      const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
      const request = { ...sampleRequest, projectId: newcomer, dns: { layout: 'per-cluster' } };
      const run = await rig.post(request);
      for (let round = 0; round < ROUNDS; round++) {
        const until = rig.clock.now() + 30_000;
        for (const app of apps) {
          await app.call('GET', '/api/connections');
          await app.call('GET', `/api/connections/${id}`);
          await app.call('POST', `/api/connections/${id}/plan`);
          if (round % 6 === 0) await app.host.runTimerTrigger('sweep');
        }
        await rig.runUntil(() => rig.clock.now() >= until);
      }

      const dns = rig.sandbox.traffic.all().filter(({ request: { url } }) => /\/privateDns/i.test(url));
      expect(dns.filter(({ response }) => response.status === 429)).toEqual([]);
      expect(dns.length).toBeGreaterThan(instances * 100);
      // GET itself may have no read left; the run has.
      await rig.finish(run);
      const ended = rig.host.instances().find(({ instanceId }) => instanceId === run);
      expect(ended?.runtimeStatus).toBe('Completed');
    } finally {
      await rig.stop();
    }
  },
);

it('a disconnect reads each of many zones few times, however often its run continues as new', async () => {
  const zones = 40;
  const world = withZones(await connectedWorld('per-cluster'), zones);
  const rig = await startRig({ world: () => world, startAt: START });
  try {
    const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
    await rig.call('DELETE', `/api/connections/${id}`);

    const { status } = await rig.finish(id);

    expect(status).toBe('disconnected');
    const reads = rig.sandbox.traffic
      .all()
      .filter(({ write, request }) => !write && /\/privateDns/i.test(request.url));
    // Two for the plan, two before the link goes, three before the rest does, one after its entry went; the lists of zones are shared.
    expect(reads.length).toBeLessThan(zones * 9);
  } finally {
    await rig.stop();
  }
});
