import * as df from 'durable-functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { finished, startInstance } from './support.ts';

let host: Host | undefined;

afterEach(async () => {
  await host?.stop();
  host = undefined;
});

describe('functions in the process of the test', () => {
  it('run a workflow with a five-minute wait in no time', async () => {
    const clock = new VirtualClock();
    host = await startHost({
      clock,
      worker: inProcessWorker(() => {
        df.app.activity('double', { handler: ({ n }: { n: number }) => ({ n: n * 2 }) });
        df.app.orchestration('patient', function* (context) {
          const until = new Date(context.df.currentUtcDateTime.getTime() + 5 * 60_000);
          yield context.df.createTimer(until);
          const answer: unknown = yield context.df.callActivity('double', { n: 21 });
          return answer;
        });
      }),
    });
    const startedAt = clock.now();

    await startInstance(host, 'patient', 'one');
    const instance = await finished(host, 'one');

    expect(instance).toMatchObject({ runtimeStatus: 'Completed', output: { n: 42 } });
    expect(clock.now() - startedAt).toBe(5 * 60_000);
  });

  it('belong to one host: the next one knows only its own', async () => {
    host = await startHost({
      clock: new VirtualClock(),
      worker: inProcessWorker(() => {
        df.app.activity('other', { handler: () => null });
      }),
    });

    expect(host.functions()).toEqual([{ name: 'other', trigger: 'activityTrigger' }]);
  });

  it('must be registered: an app without any does not start', async () => {
    const empty = startHost({ clock: new VirtualClock(), worker: inProcessWorker(() => undefined) });

    await expect(empty).rejects.toThrow('The app registered no function.');
  });
});
