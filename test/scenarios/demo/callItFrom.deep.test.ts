import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request as forward } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { azureCliEnvironment, CLOUD_NAME } from '../../../sandbox/azureCli/environment.ts';
import { openCertificateAuthority } from '../../../sandbox/kernel/certificates.ts';
import { AUTHORITY_DIRECTORY, sampleRequest } from '../../../sandbox/rig/rig.ts';
import { clientId, startIssuer, tenantId } from '../../browser/issuer.ts';
import { id, Pipeline } from './pipeline.ts';
import type { Ended } from './pipeline.ts';

// What docs/how-to/call-it-from.md says to paste is run here, as it stands there.

const page = readFileSync('docs/how-to/call-it-from.md', 'utf8');

function sectionOf(heading: string): string {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return section.split('\n## ')[0] ?? '';
}

/** The indented blocks under a heading of the page. */
function blocks(heading: string): readonly string[] {
  return (sectionOf(heading).match(/(?:^ {4}.*\n(?:\n(?= {4}))?)+/gm) ?? []).map((block) =>
    block.replaceAll(/^ {4}/gm, ''),
  );
}

const pipeline = new Pipeline();
const path = join(pipeline.folder, 'path');

const isThere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

beforeAll(() => {
  pipeline.build();
  mkdirSync(path);
  // Time is that of the sandbox.
  writeFileSync(join(path, 'sleep'), '#!/bin/sh\nexec /bin/sleep 0.1\n', { mode: 0o755 });
  pipeline.write('request.json', sampleRequest);
});

beforeEach(() => pipeline.open());

afterEach(() => pipeline.close());

afterAll(() => {
  pipeline.remove();
});

function paste(script: string, environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { baseUrl, keys } = pipeline.rig.host;
  const PATH = [path, dirname(process.execPath), process.env.PATH].join(delimiter);
  const given = { ...{ PATH, API: `${baseUrl}/api`, KEY: keys.function }, ...environment };
  return pipeline.toEnd(pipeline.begin('bash', ['-c', script], given));
}

it('the command line: plan, connect and status', async () => {
  const [block = ''] = blocks('The command line');
  const script = block.replace(/^export .*\n/, 'set -e\n');

  const { code, out, err } = await paste(script);

  expect([code, err]).toEqual([0, '']);
  expect(out).toContain(`${id}: connected`);
}, 180_000);

it('bash and curl: the exit code is that of the run', async () => {
  const [script = ''] = blocks('bash and curl');

  const connected = await paste(script);
  pipeline.takeName();
  const degraded = await paste(script);

  expect([connected.code, connected.err]).toEqual([0, '']);
  expect(JSON.parse(connected.out)).toEqual({ status: 'connected', problem: null });
  expect(degraded.code).toBe(3);
});

(isThere('python3') ? it : it.skip)(
  'Python: connects, waits and prints the address of each cluster, as the command line does afterwards',
  async () => {
    const [, script = ''] = /^```python\n(.*?)^```/ms.exec(sectionOf('Python')) ?? [];
    writeFileSync(join(pipeline.folder, 'connect.py'), script.replace('time.sleep(10)', 'time.sleep(0.1)'));
    const [later = ''] = blocks('Hand the address to an application');

    const connected = await paste('python3 connect.py');
    const printed = await paste(later);
    pipeline.takeName();
    const degraded = await paste('python3 connect.py');

    expect([connected.code, connected.err]).toEqual([0, '']);
    expect(connected.out).toMatch(/^in01-\w+ https:\/\/in01-\w+-privatelink\.\S+:19530$/m);
    expect(printed.out).toBe(connected.out);
    expect([degraded.code, degraded.err]).toEqual([1, expect.stringContaining('degraded: {')]);
  },
  180_000,
);

