import { wholeSecondTimers } from '../../../sandbox/host/faults.ts';
import { runSize } from '../../../sandbox/rig/keptJournal.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { seededTimings } from '../../../sandbox/zilliz/timings.ts';
import type { ZillizTimings } from '../../../sandbox/zilliz/timings.ts';
import { inGate, nightly } from '../../support/inGate.ts';
import { MOST_EVENTS, MOST_STATUS_BYTES } from '../../support/runBounds.ts';
import { executedTwice } from '../faults/leftovers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The sweep is none of the run, and would fill a week with its own work. */
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };

/** A thousand reads: shorter runs check that each replay gives the same. */
const once = { host: { replayTwice: false } };

let rig: Rig | undefined;

async function start(zilliz: Partial<ZillizTimings> = {}, options: RigOptions = {}): Promise<Rig> {
  const timings = { zilliz: { ...seededTimings(), ...zilliz } };
  rig = await startRig({ settings, timings, ...options });
  return rig;
}

/** For every test here: no wait makes a run large, and nothing is written a second time. */
afterEach(async () => {
  const running = rig;
  rig = undefined;
  if (!running) return;
  const { historyEvents, customStatusBytes } = runSize(running.journal);
  const { writes } = executedTwice(running);
  await running.stop();
  expect(historyEvents).toBeGreaterThan(0);
  expect(historyEvents).toBeLessThanOrEqual(MOST_EVENTS);
  expect(customStatusBytes).toBeLessThan(MOST_STATUS_BYTES);
  expect(writes).toEqual([]);
});

/** How long the wait for the allocation took, in minutes. */
function minutesAwaited({ phases }: ConnectionBody): number {
  const wait = phases.find(({ phase }) => phase === 'await-allocation');
  return (Date.parse(wait?.endedAt ?? '') - Date.parse(wait?.startedAt ?? '')) / MINUTE;
}

describe('the answer of Zilliz', () => {
  it('may be a rejection after 3 minutes: the run ends then, with the reason and what to do', async () => {
    const running = await start();
    const { control } = running.sandbox.zilliz;
    control.reviewEndpoints('ignore');
    const id = await running.post(sampleRequest);
    await running.host.runUntil(() => control.snapshot().endpoints.length > 0);
    const { endpointId = '', registeredAt = 0 } = control.snapshot().endpoints[0] ?? {};
    running.clock.schedule(registeredAt + 3 * MINUTE, () =>
      control.rejectEndpoint(endpointId, 'the subscription is not known'),
    );

    const view = await running.finish(id);

    expect(view.status).toBe('failed');
    expect(view.problem?.type).toMatch(/connection-rejected$/);
    expect(view.problem?.detail).toBe(`${endpointId}: Rejected the subscription is not known`);
    expect(view.problem?.cause).toMatch(/cannot be revived/);
    expect(view.problem?.remedy).toMatch(/DELETE the connection/);
    expect(minutesAwaited(view)).toBeGreaterThanOrEqual(3);
    expect(minutesAwaited(view)).toBeLessThan(4);
    expect(running.sandbox.traffic.of('virtualNetworkLinks.put')).toEqual([]);
  });

  nightly('may be an approval after 50 minutes: connected, soon after it', async () => {
    const view = await (await start({ approval: () => 50 * MINUTE })).connect();

    expect(view.status).toBe('connected');
    expect(minutesAwaited(view)).toBeGreaterThanOrEqual(50);
    expect(minutesAwaited(view)).toBeLessThan(55);
  });

  nightly('may never come: the run ends at its deadline, with the last words of both sides', async () => {
    const running = await start();
    running.sandbox.zilliz.control.reviewEndpoints('ignore');
    running.sandbox.zilliz.control.setStatusWords({ pending: 'UNDER_REVIEW' });

    const view = await running.connect();

    expect(view.status).toBe('failed');
    expect(view.problem?.type).toMatch(/not-approved-in-time$/);
    expect(view.problem?.detail).toMatch(/after 60 minutes: Azure says Pending.*, Zilliz says UNDER_REVIEW$/);
    expect(view.problem?.remedy).toMatch(/POST the request again/);
    expect(minutesAwaited(view)).toBeCloseTo(60, 0);
    expect(running.sandbox.traffic.of('virtualNetworkLinks.put')).toEqual([]);
  });

  nightly('may be an unknown status: the run continues to wait, and shows that status', async () => {
    const running = await start();
    running.sandbox.zilliz.control.setStatusWords({ pending: 'SIMMERING' });
    const id = await running.post(sampleRequest);

    const waiting = await running.until(id, ({ phases }) =>
      phases.some(({ reason }) => reason?.includes('SIMMERING') === true),
    );
    const view = await running.finish(id);

    expect(waiting.status).toBe('running');
    expect(view.status).toBe('connected');
  });
});

