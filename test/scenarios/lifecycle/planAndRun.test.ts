import fc from 'fast-check';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { runs } from '../../support/propertyRuns.ts';
import { userAtConsoles, writes, zoneId } from './support.ts';
import type { PlanBody } from './support.ts';

const request = { ...sampleRequest, privateEndpoint: { name: 'pe-by-hand' } };
const records = sample.clusterIds.map((clusterId) => `${clusterId}-privatelink`);

/** What was there before anybody asked us; each part by itself may be there or not. */
interface World {
  readonly endpoint: boolean;
  readonly registered: boolean;
  readonly zone: 'none' | 'by-hand' | 'ours';
  readonly linked: boolean;
  readonly registration: boolean;
  /** For each record: absent, right, or at another address. */
  readonly records: readonly ('none' | 'right' | 'wrong')[];
  readonly foreign: boolean;
  readonly layout: 'regional' | 'per-cluster';
}

const worlds: fc.Arbitrary<World> = fc.record({
  endpoint: fc.boolean(),
  registered: fc.boolean(),
  zone: fc.constantFrom('none', 'by-hand', 'ours'),
  linked: fc.boolean(),
  registration: fc.boolean(),
  records: fc.tuple(
    fc.constantFrom('none', 'right', 'wrong'),
    fc.constantFrom('none', 'none', 'right', 'right', 'wrong'),
  ),
  foreign: fc.boolean(),
  layout: fc.constantFrom('regional', 'regional', 'per-cluster'),
});

async function build(rig: Rig, world: World): Promise<void> {
  const user = userAtConsoles(rig);
  const { control } = rig.sandbox.azure;
  const id = `${sample.resourceGroupId}/providers/Microsoft.Network/privateEndpoints/pe-by-hand`;
  if (world.endpoint) {
    await user.authorizeSubscription();
    await user.putEndpoint(id);
    if (world.registered) await user.register(user.endpointId(id));
  }
  if (world.zone === 'none') return;
  control.addZone({
    id: zoneId,
    tags: world.zone === 'ours' ? { 'zpl-made': '2026-11-28T10:00:00.000Z' } : {},
  });
  if (world.linked) {
    const registrationEnabled = world.registration;
    const { virtualNetworkId } = sample;
    control.addLink({ id: `${zoneId}/virtualNetworkLinks/l`, virtualNetworkId, registrationEnabled });
  }
  for (const [index, state] of world.records.entries()) {
    if (state === 'none') continue;
    // Without an endpoint no record is right, and no plan knows which address the new one gets.
    const right = world.endpoint ? user.addressOf(id) : '10.9.9.7';
    const addresses = [state === 'right' ? right : '10.9.9.9'];
    control.setRecord({ zoneId, name: records[index] ?? '', addresses, ttl: 600 });
  }
  if (world.foreign) control.setRecord({ zoneId, name: 'else', addresses: ['10.9.9.8'] });
}

/** The write that each row means. */
const calls: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'whitelist entry': { create: 'zilliz.addWhitelistEntry' },
  'private endpoint': { create: 'privateEndpoints.put', adopt: 'tags.patch', tag: 'tags.patch' },
  registration: { create: 'zilliz.createPrivateEndpoint', delete: 'zilliz.deletePrivateEndpoint' },
  'private DNS zone': {
    create: 'privateDnsZones.put',
    adopt: 'tags.patch',
    delete: 'privateDnsZones.delete',
  },
  'owner entry': { create: 'recordSets.put', update: 'recordSets.put', delete: 'recordSets.delete' },
  'virtual network link': {
    create: 'virtualNetworkLinks.put',
    adopt: 'tags.patch',
    update: 'virtualNetworkLinks.patch',
    delete: 'virtualNetworkLinks.delete',
  },
  'A record set': {
    create: 'recordSets.put',
    adopt: 'recordSets.put',
    update: 'recordSets.put',
    delete: 'recordSets.delete',
  },
};

function expected({ rows }: PlanBody): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const count = (call: string): void => {
    counts[call] = (counts[call] ?? 0) + 1;
  };
  for (const { resource, action } of rows) {
    if (['keep', 'wait', 'manual', 'conflict'].includes(action)) continue;
    count(calls[resource]?.[action] ?? `${action} ${resource}`);
  }
  return counts;
}

/** The outcome of the verification is noted at the private endpoint. */
function withNote(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return { ...counts, 'tags.patch': (counts['tags.patch'] ?? 0) + 1 };
}

test('in random worlds a run writes what its plan said, and nothing when the plan names a problem', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (world) => {
      const rig = await startRig();
      try {
        await build(rig, world);
        rig.sandbox.traffic.clear();
        const body = { ...request, dns: { layout: world.layout } };
        const plan = (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
        expect(writes(rig)).toEqual({});

        const { status, problem } = await rig.connect(body);

        if (plan.problems.length > 0) {
          expect(status).toBe('failed');
          expect(problem).not.toBeNull();
          expect(writes(rig)).toEqual({});
          return;
        }
        // A record in conflict stops only its own cluster.
        const isWhole = plan.rows.every(({ action }) => action !== 'conflict');
        expect(status).toBe(isWhole ? 'connected' : 'degraded');
        expect(problem === null).toBe(isWhole);
        expect(writes(rig)).toEqual(withNote(expected(plan)));

        rig.sandbox.traffic.clear();
        const again = (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
        expect(again.rows.filter(({ action }) => !['keep', 'conflict'].includes(action))).toEqual([]);
        await rig.connect(body);
        expect(writes(rig)).toEqual({});
      } finally {
        await rig.stop();
      }
    }),
    { numRuns: Number(process.env.LIFECYCLE_WORLDS ?? runs(50)), endOnFailure: true },
  );
}, 1_800_000);
