import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { installDate } from '../host/worker/workerTime.ts';
import { VirtualClock } from '../kernel/clock.ts';
import { sample, sampleWorld } from '../sampleWorld.ts';
import { startSandbox } from '../sandbox.ts';
import type { SampleWorld, Sandbox, SandboxOptions } from '../sandbox.ts';
import type { ConnectionBody } from './connectionBody.ts';
import { deploy } from './deployment.ts';
import { connector } from './recall.ts';
import type { Deployment, DeploymentOptions, RunningDeployment } from './deployment.ts';

export type { ConnectionBody } from './connectionBody.ts';
export type { Answer } from './deployment.ts';

/** The app in this process, with its real adapters and SDKs, over the simulators, in virtual time. */
export interface Rig extends Deployment {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  /** Posts the request and advances time until the run has ended; returns the response of GET. */
  connect(request?: object): Promise<ConnectionBody>;
  /** Another deployment of the app, with a task hub of its own, on the same Azure and Zilliz. */
  deployAnother(options?: DeploymentOptions): Promise<Deployment>;
  /** Advances time, when no deployment has anything to do, until `done`. */
  runUntil(done: () => boolean | Promise<boolean>): Promise<void>;
  /** Stops everything. */
  stop(): Promise<void>;
}

export interface RigOptions extends DeploymentOptions {
  readonly world?: (at: number) => SampleWorld;
  readonly timings?: SandboxOptions['timings'];
  readonly startAt?: number;
}

/** The smallest request of the sample world. */
export const sampleRequest = {
  projectId: sample.projectId,
  regionId: sample.regionId,
  subnetId: sample.subnetId,
} as const;

/** One certificate authority for all rigs of a process, since it is the process that trusts it. */
export const AUTHORITY_DIRECTORY = join(tmpdir(), `rig-authority-${process.pid}`);

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
  trust(sandbox.authority);
  process.env.IDENTITY_ENDPOINT = sandbox.environment.IDENTITY_ENDPOINT;
  process.env.IDENTITY_HEADER = sandbox.environment.IDENTITY_HEADER;
  const first = await deploy(clock, sandbox, options);
  const connect = connector({ clock, sandbox, first, options });
  const deployments: RunningDeployment[] = [first];
  const stops = [first.stop];
  const whenIdle = async (): Promise<void> => {
    // What one does at once may be the turn of another.
    for (let round = 0; round < 2; round++) for (const { host } of deployments) await host.whenIdle();
  };
  return Object.assign(first, {
    ...{ clock, sandbox },
    connect: (request: object = sampleRequest) => connect(request),
    async deployAnother(more: DeploymentOptions = {}) {
      const another = await deploy(clock, sandbox, more);
      deployments.push(another);
      stops.push(another.stop);
      return another;
    },
    async runUntil(done: () => boolean | Promise<boolean>) {
      for (;;) {
        await whenIdle();
        if (await done()) return;
        if (!clock.advance()) throw new Error('Nothing is left that the clock could bring about.');
      }
    },
    stop: async () => {
      for (const stop of stops) await stop();
      await sandbox.stop();
      restoreDate();
      rmSync(directory, { recursive: true });
    },
  });
}

/** What NODE_EXTRA_CA_CERTS does for a process that is started with it. */
function trust(authority: string): void {
  const trusted = tls.getCACertificates('default');
  if (!trusted.includes(authority)) tls.setDefaultCACertificates([...trusted, authority]);
}
