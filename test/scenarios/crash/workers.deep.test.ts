import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../../../sandbox/host/host.ts';
import { processWorker } from '../../../sandbox/host/worker/processWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import { sampleWorld } from '../../../sandbox/sampleWorld.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { buildApp } from '../../support/builtApp.ts';
import { executedTwice } from '../faults/leftovers.ts';

/** Loaded into each worker process before the app: it dies some milliseconds after one of its first invocations. */
function mortal(seed: number): string {
  const code = `
    let left = 4 + ((process.pid * ${seed}) % 9);
    process.on('message', ({ kind }) => {
      if (kind !== 'invoke') return;
      left -= 1;
      if (left === 0) setTimeout(() => process.kill(process.pid, 'SIGKILL'), (process.pid * ${seed}) % 23);
    });`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
}

describe('worker processes that are killed again and again', () => {
  it.each([3, 7, 11])('do a run no harm (seed %i)', async (seed) => {
    const app = buildApp();
    const directory = mkdtempSync(join(tmpdir(), 'workers-'));
    const clock = new VirtualClock();
    const sandbox = await startSandbox({ ...{ clock, directory, keep: false }, world: sampleWorld });
    let deaths = 0;
    const host = await startHost({
      clock,
      replayTwice: false,
      worker: processWorker({
        appDirectory: app.directory,
        env: { ...sandbox.environment, SWEEP_SCHEDULE: '0 0 0 1 1 *' },
        processes: 2,
        mostDeaths: Infinity,
        nodeArguments: ['--import', mortal(seed)],
      }),
      log: ({ message }) => void (deaths += message.startsWith('worker process ended') ? 1 : 0),
    });
    try {
      const request = JSON.stringify({ ...sampleRequest, deadlineMinutes: 10_080 });
      const headers = { 'x-functions-key': host.keys.function, 'content-type': 'application/json' };
      const post = (): Promise<Response> =>
        fetch(`${host.baseUrl}/api/connections`, { method: 'POST', headers, body: request });
      // A process may die under the call, as any.
      while ((await post()).status !== 202);
      await host.runUntil(() => host.instances().some(({ runtimeStatus }) => runtimeStatus !== 'Running'));

      const [run] = host.instances();
      expect(run).toMatchObject({ runtimeStatus: 'Completed', output: { outcome: 'connected' } });
      expect(deaths).toBeGreaterThan(3);
      expect(executedTwice({ sandbox }).writes).toEqual([]);
    } finally {
      await host.stop();
      await sandbox.stop();
      rmSync(directory, { recursive: true });
      app.remove();
    }
  });
});
