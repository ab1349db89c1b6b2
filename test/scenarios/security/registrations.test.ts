import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import {
  changes,
  disconnect,
  drift,
  footprint,
  reconcile,
  userAtConsoles,
  zoneId,
} from '../lifecycle/support.ts';
import type { Ended } from '../lifecycle/support.ts';

const otherGroup = sample.resourceGroupId.replace('rg-app', 'rg-other');
const network = 'providers/Microsoft.Network';
const [firstCluster, secondCluster] = sample.clusterIds;
const request = { ...sampleRequest, privateEndpoint: { name: 'pe-first' }, clusters: [firstCluster] };

let rig: Rig;
let first: ConnectionBody;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const { control } = rig.sandbox.azure;
  const { virtualNetworkId } = sample;
  control.addResourceGroup({ id: otherGroup });
  deployRoles(control, { virtualNetworkId }, { virtualNetworkId, endpointResourceGroupId: otherGroup });
  first = await rig.connect(request);
});

afterEach(() => rig.stop());

function endpointIdOf({ result }: ConnectionBody): string {
  return (result?.privateEndpoint.endpointId ?? '').toLowerCase();
}

/** A user writes into the metadata of the connection's record that it was made for this endpoint. */
function nameInRecord(endpointId: string): void {
  const { control } = rig.sandbox.azure;
  const name = `${firstCluster}-privatelink`;
  const record = Object.values(control.snapshot().dns.recordSets).find((one) => one.name === name);
  const metadata = { ...record?.metadata, 'zpl-endpoint': endpointId };
  control.setRecord({
    zoneId,
    name,
    addresses: [first.result?.privateEndpoint.address ?? ''],
    metadata,
    ttl: 600,
  });
}

/** The identity keeps every right in the connection's own group, and may read private endpoints nowhere else. */
function rightsInOwnGroup(): void {
  const { control } = rig.sandbox.azure;
  control.removeRoles();
  control.assignRole({ scope: sample.resourceGroupId, actions: ['*'] });
  control.assignRole({ scope: '/', actions: ['*'], notActions: ['Microsoft.Network/privateEndpoints/*'] });
}

function manualSteps({ removal }: Ended): string {
  return removal?.manualSteps.filter((action) => !action.includes('whitelist')).join('\n') ?? '';
}

describe('a record whose metadata name the endpoint of another connection', () => {
  let second: ConnectionBody;

  beforeEach(async () => {
    const privateEndpoint = { name: 'pe-second', resourceGroup: 'rg-other' };
    second = await rig.connect({ ...request, privateEndpoint, clusters: [secondCluster] });
    nameInRecord(endpointIdOf(second));
  });

  it.each([
    ['when that one can be seen', () => undefined],
    ['when it cannot', rightsInOwnGroup],
  ])('does not make DELETE remove its registration, %s', async (_, change) => {
    change();

    const ended = await disconnect(rig, first.id);

    expect(ended.status).toBe('disconnected');
    expect(footprint(rig).registrations).toEqual([endpointIdOf(second)]);
    expect(ended.removal?.kept).toContainEqual({
      resource: 'registration',
      id: endpointIdOf(second),
      reason: 'it does not have the name of the private endpoint of this connection',
    });
    expect(manualSteps(ended)).toContain(endpointIdOf(second));
    expect(manualSteps(ended)).toContain('Zilliz Cloud console, Network > Private Endpoint');
  });

  it('does not make a run of connect remove it: the plan leaves it to a person', async () => {
    const plan = await drift(rig, first.id);

    const { status } = await rig.connect({ ...request, dns: { autoRegistration: false } });

    expect(changes(plan)).toContain('manual registration');
    expect(status).toBe('connected');
    expect(footprint(rig).registrations).toEqual([endpointIdOf(first), endpointIdOf(second)]);
  });

  it('does not make DELETE of an orphan remove it', async () => {
    const [endpoint = ''] = Object.keys(footprint(rig).endpoints).filter((id) => id.endsWith('/pe-first'));
    rig.sandbox.azure.control.remove(endpoint);
    const another = await rig.deployAnother({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });

    await another.call('DELETE', `/api/connections/${first.id}`);
    const ended = (await another.finish(first.id)) as unknown as Ended;

    expect(ended.status).toBe('disconnected');
    expect(footprint(rig).registrations).toContain(endpointIdOf(second));
    expect(manualSteps(ended)).toContain(endpointIdOf(second));
  });
});

