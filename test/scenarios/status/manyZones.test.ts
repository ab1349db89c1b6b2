import { connectedWorld, withZones } from '../../../bench/worlds.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import type { ConnectionView } from '../../../src/http/views/connectionView.ts';
import { nightly } from '../../support/inGate.ts';

const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };
const { id } = connectionFrom(connectionRequestSchema.parse(request));
let world: SampleWorld;
let rig: Rig;

// A request may make 20 reads of private DNS, and each zone of a cluster is one.
beforeAll(async () => {
  world = withZones(await connectedWorld('per-cluster'), 70);
});

beforeEach(async () => {
  const startAt = Date.UTC(2026, 5, 1, 8, 0, 0);
  rig = await startRig({
    world: () => structuredClone(world),
    startAt,
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
  });
});

afterEach(() => rig.stop());

async function get(path = ''): Promise<ConnectionView> {
  return (await rig.call('GET', `/api/connections/${id}${path}`)).body as ConnectionView;
}

async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  const syncs = () => rig.host.instances().filter(({ name }) => name === 'sync');
  await rig.host.runUntil(() => syncs().every(({ runtimeStatus }) => runtimeStatus === 'Completed'));
}

describe('a connection with a zone for each of 70 clusters', () => {
  it('is unknown in GET while no run and no sweep has read it whole, with what is missing', async () => {
    const { status, source, live } = await get();

    expect({ status, source }).toEqual({ status: 'unknown', source: 'live' });
    expect(live?.incomplete.length).toBeGreaterThan(0);
  });

  it('has the status of the last sweep in GET, and its time', async () => {
    await sweep();
    const swept = rig.clock.now();
    rig.clock.advanceTo(swept + 120_000);

    const { status, source, asOf, live } = await get();

    expect({ status, source }).toEqual({ status: 'connected', source: 'view' });
    expect(Date.parse(asOf)).toBeLessThanOrEqual(swept);
    expect(live?.privateEndpoint).toMatchObject({ connectionState: 'Approved' });
  });

  nightly(
    'has the status of its run in GET when that has just ended, so that a pipeline goes on',
    async () => {
      await rig.connect(request);

      expect(await get('/run')).toMatchObject({ status: 'connected', source: 'view', exitCode: 0 });
    },
  );

  it('is degraded in GET at once when a record that is read is wrong', async () => {
    await sweep();
    const { azure } = rig.sandbox;
    const zones = Object.values(azure.control.snapshot().dns.zones);
    for (const zone of zones)
      azure.control.setRecord({ zoneId: zone.id, name: '@', addresses: ['10.9.9.9'] });
    rig.clock.advanceTo(rig.clock.now() + 120_000);

    expect(await get()).toMatchObject({ status: 'degraded', source: 'live' });
  });
});
