import { HookWorld } from '../support/hook.ts';

const environment = { AZURE_ENV_NAME: 'prod', AZURE_LOCATION: 'eastus2', AZURE_SUBSCRIPTION_ID: 'sub-1' };
const deleted = {
  name: 'kv-zpl-abcdefghijklm',
  properties: { location: 'East US 2', tags: { 'azd-env-name': 'prod' } },
};

describe('before each provisioning the hook for the vault', () => {
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld();
    world.install('azd');
  });
  afterEach(() => world.remove());

  it.each([
    ['recovers a deleted vault of the environment', [deleted], {}, ['RECOVER_VAULT=true']],
    ['creates one where none is deleted', [], {}, []],
    ['takes a setting back that has been left', [], { RECOVER_VAULT: 'true' }, ['RECOVER_VAULT=false']],
    [
      'leaves the vault of another environment and of another region',
      [
        { ...deleted, properties: { ...deleted.properties, tags: { 'azd-env-name': 'preprod' } } },
        { ...deleted, properties: { ...deleted.properties, location: 'westeurope' } },
        { ...deleted, name: 'kv-other' },
      ],
      {},
      [],
    ],
  ])('%s', (_, found, set, expected) => {
    world.install('az', { 'keyvault list-deleted': [{ value: found }] });

    expect(world.run('vault', { ...environment, ...set }).status).toBe(0);
    expect(world.calls('azd')).toEqual(expected.map((value) => `env set ${value} --environment prod`));
  });

  it('goes on where it cannot ask', () => {
    world.install('az', { 'keyvault list-deleted': [{ status: 1, stderr: 'AuthorizationFailed' }] });

    const { status, stdout } = world.run('vault', environment);

    expect(status).toBe(0);
    expect(stdout).toContain('Could not ask for deleted vaults');
    expect(world.calls('azd')).toEqual([]);
  });
});