describe('the clock', () => {
  nightly('does not care for a change to summer time in between', async () => {
    const seconds = async (startAt: number): Promise<number> => {
      const running = await start({ allocation: () => 10 * MINUTE }, { startAt });
      const view = await running.connect();
      const took = (running.clock.now() - startAt) / 1000;
      expect(view.status).toBe('connected');
      await running.stop();
      return took;
    };

    const inSummerTime = await seconds(Date.UTC(2026, 2, 29, 0, 55));
    const onAnyDay = await seconds(Date.UTC(2026, 2, 25, 0, 55));
    rig = undefined;

    expect(inSummerTime).toBe(onAnyDay);
  });

  it.each(
    inGate(
      ['authorize-subscription', 'create-endpoint', 'await-allocation', 'configure-dns'],
      'create-endpoint',
      'await-allocation',
    ),
  )('may run on for an hour in which the host is down, in %s', async (phase) => {
    const running = await start();
    const id = await running.post({ ...sampleRequest, deadlineMinutes: 120 });
    await running.until(id, ({ phases }) =>
      phases.some((one) => one.phase === phase && one.state === 'running'),
    );
    running.killHost();
    running.clock.advanceTo(running.clock.now() + HOUR);
    await running.restartHost();

    const view = await running.finish(id);

    expect(view.status).toBe('connected');
  });

  it('finds what came about in an hour in which the host was down, also past the deadline', async () => {
    const running = await start();
    const id = await running.post({ ...sampleRequest, deadlineMinutes: 10 });
    await running.until(id, ({ phases }) =>
      phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
    );
    running.killHost();
    running.clock.advanceTo(running.clock.now() + HOUR);
    await running.restartHost();

    const view = await running.finish(id);

    expect(view.status).toBe('connected');
  });

  it('may fire each timer up to a second early: no look is lost, and the deadline holds', async () => {
    const running = await start({}, { host: { faults: { timerDelay: wholeSecondTimers } } });
    running.sandbox.zilliz.control.reviewEndpoints('ignore');

    const late = await running.connect({ ...sampleRequest, deadlineMinutes: 10 });
    expect(late.problem?.type).toMatch(/not-approved-in-time$/);
    expect(minutesAwaited(late)).toBeGreaterThan(9.9);

    const { endpoints } = running.sandbox.zilliz.control.snapshot();
    running.sandbox.zilliz.control.acceptEndpoint(endpoints[0]?.endpointId ?? '');
    const view = await running.connect();

    expect(view.status).toBe('connected');
  });
});

describe('the deadline of a request', () => {
  it('may be ten minutes', async () => {
    const running = await start({ allocation: () => 15 * MINUTE });

    const view = await running.connect({ ...sampleRequest, deadlineMinutes: 10 });

    expect(view.problem?.type).toMatch(/not-approved-in-time$/);
    expect(view.problem?.detail).toMatch(/after 10 minutes: Azure says Approved/);
    expect(minutesAwaited(view)).toBeCloseTo(10, 0);
  });

  const longWaits = [
    { days: 1, allocated: 0.5 },
    { days: 2, allocated: 1.5 },
    { days: 7, allocated: 5.5 },
  ];

  nightly.each(longWaits)('may be $days days, in which the allocation comes late', async (wait) => {
    const running = await start({ allocation: () => wait.allocated * DAY }, once);

    const view = await running.connect({ ...sampleRequest, deadlineMinutes: wait.days * 24 * 60 });

    expect(view.status).toBe('connected');
    expect(view.result?.clusters).toHaveLength(sample.clusterIds.length);
    expect(minutesAwaited(view) * MINUTE).toBeGreaterThanOrEqual(wait.allocated * DAY);
    expect(minutesAwaited(view) * MINUTE).toBeLessThan(wait.allocated * DAY + 15 * MINUTE);
  });

  nightly.each(longWaits)('may be $days days, in which nothing comes', async ({ days }) => {
    const running = await start({}, once);
    running.sandbox.zilliz.control.reviewEndpoints('ignore');

    const view = await running.connect({ ...sampleRequest, deadlineMinutes: days * 24 * 60 });

    expect(view.problem?.type).toMatch(/not-approved-in-time$/);
    expect(minutesAwaited(view) * MINUTE).toBeCloseTo(days * DAY, -5);
  });
});
