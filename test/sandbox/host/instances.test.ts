import * as df from 'durable-functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { finished, instanceOf, post, startInstance } from './support.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
let clock: VirtualClock;
let host: Host;

beforeEach(async () => {
  clock = new VirtualClock();
  host = await startHost({ clock, worker: inProcessWorker(register) });
});

afterEach(() => host.stop());

function register(): void {
  df.app.activity('echo', { handler: (input: unknown) => input });
  df.app.orchestration('collect', function* (context) {
    const { rounds, seen } = context.df.getInput<{ rounds: number; seen: string[] }>();
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    const event: unknown = yield context.df.waitForExternalEvent('item');
    const all = [...seen, String(event)];
    if (rounds === 1) return all;
    context.df.continueAsNew({ rounds: rounds - 1, seen: all });
    return null;
  });
  df.app.orchestration('takes-status-back', function* (context) {
    context.df.setCustomStatus('set');
    yield context.df.waitForExternalEvent('go');
    context.df.setCustomStatus(null);
    yield context.df.waitForExternalEvent('go');
  });
  df.app.orchestration('has-child', function* (context) {
    yield context.df.callSubOrchestrator('echo-child', {}, 'child');
  });
  df.app.orchestration('echo-child', function* (context) {
    yield context.df.callActivity('echo', { n: 1 });
  });
  df.app.orchestration('two-waiters', function* (context) {
    const first = context.df.waitForExternalEvent('go');
    const second = context.df.waitForExternalEvent('go');
    yield context.df.Task.any([first, second]);
    return { first: first.isCompleted, second: second.isCompleted };
  });
  df.app.orchestration('steps', function* (context) {
    yield context.df.waitForExternalEvent('go');
    const result: unknown = yield context.df.callActivity('echo', { n: 1 });
    return result;
  });
  df.app.orchestration('long-wait', function* (context) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 20 * DAY_MS));
    return 'awake';
  });
  df.app.orchestration('open-timer', function* (context) {
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    yield context.df.Task.any([timer, context.df.callActivity('echo', { n: 1 })]);
    return 'returned';
  });
  df.app.orchestration('cancelled-timer', function* (context) {
    const timer = context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    yield context.df.Task.any([timer, context.df.callActivity('echo', { n: 1 })]);
    timer.cancel();
    return 'returned';
  });
  df.app.orchestration('calls-unknown', function* (context) {
    yield context.df.callActivity('echo', { n: 1 });
    yield context.df.callActivity('nobody', { n: 2 });
  });
  df.app.orchestration('sleeper', function* (context) {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    return context.df.getInput();
  });
  df.app.orchestration('parent', function* (context) {
    const result: unknown = yield context.df.callSubOrchestrator('sleeper', { by: 'parent' }, 'child');
    return result;
  });
}

describe('renewal by continue-as-new', () => {
  it('keeps the events that no task has waited for yet', async () => {
    await startInstance(host, 'collect', 'one', { rounds: 3, seen: [] });
    for (const item of ['a', 'b', 'c']) await post(host, 'instances/one/raiseEvent/item', item);

    const instance = await finished(host, 'one');

    expect(instance.output).toEqual(['a', 'b', 'c']);
    expect(instance.input).toMatchObject({ rounds: 1 });
    expect(instance.history.filter(({ EventType }) => EventType === 10)).toHaveLength(1);
  });
});

describe('external events', () => {
  it('go to the last waiter of their name', async () => {
    await startInstance(host, 'two-waiters', 'one');
    await host.whenIdle();
    await post(host, 'instances/one/raiseEvent/go', {});

    await host.whenIdle();

    expect(instanceOf(host, 'one').output).toEqual({ first: false, second: true });
  });
});

describe('a start', () => {
  it('of a running instance is a conflict', async () => {
    await startInstance(host, 'steps', 'one');
    await host.whenIdle();

    const second = await startInstance(host, 'steps', 'one');

    expect(second.status).toBe(409);
    expect(await second.json()).toEqual({
      Message: 'An Orchestration instance with the status Running already exists.',
    });
  });

  it('at the same time as another is accepted too, and one of them runs', async () => {
    await host.stop();
    // Long enough for all three requests to arrive before the first run is stored.
    host = await startHost({ clock, worker: inProcessWorker(register), startLatencyMs: 1000 });

    const answers = await Promise.all([1, 2, 3].map((n) => startInstance(host, 'steps', 'one', { n })));
    await host.whenIdle();

    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    const events = host.history('one').filter(({ EventType }) => EventType === 0);
    expect(events).toHaveLength(1);
  });

  it('of a finished instance forgets its history', async () => {
    await startInstance(host, 'open-timer', 'one');
    await finished(host, 'one');

    await startInstance(host, 'steps', 'one');
    await host.whenIdle();

    expect(instanceOf(host, 'one')).toMatchObject({ name: 'steps', runtimeStatus: 'Running', output: null });
  });
});

