import { HookWorld, parametersOf } from '../support/hook.ts';
import type { Answer } from '../support/hook.ts';

const subscription = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const group = (n: number, name: string) => `/subscriptions/${subscription(n)}/resourceGroups/${name}`;
const network = `${group(1, 'rg-network')}/providers/Microsoft.Network/virtualNetworks/vnet-applications`;
const scopes = {
  principalId: 'principal-1',
  suffix: 'abc',
  endpointResourceGroupId: group(1, 'rg-network'),
  zoneResourceGroupId: group(1, 'rg-network'),
  virtualNetworkIds: [network],
};
const hub = { ...scopes, zoneResourceGroupId: group(2, 'rg-hub-dns') };
const environment = {
  ACCESS_PARAMETERS: JSON.stringify(scopes),
  APP_PRINCIPAL_ID: 'principal-1',
  AZURE_ENV_NAME: 'access',
  AZURE_LOCATION: 'eastus2',
  AZURE_RESOURCE_GROUP: 'rg-zilliz',
  AZURE_SUBSCRIPTION_ID: subscription(1),
  STORAGE_ACCOUNT_NAME: 'stzpl',
};
const create = 'deployment sub create';
const list = 'role assignment list';
const done = { value: {} };
const refused = { status: 1, stderr: 'ERROR: (AuthorizationFailed) no roleDefinitions/write' };
const unknown = {
  status: 1,
  stderr: 'ERROR: (PrincipalNotFound) The principal does not exist in the directory.',
};

const rolesOfStorage = [
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
];
const assigned = (createdOn: string, roles = rolesOfStorage): Answer => ({
  value: roles.map((role) => ({
    principalId: 'principal-1',
    roleDefinitionId: `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    createdOn,
  })),
});
const old = assigned('2026-01-01T00:00:00Z');

describe('after each provisioning the hook', () => {
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld();
    world.install('azd');
  });
  afterEach(() => world.remove());

  it('gives the app its roles, under a name that azd does not find', () => {
    world.install('az', { [create]: [done], [list]: [old] });

    expect(world.run('access', environment).status).toBe(0);
    const [call = '', ...more] = world.calls('az', create);
    expect(more).toEqual([]);
    expect(call).toMatch(/--template-file \S+\/infra\/compiled\/access\.json/);
    expect(/--name (\S+)/.exec(call)?.[1]).not.toContain('access');
    expect(call).not.toContain('azd-env-name');
    expect(parametersOf(call)).toEqual({
      ...scopes,
      mode: 'disconnect',
      roles: 'custom',
      discovery: 'subscription',
    });
  });

  it('does so in each subscription, with the same parameters', () => {
    world.install('az', { [create]: [done], [list]: [old] });
    const asked = { ACCESS_MODE: 'connect', ACCESS_ROLES: 'built-in', ACCESS_DISCOVERY: 'groups' };

    world.run('access', { ...environment, ...asked, ACCESS_PARAMETERS: JSON.stringify(hub) });

    const calls = world.calls('az', create);
    expect(calls.map((call) => /--subscription (\S+)/.exec(call)?.[1])).toEqual([
      subscription(1),
      subscription(2),
    ]);
    expect(parametersOf(calls[0])).toEqual(parametersOf(calls[1]));
    expect(parametersOf(calls[0])).toMatchObject({ mode: 'connect', roles: 'built-in', discovery: 'groups' });
  });

  it('hands the deployment to the owners where roles are left to them', () => {
    world.install('az', { [list]: [old] });

    const { status, stdout } = world.run('access', {
      ...environment,
      ACCESS_MODE: 'none',
      ACCESS_PARAMETERS: JSON.stringify(hub),
    });

    expect(status).toBe(0);
    expect(world.calls('az', create)).toEqual([]);
    expect(stdout).toContain(`az deployment sub create --subscription ${subscription(2)}`);
    expect(stdout).toContain('"principalId":{"value":"principal-1"}');
    expect([...stdout.matchAll(/ --name (\S+)/g)].filter(([, name = '']) => name.includes('access'))).toEqual(
      [],
    );
  });

  it('waits for an identity that Entra does not know yet', () => {
    world.install('az', { [create]: [unknown, unknown, done], [list]: [old] });

    expect(world.run('access', environment).status).toBe(0);
    expect(world.calls('az', create)).toHaveLength(3);
  });

  it('stops, and names the right, where it may not give roles in the subscription of the app', () => {
    world.install('az', { [create]: [refused] });

    const { status, stderr } = world.run('access', environment);

    expect(status).toBe(1);
    expect(stderr).toContain('Owner or User Access Administrator');
    expect(world.calls('az', create)).toHaveLength(1);
  });

  it('goes on where only the owner of the hub may give roles there, and says what to hand over', () => {
    world.install('az', { [create]: [done, refused], [list]: [old] });

    const { status, stdout, stderr } = world.run('access', {
      ...environment,
      ACCESS_PARAMETERS: JSON.stringify(hub),
    });

    expect(status).toBe(0);
    expect(stderr).toContain(`No roles in the subscription ${subscription(2)}`);
    expect(stdout).toContain(`az deployment sub create --subscription ${subscription(2)}`);
    expect(stdout).not.toContain(`az deployment sub create --subscription ${subscription(1)}`);
  });

  it('waits until the roles on the storage show and are five minutes old', () => {
    const [first = ''] = rolesOfStorage;
    const fresh = assigned(new Date(Date.now() - 120_000).toISOString());
    world.install('az', {
      [create]: [done],
      [list]: [{ status: 1, stderr: 'ERROR: reset' }, assigned('2026-01-01T00:00:00Z', [first]), fresh, old],
    });

    const { status, stdout } = world.run('access', environment);

    expect(status).toBe(0);
    expect(stdout).toContain('2 of 3 roles of the app on its storage do not show yet');
    expect(stdout).toContain('younger than five minutes');
  });

  it.each<readonly [string, Answer]>([
    ['never show', assigned('2026-01-01T00:00:00Z', [])],
    ['cannot be read', { status: 1, stderr: 'ERROR: gateway' }],
  ])('stops at its limit, with the next step, where they %s', (_, answer) => {
    world.install('az', { [create]: [done], [list]: [answer] });

    const { status, stderr } = world.run('access', environment);

    expect(status).toBe(1);
    expect(stderr).toContain('InaccessibleStorageException');
    expect(stderr).toContain('Run `azd provision` again in ten minutes');
  });

  it('stops where the Azure CLI is missing', () => {
    const { status, stderr } = world.run('access', environment);

    expect(status).toBe(1);
    expect(stderr).toContain('The Azure CLI (az) is not on the PATH.');
  });

  it('names what the environment lacks', () => {
    const { status, stderr } = world.run('access', { AZURE_LOCATION: 'eastus2' });

    expect(status).toBe(1);
    expect(stderr).toMatch(/Missing in the azd environment: ACCESS_PARAMETERS, .*azd provision/);
  });

  it('takes back that the vault is to be recovered', () => {
    world.install('az', { [create]: [done], [list]: [old] });

    world.run('access', { ...environment, RECOVER_VAULT: 'true' });

    expect(world.calls('azd')).toEqual(['env set RECOVER_VAULT=false --environment access']);
  });
});
