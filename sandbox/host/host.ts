import type { Clock } from '../kernel/clock.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { AppFunctions } from './appFunctions.ts';
import type { HistoryEvent } from './engine/history.ts';
import type { HostFaults } from './faults.ts';
import { frontDoor } from './http/frontDoor.ts';
import { DEVELOPMENT_KEYS } from './http/keys.ts';
import type { HostKeys } from './http/keys.ts';
import { management } from './http/management.ts';
import { durableClientInput } from './http/managementUrls.ts';
import { emptyReply } from './http/message.ts';
import { listen } from './http/server.ts';
import { ActivityRunner } from './hub/activityRunner.ts';
import { Dispatcher } from './hub/dispatcher.ts';
import { EpisodeRunner } from './hub/episodeRunner.ts';
import { snapshotOf } from './hub/instance.ts';
import type { InstanceSnapshot } from './hub/instance.ts';
import { Orchestrations } from './hub/orchestrations.ts';
import { TaskHub } from './hub/taskHub.ts';
import { describeFunctions } from './functionList.ts';
import type { FunctionDescription } from './functionList.ts';
import { noJournal } from './journal.ts';
import type { JournalStore } from './journal.ts';
import type { HostLog, HostLogLine } from './log.ts';
import { TimerTriggers } from './schedule/timerTriggers.ts';
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
  /** Each episode is run twice and both answers must be equal. Default true. */
  readonly replayTwice?: boolean;
  /** How long an activity whose worker died stays invisible, in milliseconds of the clock. Default five minutes. */
  readonly activityVisibilityTimeoutMs?: number;
  readonly faults?: HostFaults;
  readonly log?: (line: HostLogLine) => void;
}

export interface HostStatistics {
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
  /** Releases the port, the workers and the timers; what is in the journal stays. */
  stop(): Promise<void>;
}

const VISIBILITY_TIMEOUT_MS = 5 * 60 * 1000;

/** Starts a local durable host. Rejects when the app does not load or registers nothing. */
export async function startHost(options: HostOptions): Promise<Host> {
  const { clock, faults = {} } = options;
  const log: HostLog = options.log ?? (() => undefined);
  const keys = { ...DEVELOPMENT_KEYS, ...options.keys };
  const journal = options.journal ?? noJournal();
  const workload = new Workload();
  const startedAt = clock.now();
  const hub = new TaskHub({ clock, journal, faults });
  const orchestrations = new Orchestrations(hub, clock);
  let serving: Serving | undefined;
  const door = await listen({
    port: options.port ?? 0,
    workload,
    log,
    answer: async (request) => serving?.answer(request) ?? emptyReply(503),
  });
  const origin = `http://127.0.0.1:${door.port}`;
  const place = { origin, rpcBaseUrl: '', hubName: '', systemKey: keys.system };
  const rpc = await listen({
    port: 0,
    workload,
    log,
    answer: async (request) => {
      if (!request.path.startsWith(RPC_PATH)) return emptyReply(404);
      return management({ orchestrations, place }, request, request.path.slice(RPC_PATH.length));
    },
  });
  place.rpcBaseUrl = `http://127.0.0.1:${rpc.port}${RPC_PATH}`;
  const closeDoors = async (): Promise<void> => {
    await Promise.all([door.close(), rpc.close()]);
    journal.close();
  };
  try {
    const worker = await options.worker.start({ clock, log, variables: platformVariables(door.port) });
    place.hubName = worker.settings.hubName;
    const app = new AppFunctions(worker, () => durableClientInput(place));
    const timers = new TimerTriggers({ app, clock, hub, workload, log });
    const episodes = new EpisodeRunner({
      clock,
      hub,
      faults,
      registrations: app,
      replayTwice: options.replayTwice ?? true,
      invoke: (name, payload) => app.invokeByName(name, { string: payload }),
    });
    const activities = new ActivityRunner({
      clock,
      hub,
      faults,
      workload,
      visibilityTimeoutMs: options.activityVisibilityTimeoutMs ?? VISIBILITY_TIMEOUT_MS,
      invoke: (name, input) => app.invokeByName(name, input),
    });
    const dispatcher = new Dispatcher({ clock, hub, faults, workload, episodes, activities, log });
    serving = {
      answer: frontDoor({
        app,
        keys,
        place,
        orchestrations,
        uptimeMs: () => Math.round(clock.now() - startedAt),
        runTimer: (name) => timers.runNow(name),
      }),
    };
    dispatcher.begin();
    timers.begin();
    return {
      baseUrl: origin,
      keys,
      functions: () => describeFunctions(app, timers.schedules()),
      instances: () => hub.state.instances().map(snapshotOf),
      history: (instanceId) => hub.state.instance(instanceId)?.history ?? [],
      runTimerTrigger: (name) => timers.runNow(name),
      whenIdle: () => workload.whenIdle(),
      runUntil: (done) => runUntil(clock, workload, done),
      statistics: () => ({
        executions: app.executions,
        orchestratorEpisodes: episodes.episodes,
        activityRuns: activities.runs,
        commits: hub.commits,
      }),
      async stop() {
        dispatcher.stop();
        timers.stop();
        await worker.stop();
        await closeDoors();
      },
    };
  } catch (error) {
    await closeDoors();
    throw error;
  }
}

type Serving = { readonly answer: ReturnType<typeof frontDoor> };

const RPC_PATH = '/durabletask/';

/** Without WEBSITE_HOSTNAME the SDK turns all links to localhost:7071. */
function platformVariables(port: number): Record<string, string> {
  return {
    WEBSITE_HOSTNAME: `127.0.0.1:${port}`,
    FUNCTIONS_WORKER_RUNTIME: 'node',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  };
}

/** How often a clock that runs by itself is asked again; real milliseconds. */
const ASK_AGAIN_MS = 5;

async function runUntil(
  clock: Clock,
  workload: Workload,
  done: () => boolean | Promise<boolean>,
): Promise<void> {
  for (;;) {
    if (clock instanceof VirtualClock) await workload.whenIdle();
    if (await done()) return;
    if (!(clock instanceof VirtualClock)) await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    else if (!clock.advance()) throw new Error('Nothing is left that the clock could bring about.');
  }
}
