import type { RecordSet } from '../../../sandbox/azure/state/dnsSchema.ts';
import { deployRoles } from '../../../sandbox/deployedRoles.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { syncEnds } from '../sync/support.ts';
import { changes, drift, footprint, reconcile, writes, zoneId, zoneName } from '../lifecycle/support.ts';
import type { PlanBody } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const [taken, free] = sample.clusterIds;
const recordOf = (clusterId: string): string => `${clusterId}-privatelink`;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

async function plan(body: object): Promise<PlanBody> {
  return (await rig.call('POST', '/api/connections/plan', body)).body as PlanBody;
}

function resultsOf({ result }: ConnectionBody): Readonly<Record<string, string>> {
  return Object.fromEntries((result?.clusters ?? []).map(({ clusterId, state }) => [clusterId, state]));
}

/** What another owner may have at the name of a cluster. */
const recordsOfOthers = {
  'an A record set with another address': (zone: string, name: string) => {
    rig.sandbox.azure.control.setRecord({ zoneId: zone, name, addresses: ['10.9.9.9'] });
  },
  'a record set of another connection': (zone: string, name: string) => {
    const metadata = {
      'zpl-connection': 'az-eastus-0123456789ab',
      'zpl-cluster': taken,
    };
    rig.sandbox.azure.control.setRecord({ zoneId: zone, name, addresses: ['10.20.1.9'], metadata });
  },
  'a machine that registered itself': (zone: string, name: string) => {
    rig.sandbox.azure.control.registerMachine(zone, name, '10.20.1.9');
  },
  'a CNAME': (zone: string, name: string) => {
    setOfType('CNAME', { cname: 'elsewhere.example' }, zone, name);
  },
  'an AAAA record set': (zone: string, name: string) => {
    setOfType('AAAA', [{ ipv6Address: 'fd00::9' }], zone, name);
  },
};

function setOfType(type: 'AAAA' | 'CNAME', values: RecordSet['values'][string], zone: string, name: string) {
  rig.sandbox.azure.control.setRecordOfType({ zoneId: zone, name, type, values });
}

const layouts = {
  regional: { zone: zoneId, name: recordOf(taken) },
  'per-cluster': { zone: zoneId.replace(zoneName, `${recordOf(taken)}.${zoneName}`), name: '@' },
} as const;

describe.each(inGate(['regional', 'per-cluster'] as const, 'regional'))('in the %s layout', (layout) => {
  const request = { ...sampleRequest, dns: { layout } };
  const { zone, name } = layouts[layout];

  describe.each(inGate(Object.entries(recordsOfOthers), 'an A record set with another address', 'a CNAME'))(
    '%s at the name of one cluster',
    (_, set) => {
      beforeEach(() => {
        rig.sandbox.azure.control.addZone({ id: zone });
        set(zone, name);
      });

      it('is a row of the plan, and no problem of the request', async () => {
        const found = await plan(request);

        expect(found.problems).toEqual([]);
        expect(found.rows).toContainEqual(
          expect.objectContaining({ id: `${zone}/A/${name}`, action: 'conflict' }),
        );
      });

      it('stops only that cluster, and the record stays as it is', async () => {
        const record = `${zone}/A/${name}`.toLowerCase();
        const before = footprint(rig).records[record];

        const view = await rig.connect({ ...request, onFailure: 'undo' });

        expect(view.status).toBe('degraded');
        expect(resultsOf(view)).toEqual({ [taken]: 'failed', [free]: 'connected' });
        expect(footprint(rig).records[record]).toEqual(before);
      });

      nightly('refuses a request with no other cluster, before anything is written', async () => {
        const alone = { ...request, clusters: [taken] };

        const found = await plan(alone);
        const { status, problem } = await rig.connect(alone);

        const code = expect.stringMatching(/^record-(conflict|owned-by-other)$/) as string;
        expect(found.problems).toMatchObject([{ pointer: '/clusters/0', code }]);
        expect(status).toBe('failed');
        expect(problem?.type).toMatch(/record-(conflict|owned-by-other)$/);
        expect(problem?.detail).toContain(`${zone}/A/${name}`);
        expect(writes(rig)).toEqual({});
      });
    },
  );
});

