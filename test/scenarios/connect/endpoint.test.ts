import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { usualTimeLimits } from '../../../src/wiring.ts';
import { userAtConsoles } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

let rig: Rig;
const network = `${sample.resourceGroupId}/providers/Microsoft.Network`;

beforeEach(async () => {
  // The clock does not advance while an activity follows an operation, so the deadline is short.
  rig = await startRig({ timeLimits: { ...usualTimeLimits, azureOperationMs: 300 } });
});

afterEach(() => rig.stop());

function endpointOf({ sandbox }: Rig) {
  return Object.values(sandbox.azure.control.snapshot().network.privateEndpoints)[0];
}

function creating({ phases }: ConnectionBody) {
  return phases.find(({ phase }) => phase === 'create-endpoint');
}

/** Posts, and leaves things out of Azure's responses as soon as there is an endpoint. */
async function postedWithout(broken: { readonly resourceGuid?: boolean; readonly address?: boolean }) {
  const id = await rig.post(sampleRequest);
  await rig.until(id, () => endpointOf(rig) !== undefined);
  rig.sandbox.azure.control.breakEndpoint(endpointOf(rig)?.id ?? '', broken);
  return id;
}

const omissions = [
  { what: 'resource GUID', broken: { resourceGuid: true }, waits: /GUID/, code: 'endpoint-without-guid' },
  { what: 'address', broken: { address: true }, waits: /address/, code: 'endpoint-without-address' },
];

describe.each(inGate(omissions, 'resource GUID'))(
  'an endpoint that shows no $what',
  ({ broken, waits, code }) => {
    it('is waited for', async () => {
      const id = await postedWithout(broken);
      const seen = await rig.until(id, (view) => waits.test(creating(view)?.reason ?? ''));
      expect(seen.status).toBe('running');
      rig.sandbox.azure.control.breakEndpoint(endpointOf(rig)?.id ?? '', {
        resourceGuid: false,
        address: false,
      });

      expect(await rig.finish(id)).toMatchObject({ status: 'connected' });
    });

    it('ends the run in the end, with nothing registered that was made up', async () => {
      const id = await postedWithout(broken);

      const view = await rig.finish(id);

      expect(view.status).toBe('failed');
      expect(view.problem?.type).toMatch(new RegExp(`${code}$`));
      expect(view.problem?.remedy).not.toBe('');
      expect(creating(view)?.state).toBe('failed');
      expect(rig.sandbox.traffic.of('zilliz.createPrivateEndpoint')).toEqual([]);
    });
  },
);

describe('an endpoint of ours that is found Failed', () => {
  it('is put once more, and lives on with its address', async () => {
    const id = await postedWithout({ resourceGuid: true });
    await rig.finish(id);
    const { id: endpointId = '', resourceGuid } = endpointOf(rig) ?? {};
    rig.sandbox.azure.control.breakEndpoint(endpointId, { resourceGuid: false });
    rig.sandbox.azure.control.setProvisioningState(endpointId, 'Failed');
    rig.sandbox.traffic.clear();

    const view = await rig.connect();

    expect(view.status).toBe('connected');
    expect(rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
    expect(rig.sandbox.traffic.of('privateEndpoints.delete')).toEqual([]);
    expect(endpointOf(rig)?.resourceGuid).toBe(resourceGuid);
  });

  nightly('keeps its marks, and the exclusion of a cluster that was taken out', async () => {
    const { id } = await rig.connect();
    await rig.call('DELETE', `/api/connections/${id}/clusters/${sample.clusterIds[0]}`);
    const { id: endpointId = '', tags } = endpointOf(rig) ?? {};
    rig.sandbox.azure.control.setConnection(endpointId, 'Pending');
    rig.sandbox.azure.control.setProvisioningState(endpointId, 'Failed');
    rig.sandbox.traffic.clear();

    await rig.until(await rig.post(sampleRequest), () => endpointOf(rig)?.provisioningState === 'Succeeded');

    expect(rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
    expect(tags).toHaveProperty('zpl-whitelisted-at');
    expect(Object.values(tags ?? {}).join('')).toContain(`"exclusions":["${sample.clusterIds[0]}"]`);
    expect(endpointOf(rig)?.tags).toEqual(tags);
  });

  it('is put as it is when a user created it by hand: tags, names, security groups, address and connection', async () => {
    const byHand = userAtConsoles(rig);
    await byHand.authorizeSubscription();
    const made = {
      customNetworkInterfaceName: 'nic-search',
      applicationSecurityGroups: [{ id: `${network}/applicationSecurityGroups/asg-search` }],
      ipConfigurations: [
        {
          name: 'fixed',
          properties: { groupId: '', memberName: '', privateIPAddress: '10.20.1.77' },
        },
      ],
    };
    const id = `${network}/privateEndpoints/pe-by-hand`;
    await byHand.putEndpoint(id, { owner: 'team-search' }, { ...made, connectionName: 'ask-zilliz' });
    rig.sandbox.azure.control.setProvisioningState(id, 'Failed');

    const request = { ...sampleRequest, privateEndpoint: { name: 'pe-by-hand' } };
    const { id: connectionId, status } = await rig.connect(request);

    expect(status).toBe('connected');
    const puts = rig.sandbox.traffic.of('privateEndpoints.put');
    expect(puts.map((put) => put.response.status)).toEqual([201, 200]);
    expect(endpointOf(rig)).toMatchObject({
      ...made,
      tags: { owner: 'team-search', 'zpl-connection': connectionId },
      connection: { name: 'ask-zilliz', requestMessage: 'by hand', status: 'Approved' },
    });
  });

  nightly(
    'is left as it is when its connection is Approved: traffic flows, and only its last update failed',
    async () => {
      const { id } = await rig.connect();
      const { id: endpointId = '' } = endpointOf(rig) ?? {};
      rig.sandbox.azure.control.setProvisioningState(endpointId, 'Failed');
      // A reading is kept for half a minute.
      rig.clock.advanceTo(rig.clock.now() + 61_000);
      rig.sandbox.traffic.clear();

      const view = await rig.connect();

      expect(view).toMatchObject({ status: 'degraded', result: { outcome: 'degraded' } });
      expect(view.problem?.type).toMatch(/endpoint-update-failed$/);
      expect(view.result?.warnings).toMatchObject([{ code: 'endpoint-update-failed' }]);
      expect(rig.sandbox.traffic.writes()).toEqual([]);
      const { body } = await rig.call('GET', '/api/connections');
      expect(body).toMatchObject({
        connections: [{ id, status: 'degraded', problem: { code: 'endpoint-update-failed' } }],
      });
    },
  );
});
