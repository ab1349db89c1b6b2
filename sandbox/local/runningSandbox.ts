import { join } from 'node:path';
import { startControl } from '../control/control.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Traffic } from '../kernel/traffic.ts';
import { sampleWorld } from '../sampleWorld.ts';
import { startSandbox } from '../sandbox.ts';
import type { Sandbox } from '../sandbox.ts';
import { persistentClock } from './persistentClock.ts';
import type { SandboxPorts } from './ports.ts';

/** Known beforehand, so that settings written at one start are good at the next. It opens nothing but a simulator. */
const IDENTITY_HEADER = 'development-identity-header';

export interface SandboxPlace {
  /** Where all state lies; it survives. */
  readonly directory: string;
  /** How many times as fast as the wall clock time runs. */
  readonly speed: number;
  /** Default: any free ports, and no control API. */
  readonly ports?: SandboxPorts;
  /** Where exchanges are recorded. Default: in memory only. */
  readonly traffic?: Traffic;
}

export interface RunningSandbox {
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  stop(): Promise<void>;
}

/** The simulators, and the API to control them, with the sample world in them at the first start. */
export async function runSandbox(place: SandboxPlace): Promise<RunningSandbox> {
  const { directory, speed, ports, traffic } = place;
  const { clock, stop: stopClock } = persistentClock({ path: join(directory, 'clock.json'), speed });
  const sandbox = await startSandbox({
    clock,
    directory,
    keep: true,
    world: sampleWorld,
    identityHeader: IDENTITY_HEADER,
    ...(ports && { ports }),
    ...(traffic && { traffic }),
  });
  const control = ports && (await startControl({ ...sandbox, clock, port: ports.control }));
  return {
    clock,
    sandbox,
    async stop() {
      await control?.stop();
      await sandbox.stop();
      stopClock();
    },
  };
}
