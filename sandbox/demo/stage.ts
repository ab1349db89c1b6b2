import { runCommandLine } from '../../cli/run.ts';
import type { RunningApp } from '../local/runningApp.ts';
import { sample } from '../sampleWorld.ts';
import type { Sandbox } from '../sandbox.ts';

export const sampleRequest = {
  projectId: sample.projectId,
  regionId: sample.regionId,
  subnetId: sample.subnetId,
};

/** The options of the command line for the sample request. */
export const sampleOptions = [
  ...['--project', sample.projectId, '--region', sample.regionId],
  ...['--subnet', sample.subnetId],
];

/** How often the demo looks, in seconds of the wall clock. */
const LOOK_EVERY_S = '0.25';

/** What a scenario plays on: the running app, the world around it, and the command line. */
export class Stage {
  readonly sandbox: Sandbox;
  readonly #app: RunningApp;

  constructor(app: RunningApp) {
    this.sandbox = app.sandbox;
    this.#app = app;
  }

  /** Sandbox time. */
  now(): number {
    return this.#app.clock.now();
  }

  readonly print = (...lines: readonly string[]): void => {
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  };

  /** Runs a command as a user does at a shell, and returns its exit code. `shown`: how it is printed, if shorter. */
  async command(parameters: readonly string[], stdin = ''): Promise<number> {
    this.print(`$ zilliz-private-link ${parameters.map(shortened).join(' ')}`, '');
    const { baseUrl, keys } = this.#app.host;
    const exitCode = await runCommandLine([...parameters, '--interval', LOOK_EVERY_S], {
      environment: { ZILLIZ_PRIVATE_LINK_URL: baseUrl, ZILLIZ_PRIVATE_LINK_KEY: keys.function },
      ...{ out: process.stdout, err: process.stderr },
      interrupted: new AbortController().signal,
      readStdin: () => Promise.resolve(stdin),
    });
    this.print('', `  exit code ${exitCode}`);
    return exitCode;
  }
}

/** A resource ID would fill the line. */
function shortened(parameter: string): string {
  return parameter.startsWith('/subscriptions/')
    ? `…/${parameter.split('/').slice(-3).join('/')}`
    : parameter;
}
