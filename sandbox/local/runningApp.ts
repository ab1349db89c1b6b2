import { join } from 'node:path';
import { startHost } from '../host/host.ts';
import type { Host } from '../host/host.ts';
import { fileJournal } from '../host/journal.ts';
import type { HostLogLine } from '../host/log.ts';
import { processWorker } from '../host/worker/processWorker.ts';
import { subscribeToClusterEvents } from './clusterEvents.ts';
import { runSandbox } from './runningSandbox.ts';
import type { RunningSandbox, SandboxPlace } from './runningSandbox.ts';

/** The root of the project, where package.json and host.json lie. */
export const appDirectory = join(import.meta.dirname, '../..');

export interface RunningApp extends RunningSandbox {
  readonly host: Host;
}

export interface AppPlace extends SandboxPlace {
  /** Where package.json, host.json and the compiled app lie. Default: this project. */
  readonly app?: string;
  /** Settings of the app beside those that the simulators give. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log?: (line: HostLogLine) => void;
}

/** The compiled app on the local host with the simulators around it. All state lies in the directory and survives. */
export async function runApp(place: AppPlace): Promise<RunningApp> {
  const { directory, ports, log } = place;
  const running = await runSandbox(place);
  const stops = [() => running.stop()];
  const stop = async (): Promise<void> => {
    for (const next of stops.toReversed()) await next();
  };
  try {
    const start = (port: number | undefined): Promise<Host> =>
      startHost({
        clock: running.clock,
        worker: processWorker({
          appDirectory: place.app ?? appDirectory,
          env: { ...running.sandbox.environment, ...place.settings },
        }),
        journal: fileJournal(join(directory, 'hub.jsonl')),
        ...(port !== undefined && { port }),
        ...(log && { log }),
      });
    let host = await start(ports?.api);
    let isStopped = false;
    // As the platform does: where a host has ended because of its workers, another takes up its runs.
    const replace = async (): Promise<void> => {
      await host.ended;
      if (isStopped) return;
      host = await start(Number(new URL(host.baseUrl).port));
      void replace();
    };
    void replace();
    stops.push(() => {
      isStopped = true;
      return host.stop();
    });
    const { baseUrl, keys } = host;
    await subscribeToClusterEvents(running.sandbox, { baseUrl, systemKey: keys.system });
    return {
      ...running,
      get host() {
        return host;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
