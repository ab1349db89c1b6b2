import { setImmediate as nextTurn } from 'node:timers/promises';
import { appOf, registerApp } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { usualTimeLimits } from '../../src/wiring.ts';
import type { TimeLimits } from '../../src/wiring.ts';
import { startHost } from '../host/host.ts';
import type { Host, HostOptions } from '../host/host.ts';
import type { HostLogLine } from '../host/log.ts';
import { inProcessWorker } from '../host/worker/inProcessWorker.ts';
import { readHostJson } from '../host/worker/processWorker.ts';
import type { VirtualClock } from '../kernel/clock.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ConnectionBody } from './connectionBody.ts';
import { keptJournal } from './keptJournal.ts';
import type { KeptJournal } from './keptJournal.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** One deployment of the app: a host with its task hub. */
export interface Deployment {
  /** The host that runs now. */
  readonly host: Host;
  /** What the task hub has stored. */
  readonly journal: KeptJournal;
  /** What host and app have logged. */
  readonly logged: HostLogLine[];
  /** A call of the app's API with a function key; the body is parsed. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Posts a request that must be accepted, and returns its connection ID. */
  post(request: object): Promise<string>;
  /** Advances time until no run of this ID is active. */
  finish(id: string): Promise<ConnectionBody>;
  /** Advances time until the condition holds for what GET says; it is asked whenever nothing can run. */
  until(id: string, condition: (view: ConnectionBody) => boolean): Promise<ConnectionBody>;
  /** Drops what only tests keep: log and commits so far. */
  forget(): void;
  /** Ends the host at once, in the middle of its work: nothing is stored and nothing is begun any more. */
  killHost(): void;
  /** Ends the host, if it lives, and starts another on its journal, with other settings where they are given; the world goes on. */
  restartHost(options?: DeployedHostOptions, settings?: DeploymentOptions['settings']): Promise<void>;
}

type DeployedHostOptions = Partial<
  Pick<HostOptions, 'faults' | 'replayTwice' | 'activityVisibilityTimeoutMs' | 'extension'>
>;

export interface DeploymentOptions {
  /** Settings of the app beside those that the sandbox gives. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly timeLimits?: TimeLimits;
  /** Whether time passes while the app spreads its calls of Zilliz, as it must for thousands of clusters. Default: it stands still. */
  readonly paced?: boolean;
  readonly host?: DeployedHostOptions;
}

export interface RunningDeployment extends Deployment {
  readonly stop: () => Promise<void>;
}

export async function deploy(
  clock: VirtualClock,
  sandbox: Sandbox,
  options: DeploymentOptions = {},
): Promise<RunningDeployment> {
  const journal = keptJournal();
  const logged: HostLogLine[] = [];
  // The clock stands still while activities run: real sleep would only make a test slow.
  const sleep = (milliseconds: number): Promise<void> => {
    if (options.paced) clock.advanceTo(clock.now() + milliseconds);
    return nextTurn();
  };
  const timeLimits = { ...usualTimeLimits, ...options.timeLimits, sleep };
  const start = (
    hostOptions: DeployedHostOptions,
    more: DeploymentOptions['settings'] = {},
  ): Promise<Host> => {
    const given = { ...sandbox.environment, ...options.settings, ...more };
    return startHost({
      clock,
      journal,
      worker: inProcessWorker(
        (platform) => registerApp(appOf(readSettings({ ...platform, ...given }), { timeLimits })),
        {
          settings: readHostJson('.'),
          environment: { SWEEP_SCHEDULE: '0 */15 * * * *', ...options.settings },
        },
      ),
      log: (line) => logged.push(line),
      // It costs a fifth of the time: in the gate only some suites ask for it, each night all have it.
      replayTwice: process.env.DEEP_SEED !== undefined,
      ...hostOptions,
    });
  };
  let host = await start(options.host ?? {});
  let ended: Promise<void> | undefined;
  const end = async (): Promise<void> => {
    ended ??= host.stop();
    await ended;
    // What its activities had begun goes on to its end outside, as a request that has left a dead process does.
    await host.whenIdle();
  };
  const call: Deployment['call'] = (method, path, body) => callHost(host, method, path, body);
  const read = async (id: string): Promise<ConnectionBody> =>
    (await call('GET', `/api/connections/${id}`)).body as ConnectionBody;
  const isOver = (id: string): boolean => {
    const instance = host.instances().find(({ instanceId }) => instanceId === id);
    return instance !== undefined && !['Pending', 'Running'].includes(instance.runtimeStatus);
  };
  return {
    get host() {
      return host;
    },
    ...{ journal, logged, call },
    async post(request) {
      const { status, body } = await call('POST', '/api/connections', request);
      if (status !== 202) throw new Error(`POST answered ${status} ${JSON.stringify(body)}`);
      return (body as { id: string }).id;
    },
    async finish(id) {
      await host.runUntil(() => isOver(id));
      return read(id);
    },
    async until(id, condition) {
      let view = await read(id);
      await host.runUntil(async () => {
        view = await read(id);
        return condition(view);
      });
      return view;
    },
    forget() {
      logged.splice(0);
      journal.forget();
    },
    killHost() {
      journal.cut();
      ended ??= host.stop();
    },
    async restartHost(hostOptions = options.host ?? {}, more = {}) {
      await end();
      journal.mend();
      host = await start(hostOptions, more);
      ended = undefined;
    },
    stop: end,
  };
}

async function callHost(host: Host, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${host.baseUrl}${path}`, {
    method,
    headers: { 'x-functions-key': host.keys.function, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
