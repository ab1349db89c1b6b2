import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import {
  changes,
  disconnect,
  drift,
  footprint,
  nothing,
  reconcile,
  writes,
  zoneId,
} from '../lifecycle/support.ts';

import { inGate, nightly } from '../../support/inGate.ts';

const otherGroup = sample.resourceGroupId.replace('rg-app', 'rg-other');
const secondNetwork = `${sample.resourceGroupId}/providers/Microsoft.Network/virtualNetworks/vnet-second`;
const refused = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  const { virtualNetworkId, resourceGroupId: zoneResourceGroupId } = sample;
  const { control } = rig.sandbox.azure;
  control.addResourceGroup({ id: otherGroup });
  const scopes = { virtualNetworkId, endpointResourceGroupId: otherGroup, zoneResourceGroupId };
  deployRoles(control, { virtualNetworkId }, scopes);
});

afterEach(() => rig.stop());

/** The request of another connection, of a project without clusters. */
function neighbour(change: { readonly regionId?: string } = {}): object {
  const { control } = rig.sandbox.zilliz;
  const projectId = control.addProject({ name: 'Other' });
  rig.sandbox.keyVault.control.setSecret(`zilliz-api-key-${projectId}`, control.addKey());
  return {
    ...{ ...sampleRequest, projectId, ...change },
    privateEndpoint: { name: 'pe-neighbour', resourceGroup: 'rg-other' },
    dns: { zoneResourceGroupId: sample.resourceGroupId, autoRegistration: false },
  };
}

/** From now on the identity may not read the private endpoint of the other connection. */
function hide(): void {
  const actions = ['Microsoft.Network/privateEndpoints/read'];
  rig.sandbox.azure.control.deny({ scope: otherGroup, actions });
}

/** All that is there in private DNS, byte by byte, and the other private endpoint. */
function bytes(): readonly string[] {
  const { dns, network } = rig.sandbox.azure.control.snapshot();
  const endpoints = Object.values(network.privateEndpoints).filter(({ name }) => name === 'pe-neighbour');
  const { zones, links, recordSets } = dns;
  const all = [zones, links, recordSets].flatMap((some): readonly unknown[] =>
    Object.values(some as Record<string, unknown>),
  );
  return [...all, ...endpoints].map((one) => JSON.stringify(one));
}

function without(id: string): readonly string[] {
  return bytes().filter((text) => !text.includes(id));
}

async function failed(request: object): Promise<void> {
  rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: refused, times: 'always' });
  expect((await rig.connect(request)).status).toBe('failed');
  rig.sandbox.faults.clear();
}

/** How the other connection came to be, before this one. */
const others: Readonly<Record<string, () => Promise<void>>> = {
  'is connected': async () => {
    await rig.connect(neighbour());
  },
  'is connected and cannot be read': async () => {
    await rig.connect(neighbour());
    hide();
  },
  'is of another deployment and cannot be read': async () => {
    const another = await rig.deployAnother();
    await another.finish(await another.post(neighbour()));
    hide();
  },
  'failed before its link': () => failed(neighbour()),
  'failed before its link and cannot be read': async () => {
    await failed(neighbour());
    hide();
  },
  'is of another region': async () => {
    await rig.connect(neighbour({ regionId: 'az-centralus' }));
  },
  'has a zone for each cluster, and cannot be read': async () => {
    await rig.connect({ ...neighbour(), projectId: sample.projectId, dns: { layout: 'per-cluster' } });
    hide();
  },
};

