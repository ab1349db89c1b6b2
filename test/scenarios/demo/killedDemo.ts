import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const writeSchema = z.object({
  ...{ operation: z.string(), method: z.string(), url: z.string() },
  status: z.number(),
});
const whitelistSchema = z.object({ whitelist: z.array(z.unknown()) });

const POLL_MS = 5;

export interface Demo {
  /** State of the simulators and the task hub. */
  readonly directory: string;
  /** The compiled app. */
  readonly app: string;
}

export interface Life {
  /** null where it was killed. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** Kills the demo so many times, the n-th time at its n-th write, then lets it run to its own end; returns all its lives. */
export async function killedAndFinished(demo: Demo, times: number): Promise<readonly Life[]> {
  const lives: Life[] = [];
  for (let writes = 1; writes <= times; writes++) lives.push(await live(demo, writes));
  return [...lives, await live(demo)];
}

/** Starts the demo and kills it once it has spoken and there are so many writes; without a number it ends itself. */
async function live(demo: Demo, writes?: number): Promise<Life> {
  const options = ['--directory', demo.directory, '--app', demo.app];
  const child = spawn(process.execPath, ['sandbox/demo/main.ts', ...options], { cwd: root });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output: string[] = [];
  const spoken = spokenBy(child, (text) => output.push(text));
  if (writes !== undefined) {
    await Promise.race([spoken, ended]);
    while (child.exitCode === null && writesOf(demo).length < writes) await pause(POLL_MS);
    child.kill('SIGKILL');
  }
  return { exitCode: await ended, output: output.join('') };
}

function spokenBy(child: ChildProcess, hear: (text: string) => void): Promise<void> {
  return new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        hear(chunk.toString('utf8'));
        resolve();
      });
    }
  });
}

/** The writes that the simulators carried out over all lives, as `operation url`. One whose precondition failed changed nothing. */
export function writesOf({ directory }: Demo): readonly string[] {
  const path = join(directory, 'writes.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => writeSchema.parse(JSON.parse(line)))
    .filter(({ status }) => status < 400)
    .map(({ operation, method, url }) => `${operation} ${method} ${url}`);
}

export function whitelistEntriesOf({ directory }: Demo): number {
  const state: unknown = JSON.parse(readFileSync(join(directory, 'zilliz.json'), 'utf8'));
  return whitelistSchema.parse(state).whitelist.length;
}
