import { HookWorld, parametersOf } from '../support/hook.ts';

const environment = {
  AZURE_ENV_NAME: 'prod',
  AZURE_RESOURCE_GROUP: 'rg-zilliz',
  AZURE_SUBSCRIPTION_ID: 'sub-1',
  DEAD_LETTER_CONTAINER_NAME: 'event-dead-letters',
  EVENT_SCHEMA: 'CloudEventSchemaV1_0',
  EVENT_TOPIC_NAME: 'evgt',
  FUNCTION_APP_NAME: 'func',
  STORAGE_ACCOUNT_NAME: 'stzpl',
};
const show = 'resource show';
const create = 'deployment group create';
const remove = 'resource delete';
const state = (provisioningState: string) => ({ value: { properties: { provisioningState } } });
const absent = { status: 3, stderr: 'ERROR: (ResourceNotFound) not found' };
const done = { value: {} };
const noFunction = {
  status: 1,
  stderr: 'ERROR: Destination endpoint not found. Resource details: resourceId: …/functions/clusterEvents.',
};

describe('after each deployment of code the hook', () => {
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld();
  });
  afterEach(() => world.remove());

  it('lets events in', () => {
    world.install('az', { [show]: [absent, state('Succeeded')], [create]: [done] });

    expect(world.run('eventSubscription', environment).status).toBe(0);
    const [call] = world.calls('az', create);
    expect(call).toMatch(/--resource-group rg-zilliz --template-file \S+\/infra\/compiled\/events\.json/);
    expect(parametersOf(call)).toEqual({
      topicName: 'evgt',
      functionAppName: 'func',
      storageName: 'stzpl',
      deadLetterContainerName: 'event-dead-letters',
      eventSchema: 'CloudEventSchemaV1_0',
      queueName: '',
    });
  });

  it('lets them into the queue of a private deployment', () => {
    world.install('az', { [show]: [state('Succeeded')], [create]: [done] });

    world.run('eventSubscription', { ...environment, EVENT_QUEUE_NAME: 'cluster-events' });

    expect(parametersOf(world.calls('az', create)[0])).toMatchObject({ queueName: 'cluster-events' });
  });

  it('waits for the function, and says that it lacks', () => {
    world.install('az', { [show]: [absent, absent, state('Succeeded')], [create]: [noFunction, done] });

    const { status, stdout } = world.run('eventSubscription', environment);

    expect(status).toBe(0);
    expect(stdout).toContain('The function is not there yet');
  });

  it('deletes a subscription that is Failed, and makes it anew', () => {
    world.install('az', {
      [show]: [state('Failed'), state('Succeeded')],
      [remove]: [done],
      [create]: [done],
    });

    const { status, stdout } = world.run('eventSubscription', environment);

    expect(status).toBe(0);
    expect(stdout).toContain('deleted and made anew');
    expect(world.calls('az').map((call) => call.split(' --')[0])).toEqual([show, remove, create, show]);
  });

  it('gives up after ten minutes where it stays Failed, and says that the app works without', () => {
    world.install('az', { [show]: [state('Failed')], [remove]: [done], [create]: [done] });

    const { status, stderr } = world.run('eventSubscription', environment);

    expect(status).toBe(1);
    expect(stderr).toContain('The event subscription is Failed.');
    expect(stderr).toContain('azd hooks run postdeploy');
    expect(world.calls('az', remove).length).toBeGreaterThan(3);
  });

  it.each([
    ['the function never comes', noFunction, 'The function is not there yet'],
    [
      'a right is missing',
      { status: 1, stderr: '(AuthorizationFailed) no write' },
      'You lack a right: Contributor',
    ],
  ])('gives up after ten minutes where %s', (_, answer, text) => {
    world.install('az', { [show]: [absent], [create]: [answer] });

    const { status, stderr } = world.run('eventSubscription', environment);

    expect(status).toBe(1);
    expect(stderr).toContain(text);
    expect(world.calls('az', create).length).toBeGreaterThan(3);
  });

  it('stops at once where the Azure CLI is missing', () => {
    const { status, stderr } = world.run('eventSubscription', environment);

    expect(status).toBe(1);
    expect(stderr).toContain('The Azure CLI (az) is not on the PATH.');
  });

  it('names what the environment lacks', () => {
    const { status, stderr } = world.run('eventSubscription', { EVENT_TOPIC_NAME: 'evgt' });

    expect(status).toBe(1);
    expect(stderr).toMatch(/Missing in the azd environment: FUNCTION_APP_NAME, STORAGE_ACCOUNT_NAME, /);
  });

  it('has nothing to do without a topic', () => {
    expect(world.run('eventSubscription', {}).status).toBe(0);
  });
});
