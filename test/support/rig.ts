import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { appOf } from '../../src/app.ts';
import { readSettings } from '../../src/config.ts';
import { registerApp } from '../../src/registerApp.ts';
import { startHost } from '../../sandbox/host/host.ts';
import type { Host, HostOptions } from '../../sandbox/host/host.ts';
import { installDate } from '../../sandbox/host/worker/workerTime.ts';
import { inProcessWorker } from '../../sandbox/host/worker/inProcessWorker.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import { sample, sampleWorld } from '../../sandbox/sampleWorld.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { SampleWorld, Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts';

/** The app in this process, with its real adapters and SDKs, over the simulators, in virtual time. */
export interface Rig {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly host: Host;
  /** A call of the app's API with a function key; the body is parsed. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Posts the request and advances time until the run has ended; answers what GET says then. */
  connect(request?: object): Promise<ConnectionBody>;
  /** Advances time until no run of this ID is active. */
  finish(id: string): Promise<ConnectionBody>;
  /** Stops the host and starts another on the same journal would need one; this stops everything. */
  stop(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What tests look at in the answer of GET. */
export interface ConnectionBody {
  readonly id: string;
  readonly status: string;
  readonly phases: readonly {
    readonly phase: string;
    readonly state: string;
    readonly reason: string | null;
    readonly attempts: number;
  }[];
  readonly result: {
    readonly outcome: string;
    readonly privateEndpoint: { readonly endpointId: string; readonly address: string };
    readonly clusters: readonly {
      readonly clusterId: string;
      readonly state: string;
      readonly uri: string | null;
      readonly reason: string | null;
      readonly verification: { readonly outcome: string; readonly detail: string } | null;
      readonly publicAccess: string | null;
    }[];
    readonly warnings: readonly { readonly code: string; readonly detail: string }[];
    readonly actionsForPeople: readonly string[];
    readonly recordsToCreate: readonly { readonly name: string; readonly address: string }[];
    readonly writes: Readonly<Record<string, number>>;
  } | null;
  readonly problem: {
    readonly type: string;
    readonly status: number;
    readonly detail: string;
    readonly cause: string;
    readonly remedy: string;
    readonly errors: readonly {
      readonly pointer: string;
      readonly code: string;
      readonly detail: string;
      readonly remedy: string;
    }[];
  } | null;
}

export interface RigOptions {
  readonly world?: (at: number) => SampleWorld;
  /** Settings of the app beside those that the sandbox gives. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly timings?: SandboxOptions['timings'];
  readonly host?: Partial<
    Pick<HostOptions, 'journal' | 'faults' | 'replayTwice' | 'activityVisibilityTimeoutMs'>
  >;
  readonly startAt?: number;
}

/** The smallest request of the sample world. */
export const sampleRequest = {
  projectId: sample.projectId,
  regionId: sample.regionId,
  subnetId: sample.subnetId,
} as const;

/** One certificate authority for all rigs of a process, since it is the process that trusts it. */
const AUTHORITY_DIRECTORY = join(tmpdir(), `rig-authority-${process.pid}`);

let identityPort: number | undefined;

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const directory = mkdtempSync(join(tmpdir(), 'rig-'));
  const clock = new VirtualClock(options.startAt);
  const restoreDate = installDate(() => clock.now());
  const sandbox = await startSandbox({
    clock,
    directory,
    tlsDirectory: AUTHORITY_DIRECTORY,
    keep: false,
    world: options.world ?? sampleWorld,
    // The identity SDK keeps the endpoint that it found first, for as long as the process lives.
    identityHeader: 'rig',
    ports: { ...(identityPort !== undefined && { identity: identityPort }) },
    ...(options.timings && { timings: options.timings }),
  });
  identityPort = Number(new URL(sandbox.identity.baseUrl).port);
  // What NODE_EXTRA_CA_CERTS does for a process that is started with it.
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), sandbox.authority]);
  process.env.IDENTITY_ENDPOINT = sandbox.environment.IDENTITY_ENDPOINT;
  process.env.IDENTITY_HEADER = sandbox.environment.IDENTITY_HEADER;
  const settings = readSettings({ ...sandbox.environment, ...options.settings });
  const host = await startHost({
    clock,
    worker: inProcessWorker(() => registerApp(appOf(settings)), {
      environment: { SWEEP_SCHEDULE: '0 */15 * * * *', ...options.settings },
    }),
    ...options.host,
  });
  const call = (method: string, path: string, body?: unknown) => callHost(host, method, path, body);
  const read = async (id: string): Promise<ConnectionBody> =>
    (await call('GET', `/api/connections/${id}`)).body as ConnectionBody;
  const isOver = (id: string): boolean => {
    const instance = host.instances().find(({ instanceId }) => instanceId === id);
    return instance !== undefined && !['Pending', 'Running'].includes(instance.runtimeStatus);
  };
  const finish = async (id: string): Promise<ConnectionBody> => {
    await host.runUntil(() => isOver(id));
    return read(id);
  };
  return {
    ...{ clock, sandbox, host, call, finish },
    async connect(request = sampleRequest) {
      const { status, body } = await call('POST', '/api/connections', request);
      if (status !== 202) throw new Error(`POST answered ${status} ${JSON.stringify(body)}`);
      return finish((body as { id: string }).id);
    },
    async stop() {
      await host.stop();
      await sandbox.stop();
      restoreDate();
      rmSync(directory, { recursive: true });
    },
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
