import { HookWorld, parametersOf } from '../support/hook.ts';
import type { Answer } from '../support/hook.ts';

const network =
  '/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-applications';
const app = { name: 'snet-zilliz-private-link-app' };
const storage = { name: 'snet-zilliz-private-link-storage' };
const named = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'eastus2',
  VNET_ID: network,
  APP_SUBNET_PREFIX: '10.1.2.0/27',
  STORAGE_SUBNET_PREFIX: '10.1.2.32/28',
};
const list = 'network vnet subnet list';
const create = 'deployment group create';
const done = [{ value: { properties: { provisioningState: 'Succeeded' } } }];

describe('before each provisioning the hook', () => {
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld();
  });
  afterEach(() => world.remove());

  const existing = (...subnets: readonly object[]) =>
    world.install('az', { [list]: [{ value: subnets }], [create]: done });

  it('makes both subnets where neither exists, in the group of the network', () => {
    existing({ name: 'default' });

    expect(
      world.run('subnets', { ...named, ROUTE_TABLE_ID: '/routes', TAGS: 'costCenter=42, note=a=b' }).status,
    ).toBe(0);
    expect(world.calls('az', list)).toEqual([
      'network vnet subnet list --subscription 00000000-0000-4000-8000-000000000001 --resource-group rg-network --vnet-name vnet-applications --only-show-errors --output json',
    ]);
    const [call, ...more] = world.calls('az', create);
    expect(more).toEqual([]);
    expect(call).toMatch(/ --resource-group rg-network --template-file \S+\/infra\/compiled\/network\.json /);
    expect(parametersOf(call)).toEqual({
      virtualNetworkName: 'vnet-applications',
      location: 'eastus2',
      integrationSubnetName: app.name,
      integrationSubnetPrefix: '10.1.2.0/27',
      endpointSubnetName: storage.name,
      endpointSubnetPrefix: '10.1.2.32/28',
      tags: { costCenter: '42', note: 'a=b' },
      networkSecurityGroupId: '',
      routeTableId: '/routes',
    });
  });

  it('never puts one that exists', () => {
    existing(app);

    const { status, stdout } = world.run('subnets', named);

    expect(status).toBe(0);
    expect(stdout).toContain(`The subnet ${app.name} exists and stays as it is.`);
    expect(parametersOf(world.calls('az', create)[0])).not.toHaveProperty('integrationSubnetPrefix');
  });

  it.each([
    ['both exist', {}, [app, { name: 'default' }, storage]],
    ['names differ in case only', { APP_SUBNET_NAME: 'snet-app' }, [{ name: 'SNET-App' }, storage]],
  ])('makes none where %s', (_, changed, subnets) => {
    existing(...subnets);

    expect(world.run('subnets', { ...named, ...changed }).status).toBe(0);
    expect(world.calls('az', create)).toEqual([]);
  });

  it('deploys under a name without that of the environment, and without tags', () => {
    existing();

    for (const AZURE_ENV_NAME of ['network', 'z', '-']) {
      world.run('subnets', { ...named, AZURE_ENV_NAME });
      const call = world.calls('az', create).at(-1) ?? '';
      const [, name = ''] = /--name (\S+)/.exec(call) ?? [];
      expect(name.toLowerCase()).not.toContain(AZURE_ENV_NAME.toLowerCase());
      expect(name.length).toBeGreaterThan(10);
      expect(call).not.toMatch(/azd-|--tags/);
    }
  });

  it('stops where a subnet does not exist and has no range', () => {
    existing(storage);

    const { status, stderr } = world.run('subnets', { ...named, APP_SUBNET_PREFIX: '' });

    expect(status).toBe(1);
    expect(stderr).toContain(`The subnet ${app.name} does not exist, and APP_SUBNET_PREFIX names no range`);
    expect(world.calls('az', create)).toEqual([]);
  });

  it.each([
    ['no prefix is named', { APP_SUBNET_PREFIX: '', STORAGE_SUBNET_PREFIX: '' }],
    ['the app stays outside the network', { VNET_INTEGRATION: 'false' }],
    ['no network is named', { VNET_ID: '' }],
  ])('asks nothing where %s, because no subnet is made', (_, changed) => {
    expect(world.run('subnets', { ...named, ...changed }).status).toBe(0);
  });

  it.each<readonly [string, Answer, string]>([
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
    ['the output is not JSON', { stdout: 'Welcome!' }, 'Could not ask which subnets exist'],
    ['the output is no list', { value: { value: [] } }, 'Could not ask which subnets exist'],
  ])('stops and makes nothing where %s', (_, answer, text) => {
    world.install('az', { [list]: [answer] });

    const { status, stderr } = world.run('subnets', named);

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(stderr).toContain('Nothing has been provisioned.');
    expect(world.calls('az', create)).toEqual([]);
  });

  it.each(['RequestDisallowedByPolicy', 'InvalidTemplate'])('does not try again what %s refuses', (code) => {
    const refusal = { status: 1, stderr: `ERROR: (${code}) The deployment was refused.` };
    world.install('az', { [list]: [{ value: [] }], [create]: [refusal, ...done] });

    const { status, stderr } = world.run('subnets', named);

    expect(status).toBe(1);
    expect(stderr).toContain(code);
    expect(world.calls('az', create)).toHaveLength(1);
  });

  it('goes on where az fails once', () => {
    const failure = {
      status: 1,
      stderr: 'ERROR: (AnotherOperationInProgress) Another operation is in progress.',
    };
    world.install('az', { [list]: [failure, { value: [] }], [create]: [failure, ...done] });

    expect(world.run('subnets', named).status).toBe(0);
    expect(world.calls('az')).toHaveLength(4);
  });

  it('stops, and says which right it takes, where the subnets cannot be made', () => {
    world.install('az', {
      [list]: [{ value: [] }],
      [create]: [{ status: 1, stderr: 'ERROR: (AuthorizationFailed) no subnets/write' }],
    });

    const { status, stderr } = world.run('subnets', named);

    expect(status).toBe(1);
    expect(stderr).toContain('Network Contributor on the virtual network');
  });

  it('stops where the Azure CLI is missing', () => {
    const { status, stderr } = world.run('subnets', named);

    expect(status).toBe(1);
    expect(stderr).toContain('The Azure CLI (az) is not on the PATH.');
  });

  it('stops where VNET_ID is no virtual network', () => {
    existing(app);

    const { status, stderr } = world.run('subnets', { ...named, VNET_ID: `${network}/subnets/default` });

    expect(status).toBe(1);
    expect(stderr).toContain('VNET_ID is not the resource ID of a virtual network');
    expect(world.calls('az')).toEqual([]);
  });
});
