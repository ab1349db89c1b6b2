import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeAzureCliScript } from './azureCli/environment.ts';
import { localSettings, writeLocalSettings } from './localSettings.ts';
import type { SandboxPorts } from './ports.ts';
import { appDirectory } from './runningApp.ts';
import { runSandbox } from './runningSandbox.ts';

export const aloneDirectory = join(appDirectory, '.sandbox', 'alone');

export interface AloneSandbox {
  /** The certificates that the app must trust, for NODE_EXTRA_CA_CERTS. */
  readonly authorityPath: string;
  /** Whether local.settings.json leads to the sandbox; false where somebody's own file was left alone. */
  readonly hasSettings: boolean;
  /** What to tell people. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** The simulators for an app that runs elsewhere: under the Functions host, with settings that lead here. */
export async function startAlone(options: {
  readonly speed: number;
  readonly ports: SandboxPorts;
}): Promise<AloneSandbox> {
  const running = await runSandbox({ directory: aloneDirectory, ...options });
  const { sandbox } = running;
  const sample = readFileSync(join(appDirectory, 'local.settings.sample.json'), 'utf8');
  const settings = localSettings(sample, {
    environment: sandbox.environment,
    apiPort: options.ports.api,
  });
  mkdirSync(aloneDirectory, { recursive: true });
  const copy = join(aloneDirectory, 'local.settings.json');
  writeFileSync(copy, settings);
  const hasSettings = writeLocalSettings(join(appDirectory, 'local.settings.json'), settings);
  const script = writeAzureCliScript(sandbox, aloneDirectory);
  return {
    authorityPath: sandbox.environment.NODE_EXTRA_CA_CERTS ?? '',
    hasSettings,
    lines: [
      `  Azure         ${sandbox.azure.baseUrl}`,
      `  Zilliz Cloud  ${sandbox.zilliz.baseUrl}`,
      `  Key Vault     ${sandbox.keyVault.baseUrl}`,
      `  identity      ${sandbox.identity.baseUrl}`,
      `  control       http://localhost:${options.ports.control}   (sandbox/control/README.md)`,
      `  time          ${options.speed === 1 ? 'in real time' : `${options.speed} times as fast as the wall clock`}`,
      `  state         ${relative(appDirectory, aloneDirectory)}   (--fresh: begin anew)`,
      hasSettings
        ? '  settings      local.settings.json leads here'
        : `  settings      ${relative(appDirectory, copy)}; your own local.settings.json was left alone`,
      `  Azure CLI     . ${relative(appDirectory, script)}`,
    ],
    stop: () => running.stop(),
  };
}
