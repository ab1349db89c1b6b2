import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as df from 'durable-functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import type { Commit } from '../../../sandbox/host/hub/records.ts';
import { fileJournal, memoryJournal } from '../../../sandbox/host/journal.ts';
import type { JournalStore } from '../../../sandbox/host/journal.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { readHostJson } from '../../../sandbox/host/worker/processWorker.ts';
import type { HostSettings } from '../../../sandbox/host/worker/worker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { finished, startInstance } from './support.ts';

const MINUTE_MS = 60_000;
let folder: string;
let host: Host | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
});

afterEach(async () => {
  await host?.stop();
  host = undefined;
  rmSync(folder, { recursive: true });
});

const runs: string[] = [];

/** Two activities in parallel, a wait, a child, one more activity. */
function journey(): void {
  df.app.activity('note', {
    handler: ({ step }: { step: string }) => {
      runs.push(step);
      return { step };
    },
  });
  df.app.orchestration('leg', function* (context) {
    yield context.df.callActivity('note', { step: 'leg' });
    return 'leg done';
  });
  df.app.orchestration('journey', function* (context) {
    yield context.df.Task.all([
      context.df.callActivity('note', { step: 'a' }),
      context.df.callActivity('note', { step: 'b' }),
    ]);
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 10 * MINUTE_MS));
    const leg: unknown = yield context.df.callSubOrchestrator('leg', undefined, 'leg-1');
    yield context.df.callActivity('note', { step: 'z' });
    return { leg };
  });
}

function start(
  clock: VirtualClock,
  journal: JournalStore,
  settings: Partial<HostSettings> = {},
): Promise<Host> {
  return startHost({ clock, journal, worker: inProcessWorker(journey, { settings }) });
}

describe('the journal on the disk', () => {
  it('cuts off a line that a crash left unfinished', () => {
    const path = join(folder, 'hub.jsonl');
    const commit: Commit = [{ type: 'purge', instanceId: 'one' }];
    const journal = fileJournal(path);
    journal.append(commit);
    journal.close();
    const whole = statSync(path).size;
    appendFileSync(path, '[{"type":"purge","instan');

    const reopened = fileJournal(path);

    expect(reopened.load()).toEqual([commit]);
    expect(statSync(path).size).toBe(whole);
    reopened.append(commit);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
    reopened.close();
  });

  it('is one line a commit, and short again after a restart', async () => {
    const path = join(folder, 'hub.jsonl');
    const clock = new VirtualClock();
    host = await start(clock, fileJournal(path));
    await startInstance(host, 'journey', 'one');
    await finished(host, 'one');
    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(host.statistics().commits);
    await host.stop();

    host = await start(clock, fileJournal(path));

    expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(1);
    expect(await finished(host, 'one')).toMatchObject({ output: { leg: 'leg done' } });
  });
});

describe('a host that comes back after a crash', () => {
  it('brings the run to its end, whichever commit was the last one', async () => {
    const commits: Commit[] = [];
    const recording: JournalStore = {
      ...memoryJournal(),
      append: (commit) => commits.push(structuredClone(commit)),
    };
    host = await start(new VirtualClock(), recording);
    await startInstance(host, 'journey', 'one');
    const undisturbed = await finished(host, 'one');
    await host.stop();

    for (let kept = 1; kept < commits.length; kept += 1) {
      host = await start(new VirtualClock(), memoryJournal(commits.slice(0, kept)));
      const resumed = await finished(host, 'one');
      expect(resumed.output).toEqual(undisturbed.output);
      expect(kinds(resumed.history)).toEqual(kinds(undisturbed.history));
      await host.stop();
    }
    expect(commits.length).toBeGreaterThan(8);
  });

  it.each([
    { file: 'that says nothing: five minutes', durableTask: {}, minutes: 5 },
    {
      file: 'that says two minutes',
      durableTask: { storageProvider: { workItemQueueVisibilityTimeout: '00:02:00' } },
      minutes: 2,
    },
  ])(
    'goes on with timers at once, and with a running activity after the time of a host.json $file',
    async ({ durableTask, minutes }) => {
      writeFileSync(join(folder, 'host.json'), JSON.stringify({ extensions: { durableTask } }));
      const settings = readHostJson(folder);
      const commits: Commit[] = [];
      const journal: JournalStore = {
        ...memoryJournal(),
        append: (commit) => commits.push(structuredClone(commit)),
      };
      const clock = new VirtualClock();
      host = await start(clock, journal, settings);
      const startedAt = clock.now();
      await startInstance(host, 'journey', 'one');
      await host.whenIdle();
      await host.stop();
      const crashed = commits.slice(
        0,
        commits.findIndex((commit) => commit.some(({ type }) => type === 'message')),
      );

      runs.length = 0;
      const later = new VirtualClock(startedAt);
      host = await start(later, memoryJournal(crashed), settings);
      await host.runUntil(() => runs.length === 2);

      expect(later.now() - startedAt).toBe(minutes * MINUTE_MS);
      expect(await finished(host, 'one')).toMatchObject({ runtimeStatus: 'Completed' });
      expect(later.now() - startedAt).toBe((minutes + 10) * MINUTE_MS);
    },
  );
});

/** How messages were batched into episodes, a crash may change. */
function kinds(history: readonly { EventType: number }[]): readonly number[] {
  return history.map(({ EventType }) => EventType).filter((type) => type !== 12 && type !== 13);
}
