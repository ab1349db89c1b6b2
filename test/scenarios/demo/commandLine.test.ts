import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import type { TargetOptions } from '../../../cli/target.ts';
import { DEVELOPMENT_KEYS } from '../../../sandbox/host/http/keys.ts';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import { id, Pipeline } from './pipeline.ts';

const pipeline = new Pipeline();

beforeAll(() => {
  pipeline.build();
});

beforeEach(() => pipeline.open());

afterEach(() => pipeline.close());

afterAll(() => {
  pipeline.remove();
});

const run = (...parameters: readonly string[]) => pipeline.call(...parameters).ended;

describe('the exit code is', () => {
  it.each([
    ['a command that there is not', ['conect']],
    ['an option that there is not', ['list', '--colour']],
    ['a file that there is not', ['connect', 'nowhere.json']],
    ['a limit that is no time', ['list', '--timeout', 'soon']],
    ['a body that the app refuses', ['connect', '--project', 'x', '--region', 'az-eastus', '--subnet', 'y']],
  ])('2 for %s', async (_, parameters) => {
    const { code, out, err } = await run(...parameters);

    expect([code, out]).toEqual([2, '']);
    expect(err).not.toMatch(/^ {4}at /m);
    expect(err).toMatch(/./);
  });

  it('2 without an address, with the ways to give one', async () => {
    const { code, err } = await pipeline.begin(process.execPath, [pipeline.file, 'list'], {
      ZILLIZ_PRIVATE_LINK_URL: '',
    }).ended;

    expect(code).toBe(2);
    expect(err).toContain('--app URL --key KEY');
  });

  it('1 for a run that fails, with cause and remedy; for a wrong key; for an app that is not there', async () => {
    const failed = await pipeline.toEnd(
      pipeline.call(
        'connect',
        pipeline.write('unknown.json', { ...sampleRequest, projectId: 'proj-unknown' }),
        '--wait',
      ),
    );
    const planned = await run(
      'plan',
      pipeline.write('unknown.json', { ...sampleRequest, projectId: 'proj-unknown' }),
    );
    const keyless = await run('list', '--key', 'wrong');
    const unknown = await run('status', 'az-eastus-0123456789ab');

    expect([failed, planned, keyless, unknown].map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    expect(failed.out).toMatch(/remedy {2}./);
    expect(keyless.err).toContain('401');
    expect(unknown.err).toContain('remedy');
  });

  it('3 for what is degraded, for drift, and for DNS that another team still owes', async () => {
    await pipeline.rig.connect();
    pipeline.takeName();

    const drifted = await run('plan', id);
    const reconciled = await pipeline.toEnd(pipeline.call('reconcile', id, '--wait'));
    const shown = await run('status', id);
    const foreign = { ...sampleRequest, privateEndpoint: { name: 'pe-foreign' }, dns: { manage: false } };
    const waiting = await pipeline.toEnd(
      pipeline.call('connect', pipeline.write('foreign.json', foreign), '--wait'),
    );

    expect([drifted.code, reconciled.code, shown.code, waiting.code]).toEqual([3, 3, 3, 3]);
    expect(shown.out).toContain('degraded');
  });

  it('4 at the limit, while the run goes on; waiting again follows it to its end', async () => {
    const limited = await run(
      'connect',
      pipeline.write('request.json', sampleRequest),
      '--wait',
      '--timeout',
      '0.01',
    );
    const ended = await pipeline.toEnd(pipeline.call('wait', id));

    expect([limited.code, ended.code]).toEqual([4, 0]);
    expect(limited.err).toContain(`zilliz-private-link wait ${id}`);
    expect(ended.out).toContain(`${id}: connected`);
  });
});

describe('what is wrong is named, and never the key', () => {
  it.each([
    ['a key with a line break', ['list', '--key', 'secret\nkey'], 'The key has blanks, line breaks'],
    ['an argument too many', ['list', 'all'], 'list takes no argument'],
    ['no input', ['plan', '-'], 'The standard input is empty.'],
  ])('%s', async (_, parameters, words) => {
    const { code, err } = await run(...parameters);

    expect([code, err]).toEqual([2, expect.stringContaining(words)]);
    expect(err).not.toContain('secret');
  });

  it.each([
    ['a web page', 'text/html', '<html>Sign in</html>'],
    ['another service', 'application/json', '{"status":"fine"}'],
  ])('%s at the address', async (_, type, text) => {
    const server = createServer((_request, response) => response.setHeader('content-type', type).end(text));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;

    const { code, err } = await run('list', '--app', `http://127.0.0.1:${port}`);

    server.close();
    expect([code, err]).toEqual([1, expect.stringContaining('What responds there is not the app')]);
  });

  it('a request is read as Windows PowerShell writes it, and an ID in capitals', async () => {
    const path = pipeline.write('utf16.json', {});
    writeFileSync(path, Buffer.from(`\ufeff${JSON.stringify(sampleRequest)}`, 'utf16le'));

    expect((await run('plan', path)).code).toBe(0);
    expect((await run('status', id.toUpperCase())).err).toContain('There is no such connection');
  });
});

describe('the app and the caller are found', () => {
  /** A folder with stand-ins of `azd` and `az`, each a shell script. */
  function standIns(programs: Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(pipeline.folder, 'path-'));
    for (const [name, script] of Object.entries(programs))
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return folder;
  }

  const secret = DEVELOPMENT_KEYS.function;

  /** Azure CLI: it is called with these words, and prints JSON. */
  const az = `case "$*" in
    "functionapp show --name func-prod --resource-group rg-prod "*) echo '"func-prod.azurewebsites.net"' ;;
    "functionapp keys list --name func-prod --resource-group rg-prod --query functionKeys.default "*) echo '"${secret}"' ;;
    "account get-access-token --resource api://empty "*) ;;
    "account get-access-token --resource api://app "*) echo '"a.token.of-entra"' ;;
    *) echo "ERROR: Please run 'az login' to setup account." >&2; exit 1 ;;
  esac`;

  /** What the command line finds out, in a process with these programs alone. */
  const found = (path: string, options: TargetOptions) => {
    const script = `import { findTarget } from './cli/target.ts';
      try { console.log(JSON.stringify(findTarget(JSON.parse(process.argv[1]), { environment: {} }))); }
      catch ({ message }) { console.error(message); }`;
    const parameters = ['--input-type=module', '--eval', script, JSON.stringify(options)];
    const { stdout, stderr } = spawnSync(process.execPath, parameters, {
      env: { PATH: path },
      encoding: 'utf8',
    });
    return { target: stdout === '' ? null : (JSON.parse(stdout) as unknown), said: stderr };
  };

  it('by the environment of azd, with a key from the Azure CLI', async () => {
    const { baseUrl } = pipeline.rig.host;
    const azd = `printf 'AZURE_ENV_NAME="prod"\nAPI_URL="${baseUrl}/api"\nFUNCTION_APP_NAME="func-prod"\nAZURE_RESOURCE_GROUP="rg-prod"\n'`;
    const environment = { ZILLIZ_PRIVATE_LINK_URL: '', ZILLIZ_PRIVATE_LINK_KEY: '' };
    const list = (path: string) =>
      pipeline.begin(process.execPath, [pipeline.file, 'list'], { ...environment, PATH: path }).ended;

    const listed = await list(standIns({ azd, az }));
    const withoutAz = await list(standIns({ azd }));

    expect(listed).toMatchObject({ code: 0, err: '' });
    expect([withoutAz.code, withoutAz.out]).toEqual([2, '']);
    expect(withoutAz.err).toContain('--app URL --key KEY');
  });

  it.each([
    [
      'by the name of the function app',
      { 'function-app': 'func-prod', 'resource-group': 'rg-prod' },
      { baseUrl: 'https://func-prod.azurewebsites.net', headers: { 'x-functions-key': secret } },
    ],
    [
      'by its address, with a token of Entra ID',
      { app: 'https://func-prod.azurewebsites.net/api/', audience: 'api://app' },
      {
        baseUrl: 'https://func-prod.azurewebsites.net',
        headers: { authorization: 'Bearer a.token.of-entra' },
      },
    ],
  ])('%s, from the Azure CLI', (_, options, target) => {
    expect(found(standIns({ az }), options)).toEqual({ target, said: '' });
  });

  it.each([
    ['not without a sign-in', 'api://other', "failed: ERROR: Please run 'az login'"],
    ['not where it prints nothing', 'api://empty', 'printed nothing of use.'],
  ])('%s, and then what the Azure CLI says is shown', (_, audience, words) => {
    const { target, said } = found(standIns({ az }), {
      app: 'https://func-prod.azurewebsites.net',
      audience,
    });

    expect(target).toBeNull();
    expect(said).toContain(`az account get-access-token ${words}`);
    expect(said).toContain('--app URL --key KEY');
  });
});
