import * as df from 'durable-functions';
import { seededFaults, wholeSecondTimers } from '../../../sandbox/host/faults.ts';
import type { HostFaults } from '../../../sandbox/host/faults.ts';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host, HostOptions } from '../../../sandbox/host/host.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { finished, startInstance } from './support.ts';

let host: Host | undefined;
let runs = 0;

afterEach(async () => {
  await host?.stop();
  host = undefined;
  runs = 0;
});

function register(): void {
  df.app.activity('count', {
    handler: ({ n }: { n: number }) => {
      runs += 1;
      return { n };
    },
  });
  df.app.orchestration('fan', function* (context) {
    const calls = [1, 2, 3, 4].map((n) => context.df.callActivity('count', { n }));
    const first: unknown = yield context.df.Task.all(calls);
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 30_000));
    const last: unknown = yield context.df.callActivity('count', { n: 5 });
    return { first, last };
  });
  df.app.orchestration('by-chance', function* (context) {
    const n = Math.random();
    const result: unknown = yield context.df.callActivity('count', { n });
    return result;
  });
  df.app.orchestration('pause', function* (context) {
    const from = context.df.currentUtcDateTime.getTime();
    yield context.df.createTimer(new Date(from + 3000));
    return { waited: context.df.currentUtcDateTime.getTime() - from };
  });
}

async function start(options: Partial<HostOptions> = {}): Promise<Host> {
  host = await startHost({ clock: new VirtualClock(), worker: inProcessWorker(register), ...options });
  return host;
}

const RESULT = { first: [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }], last: { n: 5 } };

it('a host runs ten activities at the same time, and the others in their turn', async () => {
  let running = 0;
  let most = 0;
  const manyAtOnce = (): void => {
    df.app.activity('slow', {
      handler: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running -= 1;
        return {};
      },
    });
    df.app.orchestration('many', function* (context) {
      yield context.df.Task.all(Array.from({ length: 25 }, () => context.df.callActivity('slow', {})));
      return {};
    });
  };
  const crowded = await start({ worker: inProcessWorker(manyAtOnce) });

  await startInstance(crowded, 'many', 'one');

  expect((await finished(crowded, 'one')).output).toEqual({});
  expect(most).toBe(10);
});

describe('a host with faults', () => {
  it.each([1, 2, 3, 4, 5])(
    'gives the same result when messages come twice and in any order (seed %i)',
    async (seed) => {
      const faulty = await start({ faults: seededFaults(seed, { duplicates: 0.6 }) });

      await startInstance(faulty, 'fan', 'one');

      expect((await finished(faulty, 'one')).output).toEqual(RESULT);
      expect(runs).toBe(5);
    },
  );

  it('runs an activity again whose result got lost, after the visibility time-out', async () => {
    let lost = 0;
    const faults: HostFaults = { losesActivityResult: () => ++lost === 1 };
    const clock = new VirtualClock();
    const startedAt = clock.now();
    const faulty = await start({ clock, faults, activityVisibilityTimeoutMs: 60_000 });

    await startInstance(faulty, 'fan', 'one');

    expect((await finished(faulty, 'one')).output).toEqual(RESULT);
    expect(runs).toBe(6);
    expect(clock.now() - startedAt).toBe(60_000 + 30_000);
  });

  it('fires timers up to a second early', async () => {
    const faulty = await start({ faults: { timerDelay: wholeSecondTimers } });

    await startInstance(faulty, 'pause', 'one');

    expect((await finished(faulty, 'one')).output).toEqual({ waited: 2000 });
  });

  it.each([
    [300, 0],
    [1000, 0],
    [1500, 1000],
    [2000, 1000],
    [3000, 2000],
    [5000, 4000],
  ])('waits, asked for %i ms, as the real host did: %i ms', (asked, waited) => {
    expect(wholeSecondTimers(asked)).toBe(waited);
  });

  it('reports before and after each commit what it is about', async () => {
    const seen: string[] = [];
    const note =
      (when: string) =>
      ({ number, types }: { number: number; types: readonly string[] }) =>
        seen.push(`${when} ${number} ${types.join()}`);
    const faulty = await start({ faults: { beforeCommit: note('before'), afterCommit: note('after') } });

    await startInstance(faulty, 'pause', 'one');
    await finished(faulty, 'one');

    expect(seen).toEqual([
      'before 1 start',
      'after 1 start',
      'before 2 episode',
      'after 2 episode',
      'before 3 episode',
      'after 3 episode',
    ]);
  });
});

describe('the replay guard', () => {
  it('fails an orchestrator that computes with chance', async () => {
    const guarded = await start();

    await startInstance(guarded, 'by-chance', 'one');

    const { runtimeStatus, output } = await finished(guarded, 'one');
    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain('Two runs over the same history differ');
  });

  it('can be switched off, and then chance goes unnoticed as in Azure', async () => {
    const unguarded = await start({ replayTwice: false });

    await startInstance(unguarded, 'by-chance', 'one');

    expect((await finished(unguarded, 'one')).runtimeStatus).toBe('Completed');
  });
});