describe('timers', () => {
  it('longer than six days are made in steps', async () => {
    const startedAt = clock.now();
    await startInstance(host, 'long-wait', 'one');

    const { output, history } = await finished(host, 'one');

    expect(output).toBe('awake');
    expect(clock.now() - startedAt).toBe(20 * DAY_MS);
    // As measured for this length with the SDK on a prototype: 32 events in all.
    expect(history.filter(({ EventType }) => EventType === 11).length).toBeGreaterThan(4);
  });

  it('that are left open keep the instance running', async () => {
    await startInstance(host, 'open-timer', 'one');
    await host.whenIdle();
    expect(instanceOf(host, 'one').runtimeStatus).toBe('Running');

    await finished(host, 'one');
    expect(instanceOf(host, 'one').output).toBe('returned');
  });

  it('that are cancelled do not, and never fire', async () => {
    await startInstance(host, 'cancelled-timer', 'one');
    await host.whenIdle();

    expect(instanceOf(host, 'one').runtimeStatus).toBe('Completed');
    expect(clock.nextAt()).toBeUndefined();
  });
});

describe('a suspended instance', () => {
  it('takes its events when it is resumed', async () => {
    await startInstance(host, 'steps', 'one');
    await host.whenIdle();
    await post(host, 'instances/one/suspend?reason=lunch');
    await host.whenIdle();
    await post(host, 'instances/one/raiseEvent/go', {});
    await host.whenIdle();
    expect(instanceOf(host, 'one')).toMatchObject({ runtimeStatus: 'Suspended', output: 'lunch' });

    await post(host, 'instances/one/resume?reason=back');
    await host.whenIdle();

    expect(instanceOf(host, 'one')).toMatchObject({ runtimeStatus: 'Completed', output: { n: 1 } });
  });
});

describe('an activity that is not registered', () => {
  it('leaves the instance running, until it is terminated', async () => {
    await startInstance(host, 'calls-unknown', 'one');
    await host.whenIdle();
    expect(instanceOf(host, 'one').runtimeStatus).toBe('Running');

    await post(host, 'instances/one/terminate?reason=enough');
    await host.whenIdle();

    expect(instanceOf(host, 'one')).toMatchObject({ runtimeStatus: 'Terminated', output: 'enough' });
  });
});

describe('a child', () => {
  it('replaces an instance that runs under its ID', async () => {
    await startInstance(host, 'sleeper', 'child', { by: 'somebody else' });
    await host.whenIdle();
    await startInstance(host, 'parent', 'one');

    expect((await finished(host, 'one')).output).toEqual({ by: 'parent' });
  });

  it('goes on when its parent is terminated', async () => {
    await startInstance(host, 'parent', 'one');
    await host.whenIdle();
    await post(host, 'instances/one/terminate?reason=enough');
    await host.whenIdle();

    expect(instanceOf(host, 'one').runtimeStatus).toBe('Terminated');
    expect((await finished(host, 'child')).runtimeStatus).toBe('Completed');
  });
});

describe('as seen of the real host', () => {
  it('a custom status that is taken back is null', async () => {
    await startInstance(host, 'takes-status-back', 'a');
    await host.whenIdle();
    expect(instanceOf(host, 'a').customStatus).toBe('set');
    await post(host, 'instances/a/raiseEvent/go', {});
    await host.whenIdle();
    expect(instanceOf(host, 'a').customStatus).toBeNull();
  });

  it('a child names its parent', async () => {
    await startInstance(host, 'has-child', 'parent');
    await finished(host, 'parent');
    const url = `${host.baseUrl}/runtime/webhooks/durabletask/instances/child?code=${host.keys.system}`;
    expect(await (await fetch(url)).json()).toMatchObject({ parentInstanceId: 'parent' });
  });

  it('a new instance may stay Pending for minutes', async () => {
    await host.stop();
    const faults = { pendingMs: () => 5 * 60_000 };
    host = await startHost({ clock, worker: inProcessWorker(register), faults });
    const begun = clock.now();
    await startInstance(host, 'steps', 'slow');
    await post(host, 'instances/slow/raiseEvent/go', {});
    await host.whenIdle();
    expect(instanceOf(host, 'slow').runtimeStatus).toBe('Pending');
    expect((await finished(host, 'slow')).output).toEqual({ n: 1 });
    expect(clock.now() - begun).toBeGreaterThanOrEqual(5 * 60_000);
  });
});
