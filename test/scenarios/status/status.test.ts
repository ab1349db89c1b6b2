import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { connected, pass, recordName, syncRun } from '../sync/support.ts';
import { ofEvent } from '../telemetry/lines.ts';
import { drift, footprint, zoneId } from '../lifecycle/support.ts';
import { inGate } from '../../support/inGate.ts';

const [first, second] = sample.clusterIds;
const firstRecord = `${zoneId}/A/${recordName(first)}`;
let rig: Rig;
/** How many lines were logged before the last sweep. */
let before = 0;

interface Shown {
  readonly status: string;
  readonly final: boolean;
  readonly source: string;
  /** The code of the problem. */
  readonly code: string | null;
}

interface View {
  readonly id: string;
  readonly status: string;
  readonly final: boolean;
  readonly source: string;
  readonly asOf: string;
  readonly problem: { readonly type?: string; readonly code?: string } | null;
}

function shown({ status, final, source, problem }: View): Shown {
  const code = problem && (problem.code ?? (problem.type ?? '').replace(/^.*:/, ''));
  return { status, final, source, code };
}

async function get(id: string): Promise<Shown> {
  return shown((await rig.call('GET', `/api/connections/${id}`)).body as View);
}

async function listed(id: string): Promise<Shown | null> {
  const { connections } = (await rig.call('GET', '/api/connections')).body as {
    readonly connections: readonly View[];
  };
  const found = connections.find((entry) => entry.id === id);
  return found ? shown(found) : null;
}

async function sweep(): Promise<void> {
  before = rig.logged.length;
  await rig.host.runTimerTrigger('sweep');
  await pass(rig, 5);
}

/** The last status of the connection in the telemetry, and the codes of its faults. */
function alerted(): { readonly status: unknown; readonly faults: readonly unknown[] } {
  const logged = rig.logged.slice(before);
  return {
    status: ofEvent(logged, 'connection-status').at(-1)?.status ?? null,
    faults: ofEvent(logged, 'connection-fault').map(({ code }) => code),
  };
}

function endpointId(): string {
  return rig.sandbox.zilliz.control.snapshot().endpoints[0]?.endpointId ?? '';
}

function only(all: Readonly<Record<string, unknown>>): string {
  const [id] = Object.keys(all);
  if (id === undefined) throw new Error('There is none.');
  return id;
}

const refused = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;

interface Break {
  readonly what: string;
  readonly request?: object;
  /** Before the connect, whose end may then be other than connected. */
  readonly arrange?: () => void;
  readonly after?: () => void | Promise<void>;
  readonly status: string;
  readonly code: string;
  /** What the sweep repairs by itself, GET shows only until then. */
  readonly repaired?: true;
}

