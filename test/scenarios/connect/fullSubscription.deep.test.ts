import { defaultTimings } from '../../../sandbox/azure/timings.ts';
import { emptyAzureState } from '../../../sandbox/azure/state/schema.ts';
import { seededRandom } from '../../../sandbox/azure/state/random.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sampleWorld } from '../../../sandbox/sampleWorld.ts';
import { zoneId } from '../lifecycle/support.ts';

let rig: Rig | undefined;

afterEach(() => rig?.stop());

it('a subscription that holds all zones it may hold ends the run with the words of Azure', async () => {
  // The clock does not advance while an activity follows an operation: only the first one takes its time.
  const durations = [15_000];
  const azure = { ...defaultTimings(seededRandom(emptyAzureState())), zone: () => durations.pop() ?? 0 };
  rig = await startRig({
    timings: { azure },
    world(at) {
      const world = sampleWorld(at);
      for (let number = 0; number < 1000; number++) {
        const name = `zone-${number}.example.com`;
        const id = zoneId.replace(/[^/]+$/, name);
        world.azure.dns.zones[id.toLowerCase()] = {
          id,
          name,
          tags: {},
          etag: `"${number}"`,
          internalId: name,
        };
      }
      return world;
    },
  });

  const view = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });

  expect(view).toMatchObject({ status: 'failed', problem: { code: 'azure-limit' } });
  expect(view.problem?.detail).toContain('1000 private DNS zones');
  // The reason takes as long as Azure: the wait for Zilliz is not held up for it.
  const [first, ...others] = rig.sandbox.traffic.of('privateDnsZones.put');
  const again = others.find(({ request }) => request.url === first?.request.url);
  const waited = view.phases.find(({ phase }) => phase === 'await-allocation');
  expect(again?.at).toBeGreaterThanOrEqual(Date.parse(waited?.endedAt ?? ''));
});
