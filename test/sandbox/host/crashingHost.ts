import { fileJournal } from '../../../sandbox/host/journal.ts';
import { startHost } from '../../../sandbox/host/host.ts';
import { processWorker } from '../../../sandbox/host/worker/processWorker.ts';
import { acceleratedClock } from '../../../sandbox/kernel/clock.ts';

// A host in a process of its own, so that a test can kill it: `crashingHost.ts <app> <journal> <notes>`. Prints its
// address and then the output of the instance `one`.
const [, , appDirectory = '', journal = '', notes = ''] = process.argv;

const host = await startHost({
  clock: acceleratedClock({ speed: 100 }),
  journal: fileJournal(journal),
  worker: processWorker({ appDirectory, env: { NOTES: notes } }),
  activityVisibilityTimeoutMs: 10_000,
});
process.stdout.write(`${host.baseUrl} ${host.keys.system}\n`);
const isDone = (): boolean => host.instances().some(({ runtimeStatus }) => runtimeStatus === 'Completed');
await host.runUntil(isDone);
process.stdout.write(`${JSON.stringify(host.instances()[0]?.output)}\n`);
await host.stop();
