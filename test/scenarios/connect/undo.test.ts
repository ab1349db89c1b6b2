import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect, footprint, nothing, userAtConsoles, zoneId } from '../lifecycle/support.ts';
import type { Ended } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.stop());

const request = { ...sampleRequest, onFailure: 'undo', deadlineMinutes: 10 };

/** Every write of connect, and the permanent refusal of Azure or Zilliz. */
const refused = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;
const refusedByZilliz = {
  kind: 'status',
  status: 200,
  body: { code: 40999, message: 'Not today.' },
} as const;

const refusals = [
  ['the whitelist entry', 'zilliz.addWhitelistEntry', refusedByZilliz],
  ['the private endpoint', 'privateEndpoints.put', refused],
  ['the zone', 'privateDnsZones.put', refused],
  ['the registration', 'zilliz.createPrivateEndpoint', refusedByZilliz],
  ['the owner entry', 'recordSets.put', refused],
  ['the link', 'virtualNetworkLinks.put', refused],
] as const;

describe.each(inGate(refusals, 'the link'))('when %s is refused', (_, call, fault) => {
  it('undo leaves both sides as they were', async () => {
    rig.sandbox.faults.order({ call, fault, times: 'always' });

    const { status, problem } = await rig.connect(request);

    expect(status).toBe('failed');
    expect(problem).not.toBeNull();
    expect(footprint(rig)).toEqual(nothing);
  });

  it('keep leaves what was made, and posting again goes on from there', async () => {
    rig.sandbox.faults.order({ call, fault, times: 'always' });
    await rig.connect({ ...request, onFailure: 'keep' });
    rig.sandbox.faults.clear();

    const { status } = await rig.connect();

    expect(status).toBe('connected');
  });
});

describe('undo', () => {
  it('takes down also a private endpoint whose creation Azure confirmed to nobody', async () => {
    const { faults } = rig.sandbox;
    faults.order({ call: 'privateEndpoints.put', fault: { kind: 'answerLost' }, times: 1 });
    faults.order({ call: 'zilliz.createPrivateEndpoint', fault: refusedByZilliz, times: 'always' });

    const { status } = await rig.connect(request);

    expect(status).toBe('failed');
    expect(footprint(rig)).toEqual(nothing);
  });

  it('comes also when Zilliz rejects the endpoint', async () => {
    rig.sandbox.zilliz.control.reviewEndpoints('reject');

    const { problem } = await rig.connect(request);

    expect(problem?.type).toMatch(/connection-rejected$/);
    expect(footprint(rig)).toEqual(nothing);
  });

  it('leaves alone what was there before the run', async () => {
    const other = { owner: 'network team' };
    rig.sandbox.azure.control.addZone({ id: zoneId, tags: other });
    rig.sandbox.azure.control.setRecord({ zoneId, name: 'by-hand', addresses: ['10.9.9.9'] });
    const before = footprint(rig);
    rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: refused, times: 'always' });

    const { status } = await rig.connect(request);

    expect(status).toBe('failed');
    expect(footprint(rig)).toEqual(before);
  });

  nightly('of a second run leaves what the first one made', async () => {
    const { id } = await rig.connect();
    const before = footprint(rig);
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    rig.sandbox.faults.order({ call: 'recordSets.put', fault: refused, times: 'always' });

    const { status } = await rig.connect(request);

    expect(clusterId).toBeDefined();
    expect(status).toBe('degraded');
    expect(footprint(rig)).toEqual(before);
    await disconnect(rig, id);
  });

  it('of a connection that existed before keeps everything, and the view says why', async () => {
    await rig.connect();
    const { links, ...whole } = footprint(rig);
    const { control } = rig.sandbox.azure;
    for (const lost of [...Object.keys(links), ...Object.keys(whole.records).slice(0, 1)])
      control.remove(lost);
    rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: refused, times: 'always' });

    const { status, undo } = (await rig.connect(request)) as never as Ended;

    expect(status).toBe('failed');
    expect(undo).toMatchObject({
      removed: 0,
      failed: [],
      manualSteps: [expect.stringContaining('the connection existed before this run')],
    });
    // The record that this run has repaired stays too.
    expect(footprint(rig)).toEqual({ ...whole, links: {} });
  });

  nightly('gives back what it adopted, unmarked and otherwise untouched', async () => {
    const byHand = userAtConsoles(rig);
    await byHand.followTheGuide('pe-by-hand');
    const before = footprint(rig);
    rig.sandbox.faults.order({
      call: 'tags.patch',
      fault: refused,
      path: 'virtualNetworkLinks',
      times: 'always',
    });

    const { status } = await rig.connect({ ...request, privateEndpoint: { name: 'pe-by-hand' } });

    expect(status).toBe('failed');
    expect(footprint(rig)).toEqual(before);
  });

  it('that meets trouble itself says what is left, and the rest still goes', async () => {
    const { faults } = rig.sandbox;
    faults.order({ call: 'virtualNetworkLinks.put', fault: refused, times: 'always' });
    faults.order({ call: 'privateDnsZones.delete', fault: refused, times: 'always' });

    const { status, undo } = (await rig.connect(request)) as never as {
      readonly status: string;
      readonly undo: { readonly failed: readonly { readonly resource: string; readonly id: string }[] };
    };

    expect(status).toBe('failed');
    expect(undo.failed).toMatchObject([{ resource: 'private DNS zone', id: zoneId }]);
    expect({ ...footprint(rig), zones: {} }).toEqual(nothing);
    expect(sample.clusterIds).toHaveLength(2);
  });
});
