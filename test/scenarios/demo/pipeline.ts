import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { runCommandLine } from '../../../cli/run.ts';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { zoneId } from '../lifecycle/support.ts';

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  said(text: string): Promise<void>;
}

export const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));

/** The command line as a pipeline has it: one file, a process of its own, an address and a key. Each test has a world of its own. */
export class Pipeline {
  readonly folder = mkdtempSync(join(tmpdir(), 'command-line-'));
  readonly file = join(this.folder, 'zilliz-private-link.cjs');
  #rig: Rig | undefined;

  get rig(): Rig {
    if (!this.#rig) throw new Error('It is started before each test.');
    return this.#rig;
  }

  /** For the hooks of a test file. */
  build(): void {
    buildSync({
      ...{ entryPoints: ['cli/main.ts'], outfile: this.file, bundle: true, platform: 'node', format: 'cjs' },
      target: 'node22',
    });
  }

  async open(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.#rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *', ...settings } });
  }

  close(): Promise<void> {
    return this.rig.stop();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Starts a process with the address and the key of the app in its environment, as a pipeline does. */
  begin(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
    const child = spawn(program, parameters, {
      cwd: this.folder,
      env: {
        ...{ PATH: process.env.PATH, HOME: this.folder, CLI: this.file, NODE: process.execPath },
        ZILLIZ_PRIVATE_LINK_URL: this.rig.host.baseUrl,
        ZILLIZ_PRIVATE_LINK_KEY: this.rig.host.keys.function,
        ...environment,
      },
    });
    const text = { out: '', err: '' };
    child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.once('close', (code) => {
        resolve({ code, ...text });
      });
    });
    return {
      ...{ child, ended },
      async said(expected) {
        while (!(text.out + text.err).includes(expected) && child.exitCode === null) await pause(10);
      },
    };
  }

  start(...parameters: readonly string[]): Running {
    return this.begin(process.execPath, [this.file, ...parameters, '--interval', '0.05']);
  }

  run(...parameters: readonly string[]): Promise<Ended> {
    return this.start(...parameters).ended;
  }

  /** The same command line in the process of the test, which is faster. */
  call(...parameters: readonly string[]): Pick<Running, 'ended'> {
    const text = { out: '', err: '' };
    const { baseUrl, keys } = this.rig.host;
    const code = runCommandLine([...parameters, '--interval', '0.05'], {
      environment: { ZILLIZ_PRIVATE_LINK_URL: baseUrl, ZILLIZ_PRIVATE_LINK_KEY: keys.function },
      out: { write: (chunk) => (text.out += chunk) },
      err: { write: (chunk) => (text.err += chunk) },
      interrupted: new AbortController().signal,
      readStdin: () => Promise.resolve(''),
    });
    return { ended: code.then((ended) => ({ code: ended, ...text })) };
  }

  /** Lets virtual time pass until the processes have ended. */
  async allToEnd(all: readonly (Pick<Running, 'ended'> & Partial<Running>)[]): Promise<readonly Ended[]> {
    const state = { isOver: false };
    // Of this test, when the machine is slow: the test then fails by its own limit.
    for (const { child } of all) setTimeout(() => child?.kill(), 100_000).unref();
    const ended = Promise.all(all.map((one) => one.ended));
    void ended.then(() => (state.isOver = true));
    while (!state.isOver) {
      await pause(20);
      await this.rig.host.whenIdle();
      const isActive = this.rig.host.instances().some(({ runtimeStatus }) => runtimeStatus === 'Running');
      if (isActive) this.rig.clock.advance();
    }
    return ended;
  }

  async toEnd(running: Pick<Running, 'ended'> & Partial<Running>): Promise<Ended> {
    const [ended] = await this.allToEnd([running]);
    if (!ended) throw new Error('It has ended.');
    return ended;
  }

  write(name: string, content: unknown): string {
    const path = join(this.folder, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  /** Another owner takes the name of a cluster, a minute later. */
  takeName(): void {
    const { clock, sandbox } = this.rig;
    clock.advanceTo(clock.now() + 60_000);
    const { control } = sandbox.azure;
    const name = `${sample.clusterIds[0]}-privatelink`;
    control.remove(`${zoneId}/A/${name}`);
    control.setRecord({ zoneId, name, addresses: ['10.9.9.9'], ttl: 600 });
  }
}
