import { join } from 'node:path';
import { startHost } from './host/host.ts';
import type { Host } from './host/host.ts';
import { fileJournal } from './host/journal.ts';
import type { HostLogLine } from './host/log.ts';
import { processWorker } from './host/worker/processWorker.ts';
import { persistentClock } from './persistentClock.ts';
import { sampleWorld } from './sampleWorld.ts';
import { startSandbox } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import type { Clock } from './kernel/clock.ts';

/** The root of the project, where package.json and host.json lie. */
export const appDirectory = join(import.meta.dirname, '..');

export interface RunningApp {
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  readonly host: Host;
  stop(): Promise<void>;
}

/** The compiled app on the local host with the simulators around it. All state lies in the directory and survives. */
export async function runApp(options: {
  readonly directory: string;
  /** How many times as fast as the wall clock time runs. */
  readonly speed: number;
  readonly port?: number;
  readonly log?: (line: HostLogLine) => void;
}): Promise<RunningApp> {
  const { directory, speed } = options;
  const { clock, stop: stopClock } = persistentClock({ path: join(directory, 'clock.json'), speed });
  const sandbox = await startSandbox({ clock, directory, keep: true, world: sampleWorld });
  const host = await startHost({
    clock,
    worker: processWorker({ appDirectory, env: sandbox.environment }),
    journal: fileJournal(join(directory, 'hub.jsonl')),
    ...(options.port !== undefined && { port: options.port }),
    ...(options.log && { log: options.log }),
  });
  return {
    ...{ clock, sandbox, host },
    async stop() {
      await host.stop();
      await sandbox.stop();
      stopClock();
    },
  };
}
