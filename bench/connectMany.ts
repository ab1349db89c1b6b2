import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../sandbox/host/host.ts';
import { processWorker } from '../sandbox/host/worker/processWorker.ts';
import { acceleratedClock } from '../sandbox/kernel/clock.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { hasEnded } from './timeToConnected.ts';
import { requestsOfProjects, worldOfProjects } from './worlds.ts';

export interface Load {
  /** Connections that are asked for at the same moment, of one subscription and with one API key. */
  readonly connections: number;
  /** Processes of the app on one task hub. */
  readonly processes: number;
  /** Of the app's processes, beside what the platform gives. */
  readonly nodeArguments?: readonly string[];
  /** Sandbox seconds per second. */
  readonly speed: number;
}

export interface LoadResult {
  /** The largest resident memory that one process of the app has held. */
  readonly megabytes: number;
  readonly connected: number;
  /** Calls that Azure or Zilliz answered with 429. */
  readonly throttled: readonly string[];
  readonly seconds: number;
}

/** Connects so many at once with the built app; the simulators keep the limits of Azure and Zilliz. */
export async function connectMany(appDirectory: string, load: Load): Promise<LoadResult> {
  const { connections, processes, nodeArguments = [], speed } = load;
  const directory = mkdtempSync(join(tmpdir(), 'connect-many-'));
  const memoryFile = join(directory, 'memory');
  // Time runs by itself here: the app keeps below the limits by waiting, which a standing clock would not end.
  const clock = acceleratedClock({ speed });
  const sandbox = await startSandbox({
    ...{ clock, directory, keep: false },
    world: (at) => worldOfProjects(at, connections),
  });
  const host = await startHost({
    clock,
    replayTwice: false,
    worker: processWorker({
      appDirectory,
      env: { ...sandbox.environment, BENCH_MEMORY_FILE: memoryFile },
      processes,
      nodeArguments: ['--require', join(import.meta.dirname, 'preload/memoryProbe.cjs'), ...nodeArguments],
    }),
  });
  const from = performance.now();
  try {
    const ids = await Promise.all(
      requestsOfProjects(connections).map((request) => post(host.baseUrl, host.keys.function, request)),
    );
    await host.runUntil(() => ids.every((id) => hasEnded(host, id)));
    const completed = host.instances().filter(({ runtimeStatus }) => runtimeStatus === 'Completed');
    // The probe writes five times a second.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const noted = readdirSync(directory).filter((name) => name.startsWith('memory.'));
    const kilobytes = noted.map((name) => Number(readFileSync(join(directory, name), 'utf8')));
    return {
      megabytes: Math.max(...kilobytes) / 1024,
      connected: completed.filter(({ instanceId }) => ids.includes(instanceId)).length,
      throttled: sandbox.traffic
        .all()
        .filter(({ response }) => response.status === 429)
        .map(({ request }) => `${request.method} ${request.url}`),
      seconds: (performance.now() - from) / 1000,
    };
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