describe('records of others at the names of all clusters', () => {
  it('refuse the request, and each is a problem', async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId });
    for (const clusterId of sample.clusterIds)
      rig.sandbox.azure.control.setRecord({ zoneId, name: recordOf(clusterId), addresses: ['10.9.9.9'] });

    const found = await plan(sampleRequest);
    const { problem } = await rig.connect();

    expect(found.problems).toMatchObject([{ code: 'record-conflict' }, { code: 'record-conflict' }]);
    expect(problem?.type).toMatch(/record-conflict$/);
    expect(writes(rig)).toEqual({});
  });
});

nightly(
  'a record of another owner at the name of one cluster stops only that cluster while the other has no address',
  async () => {
    rig.sandbox.azure.control.addZone({ id: zoneId });
    recordsOfOthers['an A record set with another address'](zoneId, recordOf(taken));
    rig.sandbox.zilliz.control.hidePrivateLinkAddress(free);

    const view = await rig.connect({ ...sampleRequest, clusters: [taken, free], deadlineMinutes: 10 });

    expect(view).toMatchObject({ status: 'degraded' });
    expect(view.problem?.type).toMatch(/record-differs$/);
    expect(resultsOf(view)).toEqual({ [taken]: 'failed', [free]: 'pending' });
  },
);

describe('a zone of one cluster that cannot be used, in the per-cluster layout', () => {
  const central = sample.resourceGroupId.replace('rg-app', 'rg-central');
  const request = { ...sampleRequest, dns: { layout: 'per-cluster', zoneResourceGroupId: central } };
  const { zone } = layouts['per-cluster'];

  beforeEach(() => {
    const { control } = rig.sandbox.azure;
    const { virtualNetworkId } = sample;
    control.addResourceGroup({ id: central });
    deployRoles(control, { virtualNetworkId }, { virtualNetworkId, zoneResourceGroupId: central });
    // The network is linked to a zone of this name in another group than the request wants.
    control.addZone({ id: zone });
    control.addLink({ id: `${zone}/virtualNetworkLinks/theirs`, virtualNetworkId });
  });

  it('stops only that cluster', async () => {
    const found = await plan(request);
    const view = await rig.connect(request);

    expect(found.problems).toEqual([]);
    expect(view.status).toBe('degraded');
    expect(resultsOf(view)).toEqual({ [taken]: 'failed', [free]: 'connected' });
  });

  it('refuses a request with no other cluster, before anything is written', async () => {
    const { status, problem } = await rig.connect({ ...request, clusters: [taken] });

    expect(status).toBe('failed');
    expect(problem?.type).toMatch(/overlapping-zone$/);
    expect(writes(rig)).toEqual({});
  });
});

