import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../sandbox/host/host.ts';
import { processWorker } from '../sandbox/host/worker/processWorker.ts';
import { VirtualClock } from '../sandbox/kernel/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Figures } from './figures.ts';
import { printTable } from './figures.ts';
import { hasEnded } from './timeToConnected.ts';
import { requestsOfProjects, worldOfProjects } from './worlds.ts';

const root = join(import.meta.dirname, '..');
const counts = [1, 10, 50];

/** The most memory that one process of the app holds while so many connections are made at the same time. */
export async function benchMemory(figures: Figures): Promise<void> {
  const measured: { count: number; megabytes: number; seconds: number }[] = [];
  for (const count of counts) measured.push({ count, ...(await connectAll(count)) });
  const perConnection = growth(measured);
  printTable(
    'Connections at once in one process of the app (the real bundle)',
    ['connections', 'largest resident MB', 's on this machine'],
    [
      ...measured.map(({ count, megabytes, seconds }) => [
        String(count),
        megabytes.toFixed(0),
        seconds.toFixed(1),
      ]),
      ['growth for each further one', perConnection.toFixed(2), ''],
    ],
  );
  figures.set('memory', 'fiftyConnectionsMb', measured.at(-1)?.megabytes ?? Number.NaN);
  figures.set('memory', 'mbPerConnection', perConnection);
}

function growth(measured: readonly { readonly count: number; readonly megabytes: number }[]): number {
  const first = measured[0];
  const last = measured.at(-1);
  if (!first || !last) return Number.NaN;
  return (last.megabytes - first.megabytes) / (last.count - first.count);
}

async function connectAll(count: number): Promise<{ readonly megabytes: number; readonly seconds: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const memoryFile = join(directory, 'memory');
  const clock = new VirtualClock();
  const sandbox = await startSandbox({
    ...{ clock, directory, keep: false },
    world: (at) => worldOfProjects(at, count),
  });
  const host = await startHost({
    clock,
    replayTwice: false,
    worker: processWorker({
      appDirectory: root,
      env: { ...sandbox.environment, BENCH_MEMORY_FILE: memoryFile },
      nodeArguments: ['--require', join(import.meta.dirname, 'memoryProbe.cjs')],
    }),
  });
  const from = performance.now();
  try {
    const ids = await Promise.all(
      requestsOfProjects(count).map((request) => post(host.baseUrl, host.keys.function, request)),
    );
    await host.runUntil(() => ids.every((id) => hasEnded(host, id)));
    const failed = host.instances().filter(({ runtimeStatus }) => runtimeStatus === 'Failed');
    if (failed.length > 0)
      throw new Error(`${failed.length} of ${count} runs failed: ${String(failed[0]?.output)}`);
    // The probe writes five times a second.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const megabytes = Number(readFileSync(memoryFile, 'utf8')) / 1024;
    return { megabytes, seconds: (performance.now() - from) / 1000 };
  } finally {
    await host.stop();
    await sandbox.stop();
    rmSync(directory, { recursive: true });
  }
}

async function post(baseUrl: string, key: string, request: object): Promise<string> {
  const response = await fetch(`${baseUrl}/api/connections`, {
    method: 'POST',
    headers: { 'x-functions-key': key, 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  const body = (await response.json()) as { readonly id: string };
  if (response.status !== 202) throw new Error(`POST answered ${response.status}: ${JSON.stringify(body)}`);
  return body.id;
}
