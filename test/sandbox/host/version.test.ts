import * as df from 'durable-functions';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import { memoryJournal } from '../../../sandbox/host/journal.ts';
import { inProcessWorker } from '../../../sandbox/host/worker/inProcessWorker.ts';
import { readHostJson } from '../../../sandbox/host/worker/processWorker.ts';
import { VirtualClock } from '../../../sandbox/kernel/clock.ts';
import { finished, instanceOf, startInstance } from './support.ts';

/** Waits twice, once in a renewed execution, and returns the version that it saw in each. */
function register(): void {
  df.app.orchestration('versions', function* (context) {
    const { seen } = context.df.getInput<{ seen: (string | null)[] }>();
    const all = [...seen, context.df.version ?? null];
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 60_000));
    if (all.length === 2) return all;
    context.df.continueAsNew({ seen: all });
    return null;
  });
}

const clock = new VirtualClock();
const journal = memoryJournal();
let host: Host;

async function hostOfVersion(defaultVersion: string | null): Promise<void> {
  const worker = inProcessWorker(register, { settings: { defaultVersion } });
  host = await startHost({ clock, worker, journal });
}

afterEach(() => host.stop());

describe('a run', () => {
  it('has the version of host.json, and keeps it when it is continued as new by a later one', async () => {
    await hostOfVersion('1');
    await startInstance(host, 'versions', 'old', { seen: [] });
    await host.whenIdle();
    await host.stop();
    await hostOfVersion('2');
    await startInstance(host, 'versions', 'new', { seen: [] });

    expect((await finished(host, 'old')).output).toEqual(['1', '1']);
    expect((await finished(host, 'new')).output).toEqual(['2', '2']);
  });

  it('has none where host.json names none', async () => {
    await hostOfVersion(null);
    await startInstance(host, 'versions', 'none', { seen: [] });

    await finished(host, 'none');

    expect(instanceOf(host, 'none').output).toEqual([null, null]);
  });
});

it('the app names a version', () => {
  expect(readHostJson('.').defaultVersion).toMatch(/^\d+$/);
});