describe('a zone of one cluster that cannot be read, in the per-cluster layout', () => {
  const request = { ...sampleRequest, dns: { layout: 'per-cluster' } };
  const { zone } = layouts['per-cluster'];
  const path = `/${zone.split('/').at(-1) ?? ''}/`;
  const refused = {
    kind: 'status',
    status: 403,
    body: { error: { code: 'AuthorizationFailed', message: 'The client may not.' } },
  } as const;
  const unavailable = { kind: 'status', status: 503 } as const;

  it('stops only that cluster, in the plan and in the run', async () => {
    rig.sandbox.azure.control.addZone({ id: zone });
    rig.sandbox.azure.control.setRecord({ zoneId: zone, name: 'other', addresses: ['10.9.9.9'] });
    rig.sandbox.faults.order({ call: 'recordSets.listAll', path, fault: refused, times: 'always' });

    const found = await plan(request);
    const view = await rig.connect(request);

    expect(found.problems).toEqual([]);
    expect(found.rows.filter(({ resource }) => resource === 'A record set')).toMatchObject([
      { id: taken, action: 'manual', reason: expect.stringContaining('AuthorizationFailed') as string },
      { id: expect.stringContaining(free) as string, action: 'create' },
    ]);
    expect(resultsOf(view)).toEqual({ [taken]: 'failed', [free]: 'connected' });
  });

  const unread = [
    ['refused', refused],
    ['not served for longer than a round may take', unavailable],
  ] as const;

  it.each(inGate(unread, 'refused'))(
    'stops only that cluster in a sync, %s: a new cluster gets its record',
    async (_, fault) => {
      const { id } = await rig.connect(request);
      const third = rig.sandbox.zilliz.control.addCluster(sampleRequest);
      rig.sandbox.faults.order({ call: 'recordSets.listAll', path, fault, times: 'always' });

      await rig.host.runTimerTrigger('sweep');
      const synced = await syncEnds(rig);

      const records = Object.keys(footprint(rig).records);
      expect(records.filter((record) => record.includes(`${third}-privatelink`))).toHaveLength(1);
      expect(synced).toMatchObject({ outcome: 'partial', connections: [{ written: 1 }] });
      rig.sandbox.faults.clear();
      expect((await rig.call('GET', `/api/connections/${id}`)).body).toMatchObject({ status: 'connected' });
    },
  );
});

describe('a CNAME that comes to the name of one cluster later', () => {
  let id: string;

  beforeEach(async () => {
    ({ id } = await rig.connect());
    rig.sandbox.azure.control.remove(`${zoneId}/A/${recordOf(taken)}`);
    recordsOfOthers['a CNAME'](zoneId, recordOf(taken));
    rig.clock.advanceTo(rig.clock.now() + 61_000);
  });

  nightly('is a conflict in GET, drift and sync, and reconcile does not wait for it', async () => {
    const { body } = await rig.call('GET', `/api/connections/${id}`);
    expect(body).toMatchObject({ status: 'degraded', final: true });
    expect(JSON.stringify(body)).toContain('a CNAME record set that is not ours has this name');
    expect((body as ConnectionBody).problem?.type).toMatch(/record-conflict$/);
    expect(changes(await drift(rig, id))).toEqual(['conflict A record set']);

    const before = rig.clock.now();
    expect((await reconcile(rig, id)).status).toBe('degraded');
    expect(rig.clock.now() - before).toBeLessThan(5 * 60_000);

    rig.sandbox.traffic.clear();
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);
    expect(writes(rig)).toEqual({});
  });
});

describe('in a connection', () => {
  let id: string;
  const record = `${zoneId}/A/${recordOf(taken)}`;

  beforeEach(async () => {
    ({ id } = await rig.connect());
    const { control } = rig.sandbox.azure;
    control.remove(record);
    control.remove(`${zoneId}/A/${recordOf(free)}`);
    control.setRecord({ zoneId, name: recordOf(taken), addresses: ['10.9.9.9'] });
  });

  it('the drift shows the conflict, and that the other record is missing', async () => {
    const found = await drift(rig, id);

    expect(changes(found).toSorted()).toEqual(['conflict A record set', 'create A record set']);
    expect(found.problems).toEqual([]);
  });

  it('reconcile writes the other record', async () => {
    const { status } = await reconcile(rig, id);

    expect(status).toBe('degraded');
    expect(Object.keys(footprint(rig).records)).toHaveLength(2);
    expect(footprint(rig).records[record.toLowerCase()]).toMatchObject({ metadata: {} });
  });

  it('sync writes the other record', async () => {
    await rig.host.runTimerTrigger('sweep');
    await syncEnds(rig);

    expect(Object.keys(footprint(rig).records)).toHaveLength(2);
    expect(footprint(rig).records[record.toLowerCase()]).toMatchObject({ metadata: {} });
  });
});
