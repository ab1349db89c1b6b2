import { startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { usualTimeLimits } from '../../../src/wiring.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    timeLimits: { ...usualTimeLimits, besideWaitMs: 200 },
  });
});

afterEach(() => rig.stop());

// With the usual limit of one minute for each call, this would take longer than a test may.
it('a private DNS that does not respond holds up no round of the wait for Zilliz: each attempt beside it is short', async () => {
  const { faults, traffic } = rig.sandbox;
  faults.order({ call: 'privateDnsZones.put', fault: { kind: 'hang' }, times: 1 });

  const { status, result } = await rig.connect();

  expect(traffic.of('privateDnsZones.put').map(({ fault }) => fault)).toEqual(['hang', undefined]);
  expect(status).toBe('connected');
  expect(result?.writes).toMatchObject({ zone: 1, record: 2, link: 1 });
});
