import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect } from '../lifecycle/support.ts';
import { pass } from '../sync/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

const locked = {
  kind: 'status',
  status: 409,
  body: { error: { code: 'ScopeLocked', message: 'The scope is locked.' } },
} as const;

type Known = ConnectionBody & {
  readonly final: boolean;
  readonly writes: Readonly<Record<string, number>>;
  readonly whitelist: { readonly at: string | null; readonly confirmed: boolean } | null;
};

async function read(id: string): Promise<Known> {
  return (await rig.call('GET', `/api/connections/${id}`)).body as Known;
}

interface Listed {
  readonly id: string;
  readonly status: string;
  readonly whitelistedAt: string | null;
}

async function listed(id: string): Promise<Listed | undefined> {
  const { body } = await rig.call('GET', '/api/connections');
  const { connections } = body as { connections: Listed[] };
  return connections.find((entry) => entry.id === id);
}

/** A run whose private endpoint Azure refuses after the subscription has come onto the whitelist. */
async function refusedEndpoint(): Promise<{ readonly id: string; readonly at: string | null }> {
  rig.sandbox.faults.order({ call: 'privateEndpoints.put', fault: locked, times: 'always' });
  const { id } = await rig.connect();
  rig.sandbox.faults.clear();
  const { status, whitelist } = await read(id);
  expect(status).toBe('failed');
  return { id, at: whitelist?.at ?? null };
}

describe('the whitelist entry', () => {
  it('is noted before Zilliz is asked for it: a run that is cancelled there has it', async () => {
    const fault = { kind: 'status', status: 503 } as const;
    rig.sandbox.faults.order({ call: 'zilliz.addWhitelistEntry', fault, times: 'always' });
    const id = await rig.post(sampleRequest);
    await rig.host.runUntil(() => rig.sandbox.traffic.of('zilliz.addWhitelistEntry').length > 0);

    await rig.call('POST', `/api/connections/${id}/cancel`);

    expect(await read(id)).toMatchObject({
      status: 'cancelled',
      whitelist: { at: expect.any(String) as string, confirmed: false },
    });
    rig.sandbox.faults.clear();
    const { removal } = await disconnect(rig, id);
    expect(removal?.manualSteps.join()).toMatch(
      /may be on the whitelist.* asked for it at .*no confirmation/,
    );
  });

  it('of a failed run is shown, passed on to the next run, and written onto its private endpoint', async () => {
    const { id, at } = await refusedEndpoint();
    expect(at).not.toBeNull();
    expect((await listed(id))?.whitelistedAt).toBe(at);
    await pass(rig, 60);

    const { status } = await rig.connect();

    expect(status).toBe('connected');
    const [endpoint] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
    expect(endpoint?.tags).toMatchObject({ 'zpl-whitelisted-at': at });
    expect(rig.sandbox.traffic.of('zilliz.addWhitelistEntry')).toHaveLength(1);
  });

  nightly('of a failed run stays known to DELETE, and to the run after that', async () => {
    const { id, at } = await refusedEndpoint();

    const { removal } = await disconnect(rig, id);
    expect(removal?.manualSteps.join()).toContain(
      `${sample.subscriptionId} stays on the whitelist of the project ${sample.projectId}, since ${String(at)}`,
    );
    await rig.connect();

    expect((await read(id)).whitelist).toEqual({ at, confirmed: true });
  });

  it('that no one noted may be there: Azure shows the service, and DELETE says that the time is not known', async () => {
    const { id } = await refusedEndpoint();
    const other = await rig.deployAnother();
    await other.finish(await other.post(sampleRequest));

    await other.call('DELETE', `/api/connections/${id}`);
    const { removal } = (await other.finish(id)) as unknown as Awaited<ReturnType<typeof disconnect>>;

    expect(removal?.manualSteps.join()).toMatch(/may be on the whitelist.* no time is noted/);
  });

  it('of a failed run is not purged by a sweep, before a later run or DELETE has shown it', async () => {
    const { id, at } = await refusedEndpoint();
    const days = 31 * 24 * 60;
    await pass(rig, days);
    await rig.host.runTimerTrigger('sweep');
    expect((await read(id)).whitelist?.at).toBe(at);

    await disconnect(rig, id);
    await pass(rig, days);
    await rig.host.runTimerTrigger('sweep');

    expect((await rig.call('GET', `/api/connections/${id}`)).status).toBe(404);
  });
});

