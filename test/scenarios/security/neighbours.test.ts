import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { inGate } from '../../support/inGate.ts';
import { disconnect, footprint } from '../lifecycle/support.ts';

const otherGroup = sample.resourceGroupId.replace('rg-app', 'rg-other');

let rig: Rig;
let id: string;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const { virtualNetworkId, resourceGroupId: zoneResourceGroupId } = sample;
  const { control } = rig.sandbox.azure;
  control.addResourceGroup({ id: otherGroup });
  deployRoles(
    control,
    { virtualNetworkId },
    { virtualNetworkId, endpointResourceGroupId: otherGroup, zoneResourceGroupId },
  );
  ({ id } = await rig.connect());
  const neighbour = await rig.connect({
    ...{ ...sampleRequest, projectId: projectWithoutClusters() },
    privateEndpoint: { name: 'pe-neighbour', resourceGroup: 'rg-other' },
    dns: { zoneResourceGroupId },
  });
  expect(neighbour.status).toBe('connected');
});

afterEach(() => rig.stop());

function projectWithoutClusters(): string {
  const { control } = rig.sandbox.zilliz;
  const projectId = control.addProject({ name: 'Other' });
  rig.sandbox.keyVault.control.setSecret(`zilliz-api-key-${projectId}`, control.addKey());
  return projectId;
}

function retag(change: (tags: Readonly<Record<string, string>>) => Readonly<Record<string, string>>): void {
  const { control } = rig.sandbox.azure;
  const found = Object.values(control.snapshot().network.privateEndpoints).find(
    ({ name }) => name === 'pe-neighbour',
  );
  if (!found) throw new Error('The neighbour has no private endpoint.');
  control.setTags(found.id, change(found.tags));
}

const troubles: Readonly<Record<string, () => void>> = {
  'is as it was left': () => undefined,
  'has lost managed-by to a policy': () => retag((tags) => ({ ...tags, 'managed-by': 'platform-team' })),
  'shows its tag names in capitals': () =>
    retag((tags) =>
      Object.fromEntries(Object.entries(tags).map(([name, value]) => [name.toUpperCase(), value])),
    ),
  'has an odd project in its tags': () => retag((tags) => ({ ...tags, 'zpl-project': '../x' })),
  'has an odd region in its tags': () => retag((tags) => ({ ...tags, 'zpl-region': 'AZ-EASTUS' })),
};

test.each(inGate(Object.keys(troubles), 'is as it was left', 'has lost managed-by to a policy'))(
  'DELETE leaves link and zone to a neighbour without a record in the same network and zone that %s',
  async (trouble) => {
    troubles[trouble]?.();
    const { zones, links } = footprint(rig);

    const { status, removal } = await disconnect(rig, id);

    expect(status).toBe('disconnected');
    expect(footprint(rig)).toMatchObject({ zones, links });
    expect(removal?.kept.map(({ resource }) => resource).toSorted()).toEqual([
      'private DNS zone',
      'virtual network link',
    ]);
  },
);
