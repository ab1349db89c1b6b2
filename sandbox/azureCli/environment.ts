import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../sandbox.ts';

export const CLOUD_NAME = 'Sandbox';

/** What turns the Azure CLI to the sandbox, as its owner, with a configuration of its own beside the user's. */
export function azureCliEnvironment(
  sandbox: Pick<Sandbox, 'environment' | 'owner'>,
  directory: string,
): Readonly<Record<string, string>> {
  const configuration = join(directory, 'azure-cli');
  return {
    AZURE_CONFIG_DIR: configuration,
    AZURE_EXTENSION_DIR: join(configuration, 'extensions'),
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    REQUESTS_CA_BUNDLE: sandbox.environment.NODE_EXTRA_CA_CERTS ?? '',
    ...sandbox.owner.environment,
    ...sandbox.owner.olderEnvironment,
    PYTHONPATH: join(import.meta.dirname, 'debianBuild'),
  };
}

/** Writes a script for people to source, after which `az` in that shell speaks to the sandbox; returns its path. */
export function writeAzureCliScript(
  sandbox: Pick<Sandbox, 'environment' | 'owner' | 'azure'>,
  directory: string,
): string {
  const path = join(directory, 'az.sh');
  const variables = Object.entries(azureCliEnvironment(sandbox, directory));
  const lines = [
    '# Source this: `az` in this shell then speaks to the sandbox. A new shell has the old `az` again.',
    ...variables.map(([name, value]) => `export ${name}=${quoted(value)}`),
    `az cloud show --name ${CLOUD_NAME} --output none 2>/dev/null ||`,
    `  az cloud register --name ${CLOUD_NAME} --endpoint-resource-manager ${quoted(sandbox.azure.baseUrl)}`,
    `az cloud update --name ${CLOUD_NAME} --endpoint-resource-manager ${quoted(sandbox.azure.baseUrl)}`,
    `az cloud set --name ${CLOUD_NAME} --only-show-errors`,
    'az login --identity --output table',
    '',
  ];
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, lines.join('\n'));
  return path;
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
