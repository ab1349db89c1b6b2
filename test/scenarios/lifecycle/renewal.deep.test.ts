import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { connectAfterADay, footprint } from './support.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

test('a run that renews itself goes on with the zone of the hub that it found', async () => {
  const hub = sample.resourceGroupId.replace('rg-app', 'rg-hub');
  const zone = `${hub}/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`;
  const { control } = rig.sandbox.azure;
  control.addResourceGroup({ id: hub });
  deployRoles(control, { virtualNetworkId: sample.virtualNetworkId, zoneResourceGroupId: hub });
  control.addZone({ id: zone });
  control.addLink({ id: `${zone}/virtualNetworkLinks/hub`, virtualNetworkId: sample.virtualNetworkId });

  const { status } = await connectAfterADay(rig, sampleRequest);

  expect(status).toBe('connected');
  expect(Object.keys(footprint(rig).zones)).toEqual([zone.toLowerCase()]);
  expect(Object.keys(footprint(rig).records)).toHaveLength(2);
});

test('undo after a renewal knows what was there before the run, and what it made before it renewed itself', async () => {
  rig.sandbox.azure.control.addZone({
    id: `${sample.resourceGroupId}/providers/Microsoft.Network/privateDnsZones/az-eastus.vectordb.zillizcloud.com`,
    tags: { owner: 'network team' },
  });
  const before = footprint(rig);
  const body = { error: { code: 'ScopeLocked', message: 'The scope is locked.' } };
  const fault = { kind: 'status', status: 409, body } as const;
  rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault, times: 'always' });

  const { status } = await connectAfterADay(rig, { ...sampleRequest, onFailure: 'undo' });

  expect(status).toBe('failed');
  expect(footprint(rig)).toEqual(before);
});
