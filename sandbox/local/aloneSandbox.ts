import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeAzureCliScript } from '../azureCli/environment.ts';
import { subscribeToClusterEvents } from './clusterEvents.ts';
import { localSettings, writeLocalSettings } from './localSettings.ts';
import type { SandboxPorts } from './ports.ts';
import { appDirectory } from './runningApp.ts';
import { runSandbox } from './runningSandbox.ts';

export const aloneDirectory = join(appDirectory, '.sandbox', 'alone');

export interface AloneSandbox {
  /** The certificates that the app must trust, for NODE_EXTRA_CA_CERTS. */
  readonly authorityPath: string;
  /** Whether local.settings.json leads to the sandbox; false where the user's own file was left alone. */
  readonly hasSettings: boolean;
  /** Lines for the terminal. */
  readonly lines: readonly string[];
  /** Lets events of the topic come to the app, once its host runs. */
  subscribe(baseUrl: string): Promise<void>;
  stop(): Promise<void>;
}

export interface AlonePlace {
  readonly speed: number;
  readonly ports: SandboxPorts;
  /** Where the state lies. Default: {@link aloneDirectory}. */
  readonly directory?: string;
  /** Where local.settings.json is written. Default: the root of the project. */
  readonly project?: string;
}

/** The simulators for an app that runs elsewhere: under the Functions host, with settings that lead here. */
export async function startAlone(place: AlonePlace): Promise<AloneSandbox> {
  const { speed, ports, directory = aloneDirectory, project = appDirectory } = place;
  const running = await runSandbox({ directory, speed, ports });
  const { sandbox } = running;
  const sample = readFileSync(join(appDirectory, 'local.settings.sample.json'), 'utf8');
  const settings = localSettings(sample, { environment: sandbox.environment, apiPort: ports.api });
  mkdirSync(directory, { recursive: true });
  const copy = join(directory, 'local.settings.json');
  writeFileSync(copy, settings);
  const hasSettings = writeLocalSettings(join(project, 'local.settings.json'), settings);
  const script = writeAzureCliScript(sandbox, directory);
  return {
    authorityPath: sandbox.environment.NODE_EXTRA_CA_CERTS ?? '',
    hasSettings,
    lines: [
      `  Azure         ${sandbox.azure.baseUrl}`,
      `  Zilliz Cloud  ${sandbox.zilliz.baseUrl}`,
      `  Key Vault     ${sandbox.keyVault.baseUrl}`,
      `  identity      ${sandbox.identity.baseUrl}`,
      `  events        ${sandbox.eventGrid.publishUrl}   (docs/how-to/cluster-events.md)`,
      `  control       http://localhost:${ports.control}   (sandbox/control/README.md)`,
      `  time          ${speed === 1 ? 'in real time' : `${speed} times as fast as the wall clock`}`,
      `  state         ${relative(appDirectory, directory)}   (--fresh: begin anew)`,
      hasSettings
        ? '  settings      local.settings.json leads here'
        : `  settings      ${relative(appDirectory, copy)}; your own local.settings.json was left alone`,
      `  Azure CLI     . ${relative(appDirectory, script)}`,
    ],
    subscribe: (baseUrl) => subscribeToClusterEvents(sandbox, { baseUrl }),
    stop: () => running.stop(),
  };
}
