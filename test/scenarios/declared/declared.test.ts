import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { pass } from '../sync/support.ts';
import { nightly } from '../../support/inGate.ts';

/** Names that resolve today are hidden only where the entry says so. */
const wanted = { ...sampleRequest, dns: { hiddenNames: 'warn' } };

let rig: Rig;

afterEach(() => rig.stop());

interface Declared {
  readonly entry: number;
  readonly connectionId: string | null;
  readonly fate: string;
  readonly detail: string | null;
}

/** Sweeps run only where a test asks for one. */
const SWEEP_SCHEDULE = '0 0 0 1 1 *';

async function declare(...entries: readonly object[]): Promise<void> {
  rig = await startRig({ settings: { CONNECTIONS: JSON.stringify(entries), SWEEP_SCHEDULE } });
}

/** The app restarts with another value of the setting. */
function change(...entries: readonly object[]): Promise<void> {
  return rig.restartHost(undefined, { CONNECTIONS: JSON.stringify(entries) });
}

/** A sweep, and the end of every run that it started. The notes of entries go on. */
async function sweep(): Promise<void> {
  await rig.host.runTimerTrigger('sweep');
  await rig.runUntil(() => connects().every(({ runtimeStatus }) => runtimeStatus !== 'Running'));
}

function connects() {
  return rig.host.instances().filter(({ name }) => name === 'connect');
}

async function list(): Promise<readonly Declared[]> {
  return ((await rig.call('GET', '/api/connections')).body as { declared: Declared[] }).declared;
}

async function fates(): Promise<readonly string[]> {
  return (await list()).map(({ fate }) => fate);
}

/** How often the connection has been started: each run of the same ID has another start. */
async function startOf(id: string | null | undefined): Promise<string> {
  const { body } = await rig.call('GET', `/api/connections/${id}`);
  const { createdAt, status } = body as { createdAt: string; status: string };
  return `${status} ${createdAt}`;
}

