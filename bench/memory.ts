import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../sandbox/host/host.ts';
import { processWorker } from '../sandbox/host/worker/processWorker.ts';
import { acceleratedClock } from '../sandbox/kernel/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Figures } from './figures.ts';
import { printTable } from './figures.ts';
import { hasEnded } from './timeToConnected.ts';
import { requestsOfProjects, worldOfProjects } from './worlds.ts';

const root = join(import.meta.dirname, '..');
/** Sandbox seconds per second. */
const SPEED = 10;
const loads = [
  { count: 1, processes: 1 },
  { count: 10, processes: 1 },
  { count: 50, processes: 1 },
  { count: 30, processes: 3 },
];

/** The most memory that one process of the app holds while so many connections are made at the same time. */
export async function benchMemory(figures: Figures): Promise<void> {
  const measured: Measured[] = [];
  for (const load of loads) measured.push({ ...load, ...(await connectAll(load)) });
  const inOne = measured.filter(({ processes }) => processes === 1);
  const perConnection = growth(inOne);
  printTable(
    'Connections at once (the real bundle; the sandbox keeps the limits of Azure and Zilliz)',
    ['connections', 'processes', 'largest resident MB of one', 'gave up', 'answers 429', 's on this machine'],
    [
      ...measured.map(({ count, processes, megabytes, failed, throttled, seconds }) => [
        String(count),
        String(processes),
        megabytes.toFixed(0),
        String(failed),
        String(throttled),
        seconds.toFixed(1),
      ]),
      ['growth for each further one', '1', perConnection.toFixed(2), '', '', ''],
    ],
  );
  figures.set('memory', 'fiftyConnectionsMb', inOne.at(-1)?.megabytes ?? Number.NaN);
  figures.set('memory', 'mbPerConnection', perConnection);
  figures.set('load', 'gaveUp', Math.max(...measured.map(({ failed }) => failed)));
  figures.set('load', 'throttled', Math.max(...measured.map(({ throttled }) => throttled)));
}

interface Load {
  readonly count: number;
  readonly processes: number;
}

interface Measured extends Load {
  readonly megabytes: number;
  /** Runs that gave up. */
  readonly failed: number;
  readonly throttled: number;
  readonly seconds: number;
}

function growth(measured: readonly { readonly count: number; readonly megabytes: number }[]): number {
  const first = measured[0];
  const last = measured.at(-1);
  if (!first || !last) return Number.NaN;
  return (last.megabytes - first.megabytes) / (last.count - first.count);
}

async function connectAll({ count, processes }: Load): Promise<Omit<Measured, keyof Load>> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-'));
  const memoryFile = join(directory, 'memory');
  // Time runs by itself here: the app keeps below Zilliz's limit by waiting, which a standing clock would not end.
  const clock = acceleratedClock({ speed: SPEED });
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
      processes,
      nodeArguments: ['--require', join(import.meta.dirname, 'memoryProbe.cjs')],
    }),
  });
  const from = performance.now();
  try {
    const ids = await Promise.all(
      requestsOfProjects(count).map((request) => post(host.baseUrl, host.keys.function, request)),
    );
    await host.runUntil(() => ids.every((id) => hasEnded(host, id)));
    const failed = host.instances().filter(({ runtimeStatus }) => runtimeStatus === 'Failed').length;
    // The probe writes five times a second.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const noted = readdirSync(directory).filter((name) => name.startsWith('memory.'));
    const megabytes =
      Math.max(...noted.map((name) => Number(readFileSync(join(directory, name), 'utf8')))) / 1024;
    const throttled = sandbox.traffic.all().filter(({ response }) => response.status === 429).length;
    return { megabytes, failed, throttled, seconds: (performance.now() - from) / 1000 };
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