describe('a record that names an endpoint of the same name in another resource group', () => {
  let namesake: string;

  beforeEach(async () => {
    const byHand = userAtConsoles(rig);
    const id = `${otherGroup}/${network}/privateEndpoints/pe-first`;
    await byHand.putEndpoint(id);
    namesake = byHand.endpointId(id).toLowerCase();
    await byHand.register(byHand.endpointId(id));
    nameInRecord(namesake);
  });

  it('does not make DELETE remove its registration while that endpoint is there', async () => {
    const ended = await disconnect(rig, first.id);

    expect(footprint(rig).registrations).toEqual([namesake]);
    expect(manualSteps(ended)).toMatch(
      `${namesake}, which stays: a private endpoint in Azure has its resource GUID`,
    );
  });

  it('nor where the list of private endpoints, which is answered all the same, leaves it out', async () => {
    rightsInOwnGroup();

    const ended = await disconnect(rig, first.id);

    expect(footprint(rig).registrations).toEqual([namesake]);
    expect(manualSteps(ended)).toMatch(
      `${namesake}, which stays: nothing proves that its private endpoint is gone: the identity of the app cannot read all private endpoints of the subscription`,
    );
  });
});

describe('when a user deleted the private endpoint', () => {
  beforeEach(() => {
    const [endpoint = ''] = Object.keys(footprint(rig).endpoints);
    rig.sandbox.azure.control.remove(endpoint);
  });

  it('DELETE removes its registration, since none of the subscription has its GUID', async () => {
    const { status } = await disconnect(rig, first.id);

    expect(status).toBe('disconnected');
    expect(footprint(rig).registrations).toEqual([]);
  });

  it('it is a step for a person where the identity may not read all of them', async () => {
    rightsInOwnGroup();

    const ended = await disconnect(rig, first.id);

    expect(ended.status).toBe('disconnected');
    expect(footprint(rig).registrations).toEqual([endpointIdOf(first)]);
    expect(manualSteps(ended)).toContain(endpointIdOf(first));
  });

  it('the proof is asked for again when the registration is about to go', async () => {
    rig.sandbox.traffic.clear();
    await rig.call('DELETE', `/api/connections/${first.id}`);
    await rig.host.runUntil(() => rig.sandbox.traffic.of('recordSets.delete').length > 0);
    rightsInOwnGroup();

    const ended = (await rig.finish(first.id)) as unknown as Ended;

    expect(footprint(rig).registrations).toEqual([endpointIdOf(first)]);
    expect(manualSteps(ended)).toContain(endpointIdOf(first));
  });
});

describe('what a run has itself deleted is proof enough, with rights in the connection’s own group alone', () => {
  beforeEach(rightsInOwnGroup);

  it('for the registration of an endpoint that reconcile replaces', async () => {
    rig.sandbox.azure.control.setConnection(endpointIdOf(first), 'Disconnected');

    const { status } = await reconcile(rig, first.id, { allowReplace: true });

    expect(status).toBe('connected');
    expect(footprint(rig).registrations).toHaveLength(1);
    expect(footprint(rig).registrations).not.toContain(endpointIdOf(first));
  });

  it('for a registration that is still listed after DELETE had removed it, and the endpoint', async () => {
    const { traffic, faults } = rig.sandbox;
    traffic.clear();
    const withoutEffect = { kind: 'status', status: 200, body: { code: 0, data: {} } } as const;
    faults.order({ call: 'zilliz.deletePrivateEndpoint', fault: withoutEffect, times: 1 });

    const { status } = await disconnect(rig, first.id);

    expect(status).toBe('disconnected');
    expect(footprint(rig).registrations).toEqual([]);
    expect(traffic.of('privateEndpoints.delete')).toHaveLength(1);
    expect(traffic.of('zilliz.deletePrivateEndpoint')).toHaveLength(2);
  });
});