describe('a run that failed keeps what it knows', () => {
  it('of a connect: hosts, private endpoint, manual steps and writes', async () => {
    rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault: locked, times: 'always' });
    const { id } = await rig.connect();
    await pass(rig, 120);

    const { status, writes, result } = await read(id);

    expect(status).toBe('failed');
    expect(result).toMatchObject({
      outcome: 'failed',
      privateEndpoint: { address: expect.any(String) as string },
      writes: { 'whitelist entry': 1, 'private endpoint': 1, registration: 1, zone: 1, record: 2 },
    });
    expect(writes).toMatchObject({ 'private endpoint': 1 });
    // No name was verified, so no failed verification is noted.
    expect(writes).not.toHaveProperty(['verification noted']);
    expect(result?.clusters.map(({ uri }) => uri)).toEqual(
      sample.clusterIds.map(
        (clusterId) => expect.stringContaining(`https://${clusterId}-privatelink`) as string,
      ),
    );
    expect(result?.clusters[0]?.probe?.command).toContain('curl');
  });

  it('of one that is suspended in the task hub: it shows as such, and goes on when it is resumed', async () => {
    const id = await rig.post(sampleRequest);
    await rig.until(id, ({ phases }) => phases[4]?.state === 'running');
    const act = (verb: string): Promise<Response> =>
      fetch(
        `${rig.host.baseUrl}/runtime/webhooks/durabletask/instances/${id}/${verb}?reason=lunch&code=${rig.host.keys.system}`,
        { method: 'POST' },
      );

    await act('suspend');
    await pass(rig, 30);
    const list = await listed(id);
    const { status, final, writes } = await read(id);
    await act('resume');

    expect([list?.status, status, final]).toEqual(['suspended', 'suspended', false]);
    expect(writes).toMatchObject({ 'private endpoint': 1 });
    expect((await rig.finish(id)).status).toBe('connected');
  });

  it('of a disconnect: what it has removed, and what it could not', async () => {
    const { id } = await rig.connect();
    rig.sandbox.faults.order({ call: 'privateDnsZones.delete', fault: locked, times: 'always' });

    const { status, removal } = await disconnect(rig, id);

    expect(status).toBe('failed');
    expect(removal).toMatchObject({ outcome: 'failed', writes: { 'virtual network link removed': 1 } });
    expect(removal?.removed.map(({ resource }) => resource)).toContain('A record set');
    expect(removal?.failed.map(({ resource }) => resource)).toEqual(['private DNS zone']);
    expect(removal?.manualSteps.join()).toContain('stays on the whitelist');
  });

  nightly(
    'of a disconnect, where a link is deleted and cannot be read: that one has failed, and the others are removed',
    async () => {
      const { id } = await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } });
      const [unread] = sample.clusterIds;
      const fault = {
        kind: 'status',
        status: 403,
        body: { error: { code: 'AuthorizationFailed', message: 'The client may not.' } },
      } as const;
      const path = `${unread}-privatelink`;
      rig.sandbox.faults.order({ call: 'virtualNetworkLinks.get', path, fault, times: 'always' });

      const { status, removal } = await disconnect(rig, id);

      expect(status).toBe('failed');
      expect(removal?.failed).toMatchObject([
        {
          resource: 'virtual network link',
          id: expect.stringContaining(unread) as string,
          reason: expect.stringContaining('AuthorizationFailed') as string,
        },
      ]);
      expect(removal?.removed.map(({ resource }) => resource)).toEqual(['virtual network link']);
    },
  );

  const writes = [
    ['privateEndpoints.put', 'private endpoint'],
    ['zilliz.createPrivateEndpoint', 'registration'],
    ['privateDnsZones.put', 'zone'],
    ['recordSets.put', 'record'],
    ['virtualNetworkLinks.put', 'link'],
  ] as const;

  it.each(inGate(writes, 'recordSets.put'))(
    'and counts apart what it found after %s had lost its answer',
    async (call, kind) => {
      rig.sandbox.faults.order({
        call,
        fault: { kind: 'answerLost' },
        times: 1,
        ...(kind === 'record' && { path: '/A/' }),
      });

      const { status, result } = await rig.connect();

      expect(status).toBe('connected');
      expect(result?.writes).toMatchObject({ [`${kind}, found after a lost answer`]: 1 });
    },
  );
});
