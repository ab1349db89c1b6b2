import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { VirtualClock } from '../../kernel/clock.ts';
import { startChild } from './childProcess.ts';
import type { Child } from './childProcess.ts';
import { defaultSettings, WorkerLostError } from './worker.ts';
import type { HostSettings, Invocation, InvocationResult, WorkerSource } from './worker.ts';

export interface ProcessWorkerOptions {
  /** With so many deaths of workers the host ends. Default: as the real host. */
  readonly mostDeaths?: number;
  /** Holds package.json (with `main`) and host.json. */
  readonly appDirectory: string;
  /** The app's whole environment, beside PATH and what the platform sets. */
  readonly env: Readonly<Record<string, string>>;
  /** Several processes share one task hub. Default 1. */
  readonly processes?: number;
  readonly nodeArguments?: readonly string[];
}

/** The real host starts a worker again, and ends itself with the third death (azure-functions-host, restart count). */
const MOST_DEATHS = 3;

/**
 * Runs the app in Node processes of its own. A process that dies is replaced; what it was running rejects with
 * WorkerLostError.
 */
export function processWorker(options: ProcessWorkerOptions): WorkerSource {
  return {
    async start({ clock, log, variables }) {
      const path = process.env.PATH;
      const environment = { ...(path !== undefined && { PATH: path }), ...variables, ...options.env };
      let stopping = false;
      let deaths = 0;
      let giveUp: () => void = () => undefined;
      const ended = new Promise<void>((resolve) => {
        giveUp = resolve;
      });
      const fork = (): Promise<Child> =>
        startChild({
          appDirectory: options.appDirectory,
          environment,
          nodeArguments: options.nodeArguments ?? [],
          clock,
          log,
        });
      const first = await fork();
      const others = await Promise.all(Array.from({ length: (options.processes ?? 1) - 1 }, fork));
      const slots: Promise<Child>[] = [];
      const occupy = (slot: number, child: Child): void => {
        slots[slot] = Promise.resolve(child);
        void child.exited.then((how) => {
          if (stopping) return;
          deaths += 1;
          log({ source: 'host', level: 'error', message: `worker process ended (${how}); starting another` });
          if (deaths >= (options.mostDeaths ?? MOST_DEATHS)) {
            const message = `${deaths} worker processes have ended: the host ends, for the platform to start another`;
            log({ source: 'host', level: 'critical', message });
            giveUp();
            return;
          }
          const replacement = fork();
          slots[slot] = replacement;
          replacement.then(
            (next) => occupy(slot, next),
            (error: unknown) =>
              log({ source: 'host', level: 'critical', message: `no replacement: ${String(error)}` }),
          );
        });
      };
      [first, ...others].forEach((child, slot) => occupy(slot, child));

      const invoke = async (invocation: Invocation): Promise<InvocationResult> => {
        const children = await Promise.allSettled(slots);
        const usable = children.flatMap((child) => (child.status === 'fulfilled' ? [child.value] : []));
        const [idlest] = usable.toSorted((a, b) => a.running - b.running);
        if (!idlest) throw new WorkerLostError('No worker process is left.');
        return idlest.invoke(invocation, clock instanceof VirtualClock ? clock.now() : undefined);
      };
      return {
        functions: first.functions,
        settings: readHostJson(options.appDirectory),
        environment,
        invoke,
        ended,
        async stop() {
          stopping = true;
          for (const child of await Promise.allSettled(slots)) {
            if (child.status === 'fulfilled') await child.value.stop();
          }
        },
      };
    },
  };
}

/** A .NET TimeSpan of less than a day, in milliseconds. */
const duration = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/)
  .transform((text) => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
    return ((hours * 60 + minutes) * 60 + seconds) * 1000;
  });

const hostJson = z.object({
  extensions: z
    .object({
      http: z.object({ routePrefix: z.string().optional() }).optional(),
      durableTask: z
        .object({
          hubName: z.string().optional(),
          defaultVersion: z.string().nullish(),
          maxConcurrentActivityFunctions: z.number().optional(),
          storageProvider: z.object({ workItemQueueVisibilityTimeout: duration.optional() }).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Of the folder in which an app lies. */
export function readHostJson(appDirectory: string): HostSettings {
  const { extensions } = hostJson.parse(JSON.parse(readFileSync(join(appDirectory, 'host.json'), 'utf8')));
  const { hubName, defaultVersion, maxConcurrentActivityFunctions, storageProvider } =
    extensions?.durableTask ?? {};
  return {
    routePrefix: extensions?.http?.routePrefix ?? defaultSettings.routePrefix,
    hubName: hubName ?? defaultSettings.hubName,
    defaultVersion: defaultVersion ?? defaultSettings.defaultVersion,
    activityVisibilityTimeoutMs:
      storageProvider?.workItemQueueVisibilityTimeout ?? defaultSettings.activityVisibilityTimeoutMs,
    activitiesAtOnce: maxConcurrentActivityFunctions ?? defaultSettings.activitiesAtOnce,
  };
}
