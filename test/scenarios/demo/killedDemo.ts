import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const writeSchema = z.object({ operation: z.string(), method: z.string(), url: z.string() });
const whitelistSchema = z.object({ whitelist: z.array(z.unknown()) });

/** Longest time between the first words of a demo and its end by force: five of them fit into one whole demo. */
const LONGEST_LIFE_MS = 1_500;

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

/** Kills the demo so many times, then lets it run to its own end; returns all its lives. */
export async function killedAndFinished(demo: Demo, seed: number, times: number): Promise<readonly Life[]> {
  const lives: Life[] = [];
  for (const moment of momentsOf(seed, times)) lives.push(await live(demo, moment));
  return [...lives, await live(demo)];
}

/** Starts the demo and lets it live so long from its first words on; without a limit to its own end. */
async function live({ directory, app }: Demo, limitMs?: number): Promise<Life> {
  const options = ['--directory', directory, '--app', app];
  const child = spawn(process.execPath, ['sandbox/demo/main.ts', ...options], { cwd: root });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const output: string[] = [];
  const spoken = spokenBy(child, (text) => output.push(text));
  if (limitMs !== undefined) {
    await Promise.race([spoken, ended]);
    await Promise.race([pause(limitMs), ended]);
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

/** Moments at which to kill; the same for the same seed. */
function momentsOf(seed: number, times: number): readonly number[] {
  let state = seed;
  return Array.from({ length: times }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * LONGEST_LIFE_MS);
  });
}

/** The writes that reached the simulators over all lives, as `operation url`. */
export function writesOf({ directory }: Demo): readonly string[] {
  const path = join(directory, 'writes.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => writeSchema.parse(JSON.parse(line)))
    .map(({ operation, method, url }) => `${operation} ${method} ${url}`);
}

export function whitelistEntriesOf({ directory }: Demo): number {
  const state: unknown = JSON.parse(readFileSync(join(directory, 'zilliz.json'), 'utf8'));
  return whitelistSchema.parse(state).whitelist.length;
}