describe('an entry of CONNECTIONS', () => {
  it('is started by the sweep, once', async () => {
    await declare(wanted);
    expect(await fates()).toEqual(['waiting']);

    await sweep();

    const [entry] = await list();
    expect(entry).toMatchObject({ entry: 0, fate: 'started', detail: null });
    const first = await startOf(entry?.connectionId);
    expect(first).toMatch(/^connected /);
    await pass(rig, 20);
    await sweep();
    expect(await startOf(entry?.connectionId)).toBe(first);
  });

  nightly('is not started again when its run is long purged', async () => {
    await declare(wanted);
    await sweep();

    await pass(rig, 45 * 24 * 60);
    await sweep();

    expect(connects()).toEqual([]);
    expect(await fates()).toEqual(['started']);
  });

  it.each([
    ['DELETE', '', 'disconnected'],
    ['POST', '/cancel', 'cancelled'],
  ])('stays as a person has left it by %s%s', async (method, path, status) => {
    await declare(wanted);
    await rig.host.runTimerTrigger('sweep');
    const [entry] = await list();
    const id = entry?.connectionId ?? '';
    if (method === 'DELETE') await rig.finish(id);
    await rig.call(method, `/api/connections/${id}${path}`);
    await rig.finish(id);

    await pass(rig, 30);
    await sweep();

    expect(await startOf(id)).toContain(status);
    expect(await fates()).toEqual(['started']);
  });

  nightly('stays handed over after a release', async () => {
    await declare(wanted);
    await sweep();
    const id = (await list())[0]?.connectionId ?? '';
    await rig.call('POST', `/api/connections/${id}/release`);

    await pass(rig, 30);
    await sweep();

    expect(connects()).toEqual([]);
    expect(await fates()).toEqual(['started']);
  });

  it('is started again by each sweep until the key is there', async () => {
    await declare(wanted);
    rig.sandbox.keyVault.control.deleteSecret('zilliz-api-key');
    await sweep();
    expect(await list()).toMatchObject([
      { fate: 'starting-again', detail: expect.stringContaining('zilliz-api-key') as string },
    ]);
    await pass(rig, 20);
    await sweep();
    expect(await fates()).toEqual(['starting-again']);

    rig.sandbox.keyVault.control.recoverSecret('zilliz-api-key');
    await pass(rig, 20);
    await sweep();

    expect(await fates()).toEqual(['started']);
    expect(await startOf((await list())[0]?.connectionId)).toMatch(/^connected /);
  });

  it('is given up a day after its first start', async () => {
    await declare(wanted);
    rig.sandbox.keyVault.control.deleteSecret('zilliz-api-key');
    await sweep();
    await pass(rig, 25 * 60);
    const id = (await list())[0]?.connectionId;
    const last = await startOf(id);

    await sweep();

    expect(await fates()).toEqual(['started']);
    expect(await startOf(id)).toBe(last);
  });

  it('is not started again after a failure that came after its first write', async () => {
    await declare(wanted);
    await rig.host.runTimerTrigger('sweep');
    const id = (await list())[0]?.connectionId ?? '';
    await rig.until(id, ({ phases }) => phases.some(({ phase }) => phase === 'await-allocation'));
    rig.sandbox.zilliz.control.revokeKey(sample.apiKey);
    await rig.finish(id);
    const last = await startOf(id);
    expect(last).toMatch(/^failed /);

    await pass(rig, 20);
    await sweep();

    expect(await startOf(id)).toBe(last);
    expect(await fates()).toEqual(['started']);
  });

  nightly('that is changed is a new entry, and one that is taken away removes nothing', async () => {
    await declare(wanted);
    await sweep();
    const id = (await list())[0]?.connectionId;
    const first = await startOf(id);

    await change({ ...wanted, tags: { team: 'search' } });
    expect(await fates()).toEqual(['waiting']);
    await sweep();
    const second = await startOf(id);
    expect(second).not.toBe(first);
    await change();
    await sweep();

    expect(await list()).toEqual([]);
    expect(await startOf(id)).toBe(second);
    expect(rig.host.instances().filter(({ name }) => name === 'declaration')).toMatchObject([
      { runtimeStatus: 'Completed' },
      { runtimeStatus: 'Completed' },
    ]);
  });

  nightly('that says the same with its fields in another order is the same entry', async () => {
    await declare({ ...wanted, adopt: 'never', onFailure: 'keep' });
    await sweep();
    const first = await startOf((await list())[0]?.connectionId);

    await change({ onFailure: 'keep', adopt: 'never', ...wanted });
    await sweep();

    expect(await fates()).toEqual(['started']);
    expect(await startOf((await list())[0]?.connectionId)).toBe(first);
  });

  nightly('waits for the run of a person that is under way', async () => {
    await declare(wanted);
    const id = await rig.post({ ...wanted, tags: { by: 'hand' } });

    await rig.host.runTimerTrigger('sweep');
    expect(await fates()).toEqual(['waiting']);
    await rig.finish(id);
    await sweep();

    expect(await fates()).toEqual(['started']);
  });

  it('that cannot be started does not stop the others, and the log says why', async () => {
    await declare(
      { ...wanted, regionId: 'eastus' },
      wanted,
      { ...wanted, adopt: 'never' },
      { ...wanted, subnetID: 'typo' },
    );

    await sweep();

    expect(await list()).toMatchObject([
      {
        entry: 0,
        connectionId: null,
        fate: 'refused',
        detail: expect.stringContaining('/regionId') as string,
      },
      { entry: 1, fate: 'started' },
      { entry: 2, fate: 'refused', detail: 'the entry is the connection of entry 1: leave one of them out' },
      { entry: 3, fate: 'refused', detail: expect.stringContaining('did you mean subnetId?') as string },
    ]);
    expect(rig.logged.filter(({ message }) => message.includes('declared-refused'))).toHaveLength(3);
  });

  it('hides no name that resolves today, unless the entry says so', async () => {
    await declare(sampleRequest);
    await sweep();
    expect(await list()).toMatchObject([
      { fate: 'started', detail: expect.stringContaining('would hide') as string },
    ]);
    expect(rig.sandbox.azure.control.snapshot().dns.zones).toEqual({});

    await change(wanted);
    await sweep();

    expect(await startOf((await list())[0]?.connectionId)).toMatch(/^connected /);
  });

  it('outside the bounds of the deployment is refused', async () => {
    rig = await startRig({
      settings: { CONNECTIONS: JSON.stringify([wanted]), ALLOWED_PROJECTS: 'proj-other' },
    });

    await sweep();

    expect(await fates()).toEqual(['refused']);
    expect(connects()).toEqual([]);
  });

  it('whose run was started when the process died is noted, not started anew', async () => {
    await declare(wanted);
    await rig.host.runTimerTrigger('sweep');
    const id = (await list())[0]?.connectionId;
    await rig.finish(id ?? '');
    const first = await startOf(id);
    const [note] = rig.host.instances().filter(({ name }) => name === 'declaration');
    await rig.call(
      'POST',
      `/runtime/webhooks/durabletask/instances/${note?.instanceId}/terminate?reason=died&code=${rig.host.keys.system}`,
    );

    await sweep();

    expect(await startOf(id)).toBe(first);
    expect(await fates()).toEqual(['started']);
  });
});

test.each([
  ['no JSON', '{'],
  ['no list', '{}'],
  ['more than 20', JSON.stringify(Array.from({ length: 21 }, () => wanted))],
])('CONNECTIONS that is %s is refused with the other settings', async (_, text) => {
  rig = await startRig({ settings: { CONNECTIONS: text } });

  expect((await rig.call('GET', '/api/health')).body).toMatchObject({
    settings: [{ name: 'CONNECTIONS', fault: 'must be a JSON list of at most 20 requests' }],
  });
});