describe('of two connections in one network and group', () => {
  test.each(inGate(Object.keys(others), 'is of another deployment and cannot be read'))(
    'DELETE and reconcile of one leave the other, which %s',
    async (kind) => {
      await others[kind]?.();
      const before = bytes();
      const { id } = await rig.connect();
      const joined = without(id);
      await reconcile(rig, id);
      expect(without(id)).toEqual(joined);

      const { status, removal } = await disconnect(rig, id);

      expect(status).toBe('disconnected');
      expect(bytes().filter((text) => before.includes(text))).toEqual(before);
      expect(Object.keys(footprint(rig).entries).filter((entry) => entry.endsWith(id))).toEqual([]);
      const isHidden = kind.includes('cannot be read') && !kind.includes('each cluster');
      expect(removal?.kept.some(({ reason }) => reason.includes('HTTP 403'))).toBe(isHidden);
    },
  );

  test('undo of one leaves the other, which cannot be read', async () => {
    await rig.connect(neighbour());
    hide();
    const before = bytes();
    rig.sandbox.faults.order({ call: 'recordSets.put', path: '/A/', fault: refused, times: 'always' });

    await rig.connect({ ...sampleRequest, onFailure: 'undo' });

    expect(bytes()).toEqual(before);
  });

  nightly('DELETE of one leaves the other, which is still running', async () => {
    const { id } = await rig.connect();
    const other = await rig.post(neighbour());
    await rig.host.runUntil(() => Object.keys(footprint(rig).entries).length === 2);

    await disconnect(rig, id);
    const { status } = await rig.finish(other);

    expect(status).toBe('connected');
    expect(changes(await drift(rig, other))).toEqual([]);
  });

  test('DELETE of one removes also what is left of the other, whose private endpoint is gone', async () => {
    await failed(neighbour());
    const { control } = rig.sandbox.azure;
    control.remove(`${otherGroup}/providers/Microsoft.Network/privateEndpoints/pe-neighbour`);
    const { id } = await rig.connect();

    await disconnect(rig, id);

    expect({ ...footprint(rig), registrations: [] }).toEqual(nothing);
  });
});

describe('the entry of a connection in its zone', () => {
  nightly('names the networks that it links, also after they have changed', async () => {
    const { control } = rig.sandbox.azure;
    control.addVirtualNetwork({ id: secondNetwork, addressPrefixes: ['10.30.0.0/16'], subnets: [] });
    deployRoles(control, { virtualNetworkId: sample.virtualNetworkId }, { virtualNetworkId: secondNetwork });
    const linking = (...linkedNetworks: readonly string[]): object => ({
      ...sampleRequest,
      dns: { linkedNetworks, autoRegistration: false },
    });
    expect((await rig.connect(linking(sample.virtualNetworkId, secondNetwork))).problem).toBeNull();
    const both = footprint(rig).entries;

    const { id, problem } = await rig.connect(linking(sample.virtualNetworkId));

    expect(problem).toBeNull();
    expect(Object.keys(footprint(rig).links)).toHaveLength(1);
    expect(footprint(rig).entries).not.toEqual(both);
    expect(changes(await drift(rig, id))).toEqual([]);
  });

  it('is a conflict where a record set of its name has other contents, and nothing is written', async () => {
    const { id } = await rig.connect();
    const { control } = rig.sandbox.azure;
    control.remove(`${zoneId}/TXT/_zpl-${id}`);
    const values = [{ value: ['by hand'] }];
    control.setRecordOfType({ zoneId, name: `_zpl-${id}`, type: 'TXT', values });
    // The runs of a process share what they have read for some seconds.
    rig.clock.advanceTo(rig.clock.now() + 10_000);
    rig.sandbox.traffic.clear();

    const { problem } = await reconcile(rig, id);

    expect(problem?.detail).toContain(`TXT/_zpl-${id}`);
    expect(writes(rig)).toEqual({});
  });

  it('is needed by sync: without it no record is written, which reconcile repairs', async () => {
    const { id } = await rig.connect();
    rig.sandbox.azure.control.remove(`${zoneId}/TXT/_zpl-${id}`);
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    rig.clock.advanceTo(rig.clock.now() + 60_000);
    rig.sandbox.traffic.clear();

    await rig.host.runTimerTrigger('sweep');
    await rig.host.whenIdle();
    const { problem } = await reconcile(rig, id);

    expect(problem).toBeNull();
    expect(Object.keys(footprint(rig).records)).toContain(
      `${zoneId}/a/${clusterId}-privatelink`.toLowerCase(),
    );
    expect(rig.sandbox.traffic.writes().map(({ request }) => request.url.includes('/TXT/'))).toEqual([
      true,
      false,
    ]);
  });
});
