import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { HookWorld } from '../support/hook.ts';

const key = { value: { masterKey: 'master-of-the-host' } };
const list = 'functionapp keys list';
const environment = {
  AZURE_RESOURCE_GROUP: 'rg-zilliz',
  AZURE_SUBSCRIPTION_ID: 'sub-1',
  CONNECTIONS: '[{"projectId":"proj-1"}]',
  FUNCTION_APP_NAME: 'func',
};

/** The hook blocks this process, so the app that it calls is another one; it prints each call, and refuses the first two. */
const app = `
  let calls = 0;
  const server = require('node:http').createServer((request, response) => {
    console.log(request.method, request.url, request.headers['x-functions-key']);
    response.writeHead(++calls > 2 ? 202 : 404).end();
  });
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

describe('after a deployment with declared connections the hook', () => {
  let world: HookWorld;
  beforeEach(() => {
    world = new HookWorld();
    world.install('az', { [list]: [key] });
  });
  afterEach(() => world.remove());

  it('starts the sweep as soon as the app has it', async () => {
    const server = spawn(process.execPath, ['-e', app]);
    try {
      const [port] = (await once(server.stdout.setEncoding('utf8'), 'data')) as [string];
      const printed: string[] = [];
      server.stdout.on('data', (text: string) => printed.push(text));

      const API_URL = `http://127.0.0.1:${port.trim()}/api`;
      const { status, stdout, stderr } = world.run('firstSweep', { ...environment, API_URL });

      expect(status).toBe(0);
      expect(stdout).toContain('are being started');
      expect(stdout + stderr).not.toContain(key.value.masterKey);
      while (printed.join('').split('\n').length < 4) await once(server.stdout, 'data');
      const call = `POST /admin/functions/sweep ${key.value.masterKey}`;
      expect(printed.join('').trim().split('\n')).toEqual([call, call, call]);
    } finally {
      server.kill();
    }
  });

  it('says that the next sweep does it where the app cannot be reached, and fails nothing', () => {
    const { status, stdout } = world.run('firstSweep', {
      ...environment,
      API_URL: 'https://127.0.0.1:9/api',
    });

    expect(status).toBe(0);
    expect(stdout).toContain('start with the next sweep, within a quarter of an hour');
    expect(stdout).toContain('cannot be reached from here');
  });

  it.each(['', '[]'])('does nothing where CONNECTIONS is "%s"', (CONNECTIONS) => {
    const { status, stdout } = world.run('firstSweep', { ...environment, CONNECTIONS });

    expect([status, stdout]).toEqual([0, '']);
    expect(world.calls('az')).toEqual([]);
  });
});
