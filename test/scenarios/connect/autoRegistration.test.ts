import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { drift, footprint, reconcile, writes, zoneId, zoneName } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { nightly } from '../../support/inGate.ts';

const corporate = zoneId.replace(zoneName, 'corp.example');
const explicit = { ...sampleRequest, dns: { autoRegistration: true } };
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
  const { control } = rig.sandbox.azure;
  control.addZone({ id: corporate });
  const id = `${corporate}/virtualNetworkLinks/machines`;
  control.addLink({ id, virtualNetworkId: sample.virtualNetworkId, registrationEnabled: true });
});

afterEach(() => rig.stop());

async function plan(body: object): Promise<PlanBody> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
}

describe('a network that registers its machines in another zone', () => {
  it('is a problem of the plan if the request asks for auto registration', async () => {
    const { problems, warnings } = await plan(explicit);

    expect(problems).toMatchObject([
      {
        pointer: '/dns/autoRegistration',
        code: 'auto-registration-taken',
        detail: expect.stringContaining(corporate) as string,
      },
    ]);
    expect(warnings).not.toContainEqual(expect.objectContaining({ code: 'registered-elsewhere' }));
  });

  it('fails such a request before anything is written', async () => {
    const before = footprint(rig);

    const { status, problem } = await rig.connect(explicit);

    expect(status).toBe('failed');
    expect(problem).toMatchObject({
      status: 409,
      type: expect.stringMatching(/auto-registration-taken$/) as string,
    });
    expect(writes(rig)).toEqual({});
    expect(footprint(rig)).toEqual(before);
  });

  it.each([{ ...sampleRequest }, { ...sampleRequest, dns: { autoRegistration: false } }])(
    'does not stop a request that does not ask for it: %j',
    async (request) => {
      const { problems } = await plan(request);
      const { status } = await rig.connect(request);

      expect(problems).toEqual([]);
      expect(status).toBe('connected');
    },
  );

  it('is a warning by default', async () => {
    const { warnings } = await plan(sampleRequest);
    const { result } = await rig.connect();

    const warning = expect.objectContaining({ code: 'registered-elsewhere' }) as unknown;
    expect(warnings).toContainEqual(warning);
    expect(result?.warnings).toContainEqual(warning);
  });

  nightly('does not stop a second post of the default request after the first', async () => {
    await rig.connect();

    expect((await rig.connect()).status).toBe('connected');
  });

  nightly('does not stop a reconcile of such a connection', async () => {
    const { id } = await rig.connect();

    expect((await drift(rig, id)).problems).toEqual([]);
    expect((await reconcile(rig, id)).status).toBe('connected');
  });
});

describe('a link of another owner without auto registration', () => {
  beforeEach(() => {
    const { control } = rig.sandbox.azure;
    control.remove(`${corporate}/virtualNetworkLinks/machines`);
    control.addZone({ id: zoneId });
    const id = `${zoneId}/virtualNetworkLinks/theirs`;
    control.addLink({ id, virtualNetworkId: sample.virtualNetworkId, registrationEnabled: false });
  });

  it('is a conflict with a request that asks for it, and none with the default', async () => {
    const { problems } = await plan(explicit);

    expect(problems).toMatchObject([{ pointer: '/dns/autoRegistration', code: 'auto-registration-taken' }]);
    expect((await plan(sampleRequest)).problems).toEqual([]);
  });
});