const allBreaks: readonly Break[] = [
  {
    what: 'a record is bent by another owner',
    after: () =>
      rig.sandbox.azure.control.setRecord({ zoneId, name: recordName(first), addresses: ['10.9.9.9'] }),
    ...{ status: 'degraded', code: 'record-differs' },
  },
  {
    what: 'a record of ours is deleted',
    after: () => rig.sandbox.azure.control.remove(firstRecord),
    ...{ status: 'degraded', code: 'record-missing', repaired: true },
  },
  {
    what: 'a record of ours is bent',
    after: () => {
      const { control } = rig.sandbox.azure;
      const set = Object.values(control.snapshot().dns.recordSets).find(
        ({ name }) => name === recordName(first),
      );
      const metadata = set?.metadata ?? {};
      control.setRecord({ zoneId, name: recordName(first), addresses: ['10.9.9.9'], ttl: 600, metadata });
    },
    ...{ status: 'degraded', code: 'record-differs', repaired: true },
  },
  {
    what: 'the link is deleted',
    after: () => rig.sandbox.azure.control.remove(only(footprint(rig).links)),
    ...{ status: 'degraded', code: 'link-missing' },
  },
  {
    what: 'the zone is deleted',
    after: () => rig.sandbox.azure.control.remove(zoneId),
    ...{ status: 'degraded', code: 'record-missing' },
  },
  {
    what: 'the registration at Zilliz is removed, and Azure does not show it',
    after: () => rig.sandbox.zilliz.control.forgetEndpoint(endpointId(), { silently: true }),
    ...{ status: 'degraded', code: 'not-registered' },
  },
  {
    what: 'the registration at Zilliz is removed',
    after: () => rig.sandbox.zilliz.control.forgetEndpoint(endpointId()),
    ...{ status: 'removed-by-zilliz', code: 'connection-disconnected' },
  },
  {
    what: 'Zilliz rejects the endpoint',
    after: () => rig.sandbox.azure.control.setConnection(endpointId(), 'Rejected'),
    ...{ status: 'rejected', code: 'connection-rejected' },
  },
  {
    what: 'the endpoint is deleted',
    after: () => rig.sandbox.azure.control.remove(only(footprint(rig).endpoints)),
    ...{ status: 'orphaned', code: 'endpoint-lost' },
  },
  {
    what: 'the tags of the endpoint are damaged',
    after: () => {
      const id = only(footprint(rig).endpoints);
      const { tags = {} } = rig.sandbox.azure.control.snapshot().network.privateEndpoints[id] ?? {};
      rig.sandbox.azure.control.setTags(id, { ...tags, 'zpl-spec-0': '{' });
    },
    ...{ status: 'spec-unreadable', code: 'spec-unreadable' },
  },
  {
    what: 'the tags of the endpoint are removed',
    after: () => rig.sandbox.azure.control.setTags(only(footprint(rig).endpoints), {}),
    ...{ status: 'endpoint-not-visible', code: 'endpoint-not-visible' },
  },
  {
    what: 'a cluster that the request names is deleted',
    request: { ...sampleRequest, clusters: [first, second] },
    after: async () => {
      rig.sandbox.zilliz.control.deleteCluster(first);
      await pass(rig, 60);
    },
    ...{ status: 'degraded', code: 'cluster-not-found' },
  },
  {
    what: 'a new cluster has no address for more than an hour',
    after: async () => {
      const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
      rig.sandbox.zilliz.control.hidePrivateLinkAddress(clusterId);
      await pass(rig, 61);
    },
    ...{ status: 'degraded', code: 'address-overdue' },
  },
  {
    what: 'the zones may no longer be read',
    after: () =>
      rig.sandbox.azure.control.takeActions([
        'Microsoft.Network/privateDnsZones/read',
        'Microsoft.Network/privateDnsZones/ALL/read',
      ]),
    ...{ status: 'unknown', code: 'reading-incomplete' },
  },
  {
    what: 'the network interface of the endpoint may no longer be read',
    after: () => rig.sandbox.azure.control.takeActions(['Microsoft.Network/networkInterfaces/read']),
    ...{ status: 'unknown', code: 'reading-incomplete' },
  },
  {
    what: 'the network interface of the endpoint shows no address',
    after: () =>
      rig.sandbox.azure.control.breakEndpoint(Object.keys(footprint(rig).endpoints)[0] ?? '', {
        address: true,
      }),
    ...{ status: 'unknown', code: 'reading-incomplete' },
  },
  {
    what: 'its run fails in verify',
    arrange: () => rig.sandbox.privateNetwork.control.showCertificateFor('intruder.example'),
    ...{ status: 'failed', code: 'wrong-certificate' },
  },
  {
    what: 'its run fails in configure-dns',
    arrange: () =>
      rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: refused, times: 'always' }),
    ...{ status: 'failed', code: 'azure-locked' },
  },
  {
    what: 'another owner has the DNS, and has not written it',
    request: { ...sampleRequest, dns: { manage: false } },
    ...{ status: 'waiting-for-dns-owner', code: 'names-not-resolving' },
  },
];

