import type { Clock } from '../kernel/clock.ts';
import { AppFunctions } from './appFunctions.ts';
import type { DurableExtension } from './engine/failureTexts.ts';
import type { HistoryEvent } from './engine/history.ts';
import type { HostFaults } from './faults.ts';
import { describeFunctions } from './functionList.ts';
import type { FunctionDescription } from './functionList.ts';
import { openDoors } from './http/doors.ts';
import { frontDoor } from './http/frontDoor.ts';
import { DEVELOPMENT_KEYS } from './http/keys.ts';
import type { HostKeys } from './http/keys.ts';
import { durableClientInput } from './http/managementUrls.ts';
import { snapshotOf } from './hub/instance.ts';
import type { InstanceSnapshot } from './hub/instance.ts';
import { Orchestrations } from './hub/orchestrations.ts';
import { TaskHub } from './hub/taskHub.ts';
import { noJournal } from './journal.ts';
import type { JournalStore } from './journal.ts';
import type { HostLogLine } from './log.ts';
import { createMachinery } from './machinery.ts';
import { runUntil } from './runUntil.ts';
import type { WorkerSource } from './worker/worker.ts';
import { Workload } from './workload.ts';

export interface HostOptions {
  readonly clock: Clock;
  /** Who runs the app's functions: `processWorker` or `inProcessWorker`. */
  readonly worker: WorkerSource;
  /** Default: nothing survives the host. */
  readonly journal?: JournalStore;
  /** Default 0: any free port of 127.0.0.1. */
  readonly port?: number;
  readonly keys?: Partial<HostKeys>;
  /** Each episode is run twice and both results must be equal. Default true. */
  readonly replayTwice?: boolean;
  /** How long an activity whose host died stays invisible, in milliseconds of the clock. Default: what host.json says. */
  readonly activityVisibilityTimeoutMs?: number;
  /** Between the check that an ID is free and the start of the run, real milliseconds. Default 2. */
  readonly startLatencyMs?: number;
  readonly faults?: HostFaults;
  /** Which extension's failures the histories hold. Default 3.15, which was measured. */
  readonly extension?: DurableExtension;
  readonly log?: (line: HostLogLine) => void;
}

interface HostStatistics {
  /** Calls of functions of any kind. */
  readonly executions: number;
  readonly orchestratorEpisodes: number;
  readonly activityRuns: number;
  readonly commits: number;
}

export interface Host {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  readonly keys: HostKeys;
  functions(): readonly FunctionDescription[];
  instances(): readonly InstanceSnapshot[];
  /** Empty for an unknown instance. */
  history(instanceId: string): readonly HistoryEvent[];
  /** Runs a timer function now and waits for its end. */
  runTimerTrigger(name: string): Promise<void>;
  /** Resolves when nothing is ready and nothing is running; timers may be open. */
  whenIdle(): Promise<void>;
  /**
   * Waits until `done`. A virtual clock is advanced meanwhile, and `done` is asked only when the host is idle; rejects
   * when that clock has nothing left to wait for.
   */
  runUntil(done: () => boolean | Promise<boolean>): Promise<void>;
  statistics(): HostStatistics;
  /** Resolves when the host has ended by itself, because its workers die. The platform starts another then. */
  readonly ended: Promise<void>;
  /** Releases the port, the workers and the timers; what is in the journal stays. */
  stop(): Promise<void>;
}

/** Starts a local durable host. Rejects when the app does not load, registers nothing or has a faulty schedule. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { clock, faults = {}, log = () => undefined } = options;
  const keys = { ...DEVELOPMENT_KEYS, ...options.keys };
  const workload = new Workload();
  const hub = new TaskHub({ clock, journal: options.journal ?? noJournal(), faults });
  const orchestrations = new Orchestrations(hub, clock, options.startLatencyMs);
  const doors = await openDoors({
    port: options.port ?? 0,
    systemKey: keys.system,
    orchestrations,
    workload,
    log,
  });
  const stops: (() => Promise<void> | void)[] = [() => hub.close(), () => doors.close()];
  const stop = async (): Promise<void> => {
    for (const next of stops.toReversed()) await next();
  };
  try {
    const worker = await options.worker.start({ clock, log, variables: platformVariables(doors.port) });
    stops.push(() => worker.stop());
    doors.place.hubName = worker.settings.hubName;
    hub.defaultVersion = worker.settings.defaultVersion;
    const app = new AppFunctions(worker, () => durableClientInput(doors.place));
    const machinery = createMachinery({
      ...{ app, clock, hub, workload, faults, log },
      replayTwice: options.replayTwice ?? true,
      extension: options.extension ?? '3.15',
      activitiesAtOnce: worker.settings.activitiesAtOnce,
      visibilityTimeoutMs: options.activityVisibilityTimeoutMs ?? worker.settings.activityVisibilityTimeoutMs,
    });
    stops.push(() => machinery.stop());
    const startedAt = clock.now();
    const runTimer = (name: string): Promise<void> => machinery.timers.runNow(name);
    const uptimeMs = (): number => Math.round(clock.now() - startedAt);
    doors.serve(frontDoor({ app, keys, place: doors.place, orchestrations, uptimeMs, runTimer }));
    machinery.begin();
    const ended = (worker.ended ?? new Promise<never>(() => undefined)).then(stop);
    return {
      baseUrl: doors.place.origin,
      keys,
      functions: () => describeFunctions(app, machinery.timers.schedules()),
      instances: () => hub.state.instances().map(snapshotOf),
      history: (instanceId) => hub.state.instance(instanceId)?.history ?? [],
      runTimerTrigger: runTimer,
      whenIdle: () => workload.whenIdle(),
      runUntil: (done) => runUntil(clock, workload, done),
      statistics: () => ({
        executions: app.executions,
        orchestratorEpisodes: machinery.episodes(),
        activityRuns: machinery.activityRuns(),
        commits: hub.commits,
      }),
      ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Without WEBSITE_HOSTNAME the SDK turns all links to localhost:7071. */
function platformVariables(port: number): Record<string, string> {
  return {
    WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
    // The app takes https for a host name alone.
    PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  };
}
