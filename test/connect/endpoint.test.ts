import { sampleRequest, startRig } from '../support/rig.ts';
import type { ConnectionBody, Rig } from '../support/rig.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.stop());

function endpointOf({ sandbox }: Rig) {
  return Object.values(sandbox.azure.control.snapshot().network.privateEndpoints)[0];
}

function creating({ phases }: ConnectionBody) {
  return phases.find(({ phase }) => phase === 'create-endpoint');
}

/** Posts, and leaves things out of Azure's answers as soon as there is an endpoint. */
async function postedWithout(broken: { readonly resourceGuid?: boolean; readonly address?: boolean }) {
  const id = await rig.post(sampleRequest);
  await rig.until(id, () => endpointOf(rig) !== undefined);
  rig.sandbox.azure.control.breakEndpoint(endpointOf(rig)?.id ?? '', broken);
  return id;
}

describe.each([
  { what: 'resource GUID', broken: { resourceGuid: true }, waits: /GUID/, code: 'endpoint-without-guid' },
  { what: 'address', broken: { address: true }, waits: /address/, code: 'endpoint-without-address' },
])('an endpoint that shows no $what', ({ broken, waits, code }) => {
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
});

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
});