it('GitHub Actions: the workflow gives the action what it takes', () => {
  const inputs = [...readFileSync('action.yml', 'utf8').matchAll(/^ {2}([a-z-]+):$/gm)].map(
    ([, name]) => name,
  );
  const [workflow = ''] = blocks('GitHub Actions');
  const [, step = ''] = workflow.split('private-link-for-zilliz-cloud-on-azure@');
  const given = [...step.matchAll(/^ {10}([a-z-]+): /gm)].map(([, name]) => name);

  expect(given.length).toBeGreaterThan(3);
  expect(inputs).toEqual(expect.arrayContaining(given));
});

(isThere('az') ? it : it.skip)(
  'az rest: starts a connection with a token of Entra ID, and reads its run',
  async () => {
    const { rig } = pipeline;
    const issuer = await startIssuer(AUTHORITY_DIRECTORY);
    issuer.roles = ['Connections.Connect', 'Connections.Read'];
    const entra = { AUTH_MODE: 'entra', ENTRA_TENANT_ID: tenantId, ENTRA_AUDIENCE: clientId };
    await rig.restartHost({}, { ...entra, AZURE_AUTHORITY_HOST: issuer.origin });
    const cli = azureCliEnvironment(rig.sandbox, pipeline.folder);
    // The managed identity gets tokens for the app from the issuer, and all others from the sandbox.
    const identity = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://identity');
      const isForApp = searchParams.get('resource')?.includes(clientId) === true;
      if (isForApp) searchParams.set('resource', 'https://management.azure.com');
      void (async () => {
        const forwarded = await fetch(`${cli.MSI_ENDPOINT ?? ''}?${searchParams.toString()}`, {
          headers: { secret: request.headers.secret?.toString() ?? '' },
        });
        const body = (await forwarded.json()) as object;
        response.end(JSON.stringify({ ...body, ...(isForApp && { access_token: await issuer.token() }) }));
      })();
    });
    // It sends a token over TLS only.
    const authority = await openCertificateAuthority(AUTHORITY_DIRECTORY);
    const front = createTlsServer(await authority.issue(['localhost', '127.0.0.1']), (request, response) => {
      const { method = 'GET', headers, url } = request;
      request.pipe(
        forward(`${rig.host.baseUrl}${url ?? ''}`, { method, headers }, (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    const ports: number[] = [];
    for (const server of [identity, front]) {
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      ports.push((server.address() as AddressInfo).port);
    }
    const [identityPort, frontPort] = ports;
    const MSI_ENDPOINT = `http://127.0.0.1:${identityPort}/token`;
    const signIn = `set -e
az cloud register --name ${CLOUD_NAME} --endpoint-resource-manager "${rig.sandbox.azure.baseUrl}"
az cloud set --name ${CLOUD_NAME} --only-show-errors
az login --identity --output none
`;

    const { code, out, err } = await paste(`${signIn}${blocks('az rest').join('')}`, {
      ...{ ...cli, MSI_ENDPOINT, API: `https://localhost:${frontPort}/api`, AUDIENCE: clientId, ID: id },
    });
    issuer.stop();
    identity.close();
    front.close();

    expect([code, code === 0 ? '' : err]).toEqual([0, '']);
    expect(out).toContain(`/api/connections/${id}/run`);
    expect(out).toMatch(/"(running|connected)"/);
  },
  180_000,
);

(isThere('terraform') ? it : it.skip)(
  'Terraform: apply connects, and fails when the connection is not as asked',
  async () => {
    const [configuration = ''] = blocks('Terraform');
    const module = join(pipeline.folder, 'terraform');
    mkdirSync(module);
    writeFileSync(join(module, 'main.tf'), configuration);
    for (const file of ['zilliz-private-link.cjs', 'request.json'])
      copyFileSync(join(pipeline.folder, file), join(module, file));
    const apply =
      'cd terraform && terraform init -input=false >/dev/null && terraform apply -auto-approve -no-color';

    const connected = await paste(apply);
    const again = await paste(apply);
    pipeline.takeName();
    const degraded = await paste(`${apply} -replace=terraform_data.zilliz_private_link`);

    expect([connected.code, again.code, degraded.code]).toEqual([0, 0, 1]);
    expect(connected.out).toContain(`${id}: connected`);
    expect(again.out).toContain('No changes');
  },
  180_000,
);
