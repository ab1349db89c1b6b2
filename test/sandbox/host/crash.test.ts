import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const APP = join(import.meta.dirname, '../../fixtures/durable-host/worker-app');
type HostProcess = ChildProcessByStdio<null, Readable, null>;
let folder: string;
let running: HostProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crash-'));
});

afterEach(() => {
  running?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

describe('a host that is killed in the middle of a run', () => {
  it('resumes from its journal and repeats only what was running', async () => {
    const steps = 6;
    const first = startHostProcess();
    const [baseUrl, key] = (await nextLine(first)).split(' ');
    await fetch(`${baseUrl ?? ''}/runtime/webhooks/durabletask/orchestrators/chain/one?code=${key ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ steps, ms: 60 }),
    });
    await until(() => notes().includes('begin s3'));
    first.process.kill('SIGKILL');
    await first.exited;

    const second = startHostProcess();
    await nextLine(second);
    const output = await nextLine(second);

    expect(JSON.parse(output)).toEqual(['s1', 's2', 's3', 's4', 's5', 's6']);
    const ends = notes().filter((line) => line.startsWith('end'));
    expect(new Set(ends).size).toBe(steps);
    expect(notes().filter((line) => line === 'begin s1')).toHaveLength(1);
    expect(notes().filter((line) => line === 'begin s3').length).toBeGreaterThan(1);
  });
});

interface Lines {
  readonly process: HostProcess;
  readonly exited: Promise<unknown>;
  readonly lines: AsyncIterator<string>;
}

function startHostProcess(): Lines {
  const script = join(import.meta.dirname, 'crashingHost.ts');
  const files = [join(folder, 'hub.jsonl'), join(folder, 'notes')];
  const child = spawn(process.execPath, [script, APP, ...files], { stdio: ['ignore', 'pipe', 'inherit'] });
  running = child;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return { process: child, exited, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function nextLine({ lines }: Lines): Promise<string> {
  const next = await lines.next();
  if (next.done === true) throw new Error('The host process ended.');
  return next.value;
}

function notes(): readonly string[] {
  const path = join(folder, 'notes');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await pause(5);
}