const breaks = inGate(
  allBreaks,
  'a record is bent by another owner',
  'a record of ours is deleted',
  'the zone is deleted',
  'the registration at Zilliz is removed',
  'the zones may no longer be read',
  'the network interface of the endpoint may no longer be read',
  'the network interface of the endpoint shows no address',
  'its run fails in verify',
  'another owner has the DNS, and has not written it',
);

/** What the telemetry of a sweep says where it is not the status in GET: it knows no runs. */
const alerts: Readonly<Record<string, string>> = {
  'its run fails in verify': 'degraded',
  'its run fails in configure-dns': 'degraded',
  'a record of ours is deleted': 'connected',
  'a record of ours is bent': 'connected',
};

afterEach(() => rig.stop());

describe('one thing is broken in a finished world', () => {
  it.each(breaks)('$what: $status', async ({ what, request, arrange, after, status, code, repaired }) => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    arrange?.();
    const { id } = await rig.connect(request);
    await sweep();
    await after?.();
    // A reading is kept for half a minute.
    rig.clock.advanceTo(rig.clock.now() + 61_000);

    expect(await get(id)).toEqual({ status, code, final: true, source: 'live' });
    await sweep();
    const expected = repaired ? { status: 'connected', code: null } : { status, code };
    expect(await listed(id)).toMatchObject({ ...expected, final: true });
    expect(await get(id)).toMatchObject(expected);
    expect(alerted().status).toBe(alerts[what] ?? status);
  });
});

describe('a finished world', () => {
  it('is connected in GET, in the list and in the telemetry, also after a sweep', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    const id = await connected(rig);
    const whole = { status: 'connected', final: true, code: null };

    expect(await listed(id)).toEqual({ ...whole, source: 'live' });
    await sweep();

    expect(await get(id)).toEqual({ ...whole, source: 'live' });
    expect(await listed(id)).toEqual({ ...whole, source: 'view' });
    expect(alerted()).toEqual({ status: 'connected', faults: [] });
    expect(syncRun(rig).output).toMatchObject({ outcome: 'complete' });
  });

  it('has clusters of which nothing is known while their list cannot be read: none is called gone', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    const id = await connected(rig);
    rig.clock.advanceTo(rig.clock.now() + 60_000);
    const fault = { kind: 'status', status: 403 } as const;
    rig.sandbox.faults.order({ call: 'zilliz.listClusters', fault, times: 'always' });

    const { body } = await rig.call('GET', `/api/connections/${id}`);

    expect(body).toMatchObject({
      status: 'unknown',
      live: { clusters: sample.clusterIds.map(() => ({ state: 'unknown', status: 'not read' })) },
    });
  });

  it('is unknown in the list when no sweep has read it for long', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    const id = await connected(rig);

    rig.clock.advanceTo(rig.clock.now() + 15 * 24 * 3_600_000);

    expect(await listed(id)).toMatchObject({ status: 'unknown', code: 'reading-incomplete' });
    expect(await get(id)).toMatchObject({ status: 'connected', source: 'live' });
  });
});

describe('a record of another owner at the name of a new cluster', () => {
  it('makes the sync partial, is one event, and shows in GET, list and drift', async () => {
    rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
    const id = await connected(rig);
    const clusterId = rig.sandbox.zilliz.control.addCluster(sampleRequest);
    rig.sandbox.azure.control.setRecord({ zoneId, name: recordName(clusterId), addresses: ['10.9.9.9'] });

    await sweep();

    expect(syncRun(rig).output).toMatchObject({ outcome: 'partial', connections: [{ drift: { rows: 1 } }] });
    expect(alerted()).toEqual({ status: 'degraded', faults: ['record-differs'] });
    expect(await get(id)).toMatchObject({ status: 'degraded', code: 'record-differs' });
    expect(await listed(id)).toMatchObject({ status: 'degraded', code: 'record-differs', source: 'view' });
    expect((await drift(rig, id)).rows).toContainEqual(
      expect.objectContaining({ action: 'conflict', id: `${zoneId}/A/${recordName(clusterId)}` }),
    );
  });
});
