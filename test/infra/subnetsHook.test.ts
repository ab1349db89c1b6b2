import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const network =
  '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-applications';
const app = { name: 'snet-zilliz-private-link-app' };
const storage = { name: 'snet-zilliz-private-link-storage' };
const named = {
  AZURE_ENV_NAME: 'prod',
  VNET_ID: network,
  APP_SUBNET_PREFIX: '10.1.2.0/27',
  STORAGE_SUBNET_PREFIX: '10.1.2.32/28',
};

interface StandIn {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly status?: number;
}

describe('before each provisioning the hook', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'subnets-hook-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program of that name, the only one on the PATH, that notes what it was asked. */
  function standIn(name: 'az' | 'azd', { stdout = '', stderr = '', status = 0 }: StandIn): void {
    const text = [
      `#!${process.execPath}`,
      `require('node:fs').appendFileSync(${JSON.stringify(join(folder, `${name}.log`))}, process.argv.slice(2).join(' ') + '\\n');`,
      `process.stdout.write(${JSON.stringify(stdout)});`,
      `process.stderr.write(${JSON.stringify(stderr)});`,
      `process.exitCode = ${status};`,
    ];
    writeFileSync(join(folder, name), text.join('\n'));
    chmodSync(join(folder, name), 0o755);
  }

  function asked(name: 'az' | 'azd'): readonly string[] {
    const log = join(folder, `${name}.log`);
    return existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : [];
  }

  function run(environment: Readonly<Record<string, string>>) {
    return spawnSync(process.execPath, ['infra/hooks/subnets.mjs'], {
      encoding: 'utf8',
      env: { PATH: folder, ...environment },
    });
  }

  function existing(...subnets: readonly object[]): void {
    standIn('az', { stdout: JSON.stringify(subnets) });
    standIn('azd', {});
  }

  it('empties both prefixes where both subnets exist', () => {
    existing(app, { name: 'default' }, storage);

    const { status, stdout } = run(named);

    expect(status).toBe(0);
    expect(stdout).toContain(
      `${app.name} exists and stays as it is: APP_SUBNET_PREFIX (10.1.2.0/27) is emptied`,
    );
    expect(asked('az')).toEqual([
      'network vnet subnet list --only-show-errors --output json --subscription 00000000-0000-4000-8000-000000000001 --resource-group rg-network --vnet-name vnet-applications',
    ]);
    expect(asked('azd')).toEqual(['env set APP_SUBNET_PREFIX= STORAGE_SUBNET_PREFIX= --environment prod']);
  });

  it('keeps the prefix of the one that does not exist', () => {
    existing(app);

    expect(run(named).status).toBe(0);
    expect(asked('azd')).toEqual(['env set APP_SUBNET_PREFIX= --environment prod']);
  });

  it('changes nothing where neither exists', () => {
    existing({ name: 'default' });

    expect(run(named).status).toBe(0);
    expect(asked('azd')).toEqual([]);
  });

  it('compares names without case, and those that the environment gives', () => {
    existing({ name: 'SNET-App' });

    expect(run({ ...named, APP_SUBNET_NAME: 'snet-app' }).status).toBe(0);
    expect(asked('azd')).toEqual(['env set APP_SUBNET_PREFIX= --environment prod']);
  });

  it('stops where a subnet is neither there nor has a range to be made in', () => {
    existing(storage);

    const { status, stderr } = run({ ...named, APP_SUBNET_PREFIX: '' });

    expect(status).toBe(1);
    expect(stderr).toContain(`The subnet ${app.name} is not there, and APP_SUBNET_PREFIX names no range`);
    expect(asked('azd')).toEqual([]);
  });

  it.each([
    ['no prefix is named', { APP_SUBNET_PREFIX: '', STORAGE_SUBNET_PREFIX: '' }],
    ['the app stays outside the network', { VNET_INTEGRATION: 'false' }],
    ['no network is named', { VNET_ID: '' }],
  ])('asks nothing where %s, because no subnet is made', (_, changed) => {
    expect(run({ ...named, ...changed }).status).toBe(0);
  });

  it.each<readonly [string, StandIn, string]>([
    [
      'the network does not exist',
      { status: 3, stderr: "ERROR: (ResourceNotFound) The Resource 'vnet-applications' was not found." },
      'The virtual network does not exist; correct VNET_ID',
    ],
    [
      'az is not signed in',
      { status: 1, stderr: "ERROR: Please run 'az login' to setup account." },
      "Please run 'az login' to setup account.",
    ],
    [
      'the right to read is missing',
      { status: 1, stderr: 'ERROR: (AuthorizationFailed) The client does not have authorization.' },
      'Microsoft.Network/virtualNetworks/subnets/read',
    ],
    ['the answer is none', { stdout: 'Welcome!' }, 'Could not ask which subnets exist'],
    ['the answer has another form', { stdout: '{"value":[]}' }, 'Could not ask which subnets exist'],
  ])('stops, and leaves the environment as it is, where %s', (_, answer, text) => {
    standIn('az', answer);
    standIn('azd', {});

    const { status, stderr } = run(named);

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(stderr).toContain('Nothing has been provisioned.');
    expect(asked('azd')).toEqual([]);
  });

  it('stops where the Azure CLI is missing', () => {
    standIn('azd', {});

    const { status, stderr } = run(named);

    expect(status).toBe(1);
    expect(stderr).toContain('The Azure CLI (az) is not on the PATH.');
    expect(asked('azd')).toEqual([]);
  });

  it('stops where VNET_ID is no virtual network', () => {
    existing(app);

    const { status, stderr } = run({ ...named, VNET_ID: `${network}/subnets/default` });

    expect(status).toBe(1);
    expect(stderr).toContain('VNET_ID is not the resource ID of a virtual network');
    expect(asked('az')).toEqual([]);
  });

  it('stops where the environment cannot be changed: the subnets would be put after all', () => {
    existing(app, storage);
    standIn('azd', { status: 1 });

    const { status, stderr } = run(named);

    expect(status).toBe(1);
    expect(stderr).toContain('Could not empty APP_SUBNET_PREFIX and STORAGE_SUBNET_PREFIX');
  });
});
