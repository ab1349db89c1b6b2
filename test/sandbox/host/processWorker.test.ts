import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../../../sandbox/host/host.ts';
import type { Host } from '../../../sandbox/host/host.ts';
import type { HostLogLine } from '../../../sandbox/host/log.ts';
import { processWorker } from '../../../sandbox/host/worker/processWorker.ts';
import type { ProcessWorkerOptions } from '../../../sandbox/host/worker/processWorker.ts';
import { acceleratedClock, VirtualClock } from '../../../sandbox/kernel/clock.ts';
import type { Clock } from '../../../sandbox/kernel/clock.ts';
import { finished, startInstance } from './support.ts';

const APPS = join(import.meta.dirname, '../../fixtures/durable-host');
let host: Host | undefined;
let lines: HostLogLine[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'));
  lines = [];
});

afterEach(async () => {
  await host?.stop();
  host = undefined;
  rmSync(folder, { recursive: true });
});

async function start(
  clock: Clock,
  options: Partial<ProcessWorkerOptions> = {},
  app = 'worker-app',
): Promise<Host> {
  const worker = processWorker({ appDirectory: join(APPS, app), env: {}, ...options });
  host = await startHost({ clock, worker, log: (line) => lines.push(line) });
  return host;
}

async function get(running: Host, path: string): Promise<unknown> {
  const response = await fetch(`${running.baseUrl}/v1/${path}`);
  return response.json();
}

describe('an app in a process of its own', () => {
  it('is refused when it throws while loading', async () => {
    await expect(start(new VirtualClock(), {}, 'broken-app')).rejects.toThrow('bad settings');
  });

  it('is refused when it registers nothing', async () => {
    await expect(start(new VirtualClock(), {}, 'empty-app')).rejects.toThrow('registered no function');
  });

  it('has the given environment and what the platform sets, and nothing else', async () => {
    const running = await start(new VirtualClock(), { env: { SETTING: 'one' } });

    const environment = (await get(running, 'environment')) as Record<string, string>;

    expect(environment).toMatchObject({
      SETTING: 'one',
      WEBSITE_HOSTNAME: new URL(running.baseUrl).host,
      FUNCTIONS_WORKER_RUNTIME: 'node',
    });
    expect(Object.keys(environment).filter((name) => /JEST|HOME|npm/.test(name))).toEqual([]);
  });

  it('reads the virtual time of the host', async () => {
    const clock = new VirtualClock();
    const running = await start(clock);
    clock.advanceTo(clock.now() + 3_600_000);

    const answer = await get(running, 'now');

    const text = new Date(clock.now()).toISOString();
    expect(answer).toEqual({ now: clock.now(), text, is: true, fixed: '1970-01-01T00:00:00.000Z' });
  });

  it('reads the accelerated time of the host', async () => {
    const clock = acceleratedClock({ speed: 600, startAt: Date.UTC(2030, 0, 1) });
    const running = await start(clock);

    const before = clock.now();
    const { now } = (await get(running, 'now')) as { now: number };

    expect(now).toBeGreaterThanOrEqual(before - 600);
    expect(now).toBeLessThanOrEqual(clock.now() + 600);
  });

  it('has its prints and its log in the log of the host', async () => {
    const running = await start(new VirtualClock());

    await fetch(`${running.baseUrl}/v1/print`);
    await startInstance(running, 'chain', 'one', { steps: 1 });
    await finished(running, 'one');

    expect(lines).toContainEqual(expect.objectContaining({ source: 'stdout', message: 'printed' }));
    expect(lines).toContainEqual(expect.objectContaining({ source: 'stderr', message: 'complained' }));
    expect(lines).toContainEqual(
      expect.objectContaining({ source: 'app', functionName: 'work', message: 'working on s1' }),
    );
  });

  it('may run in several processes at once', async () => {
    const running = await start(new VirtualClock(), { processes: 2 });

    const pids = await Promise.all([get(running, 'pid'), get(running, 'pid')]);

    expect(new Set(pids).size).toBe(2);
  });
});

describe('a worker process that dies', () => {
  it('costs the running HTTP call a 502 and is replaced', async () => {
    const running = await start(new VirtualClock());

    const lost = await fetch(`${running.baseUrl}/v1/die`);
    const next = await fetch(`${running.baseUrl}/v1/pid`);

    expect([lost.status, next.status]).toEqual([502, 200]);
  });

  it('has failed the activity that it worked on', async () => {
    const notes = join(folder, 'notes');
    const running = await start(new VirtualClock(), { env: { NOTES: notes } });

    await startInstance(running, 'risky', 'one');
    const { runtimeStatus, output } = await finished(running, 'one');

    expect(runtimeStatus).toBe('Failed');
    expect(output).toContain('failed:  node exited with code 137');
    expect(readFileSync(notes, 'utf8')).toBe('alive\n');
  });
});

describe('as seen of the real host', () => {
  it('worker processes that die are started again twice; with the third the host ends, and its port closes', async () => {
    const running = await start(new VirtualClock());
    for (let death = 1; death <= 3; death++) {
      process.kill((await get(running, 'pid')) as number, 'SIGKILL');
      await until(
        () => lines.filter(({ message }) => message.includes('worker process ended')).length === death,
      );
    }

    await running.ended;

    await expect(fetch(running.baseUrl)).rejects.toThrow();
    expect(lines.some(({ level }) => level === 'critical')).toBe(true);
  });

  async function until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
