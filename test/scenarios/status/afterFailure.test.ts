import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { disconnect } from '../lifecycle/support.ts';
import { pass } from '../sync/support.ts';

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
  readonly whitelist: { readonly at: string | null; readonly confirmed: boolean } | null;
};

async function read(id: string): Promise<Known> {
  return (await rig.call('GET', `/api/connections/${id}`)).body as Known;
}

async function listed(id: string): Promise<{ readonly whitelistedAt: string | null } | undefined> {
  const { body } = await rig.call('GET', '/api/connections');
  const { connections } = body as { connections: { id: string; whitelistedAt: string | null }[] };
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

  it('of a failed run stays known to DELETE, and to the run after that', async () => {
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
