import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Rig } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import type { Problem } from '../../src/domain/failure/problem.ts';
import { routeDocuments } from '../../src/http/openApi/routeDocuments.ts';
import { routes } from '../../src/http/routes.ts';

const id = 'az-eastus-0123456789ab';
const [cluster] = sample.clusterIds;
const all = routes
  .filter(({ right }) => right !== 'anyone')
  .map(({ handler, method, route }) => ({
    ...{ handler, method },
    path: `/api/${route.replace('{id}', id).replace('{clusterId}', cluster)}`,
  }));
const withBody = all.filter(({ handler }) => routeDocuments[handler].body);
const withoutBody = all.filter(({ handler, method }) => method !== 'GET' && !routeDocuments[handler].body);
const large = JSON.stringify({ ...sampleRequest, note: 'x'.repeat(70_000) });

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(() => rig.stop());

/** Sends a body in chunks, so that no header declares its size. */
function sendChunks(
  path: string,
  body: Buffer,
  more: Readonly<Record<string, string>> = {},
): Promise<{ status: number; problem: Problem }> {
  const headers = { 'x-functions-key': rig.host.keys.function, 'transfer-encoding': 'chunked', ...more };
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${rig.host.baseUrl}${path}`, { method: 'POST', headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, problem: JSON.parse(text) as Problem });
      });
    });
    request.on('error', reject);
    for (let at = 0; at < body.length; at += 4096) request.write(body.subarray(at, at + 4096));
    request.end();
  });
}

describe('every route', () => {
  it.each(all)('$method $path refuses a parameter that it does not have', async ({ method, path }) => {
    const { status, body } = await rig.call(method, `${path}?colour=blue&code=x`);

    expect(status).toBe(400);
    expect((body as Problem).errors).toMatchObject([
      { parameter: 'colour', detail: 'is not a parameter of the request' },
    ]);
  });

  it.each(all.filter(({ method }) => method !== 'GET'))(
    '$method $path refuses a body over 64 kB',
    async ({ method, path }) => {
      const { status, body } = await rig.call(method, path, large);

      expect([status, (body as Problem).type]).toEqual([
        413,
        expect.stringMatching(/request-too-large$/) as string,
      ]);
    },
  );

  it.each(withoutBody)(
    '$method $path refuses a body, because it would be ignored',
    async ({ method, path }) => {
      const { status, body } = await rig.call(method, path, '{"force":true}');

      expect([status, (body as Problem).errors[0]?.detail]).toEqual([
        400,
        'this address takes no body: what it asks for would be ignored',
      ]);
      expect((await rig.call(method, path, ' { } ')).status).not.toBe(400);
    },
  );

  it.each(withBody)('$method $path counts a body of chunks', async ({ path }) => {
    expect((await sendChunks(path, Buffer.from(large))).status).toBe(413);
  });
});

it('the parameter that was probably meant is named', async () => {
  for (const [path, detail] of [
    ['?sizes=1', 'is not a parameter of the request: did you mean size?'],
    [`/${id}/export?fromat=bicep`, 'is not a parameter of the request: did you mean format?'],
    [`/${id}/export?format=bicep&format=terraform`, 'is given twice'],
    ['?__proto__=1', 'is not a parameter of the request'],
  ] as const) {
    const { status, body } = await rig.call('GET', `/api/connections${path}`);
    expect([status, (body as Problem).errors[0]?.detail]).toEqual([400, detail]);
  }
});

const text = JSON.stringify(sampleRequest);
const and = (more: string): string => `${text.slice(0, -1)},${more}}`;

describe.each(withBody)('hostile JSON at $method $path', ({ path }) => {
  it.each([
    ['a syntax error', '{\n  "projectId": }', '', 'a value is expected at line 2, column 16'],
    [
      'a comma at the end',
      '{"projectId":"x",}',
      '',
      'a name in double quotes is expected at line 1, column 18',
    ],
    ['a missing comma', '{"a":1 "b":2}', '', '"," or "}" is expected at line 1, column 8'],
    ['two documents', '{}{}', '', 'the end is expected at line 1, column 3'],
    ['an open text', '{"projectId":"x', '', 'the end of a text'],
    ['a name given twice', '{"a":1,"a":2}', '/a', 'is given twice'],
    ['a number beyond all numbers', '{"deadlineMinutes":1e999}', '/deadlineMinutes', 'too large a number'],
    ['NUL', '{"projectId":"a\\u0000b"}', '/projectId', 'NUL'],
    ['half of a surrogate pair', '{"projectId":"\\ud800"}', '/projectId', 'surrogate'],
    ['a name of the language', '{"__proto__":{"projectId":"x"}}', '/__proto__', 'not a field'],
    ['nesting', '['.repeat(60_000), '', 'nested deeper than 20 levels'],
    ['many values', `{"clusters":[${'1,'.repeat(20_000)}1]}`, '', 'more than 2000 values'],
    ['spaces only', ' \n ', '', 'the body is missing'],
  ])('%s', async (_, body, pointer, detail) => {
    const answer = await rig.call('POST', path, body);

    expect(answer.status).toBe(400);
    expect((answer.body as Problem).errors).toContainEqual(
      expect.objectContaining({ pointer, detail: expect.stringContaining(detail) as string }),
    );
  });

  it('a body that is not UTF-8', async () => {
    const { status, problem } = await sendChunks(path, Buffer.from([0x7b, 0xff, 0x7d]));

    expect([status, problem.errors[0]?.detail]).toEqual([400, 'the body is not UTF-8']);
  });

  it.each([
    [
      'UTF-16, as PowerShell writes it',
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      '',
      'the body is UTF-16: save',
    ],
    ['gzip', gzipSync(text), 'gzip', 'the body is compressed (gzip): send it as plain JSON'],
    ['gzip without a header', gzipSync(text), '', 'the body is compressed (gzip)'],
    ['another coding', Buffer.from(text), 'br', 'the body is compressed (br)'],
  ])('%s is named as what it is', async (_, body, coding, detail) => {
    const headers = coding === '' ? {} : { 'content-encoding': coding };
    const { status, problem } = await sendChunks(path, body, headers);

    expect([status, problem.detail]).toEqual([400, expect.stringContaining(detail)]);
  });
});

describe('an address that is nearly right', () => {
  const problemAt = async (method: string, path: string): Promise<Problem> =>
    (await rig.call(method, path)).body as Problem;

  it.each([
    ['GET', '/api/conections', 'is no address of this API: did you mean /api/connections?'],
    ['GET', `/api/connections/${id}/runs`, `did you mean /api/connections/${id}/run?`],
    ['POST', `/api/connections/${id}/reconsile`, `did you mean /api/connections/${id}/reconcile?`],
    ['POST', '/api/console', '/api/console takes GET, not POST'],
    ['GET', '/api/console/app-0A1B2C3D.js', 'the console of this version has no such file'],
    ['GET', `/api/connections/${id.toUpperCase()}`, `did you mean ${id}?`],
    ['DELETE', '/api/connections/pe-app', 'pe-app is no ID of a connection, which is like az-eastus-'],
  ])('%s %s', async (method, path, detail) => {
    expect((await problemAt(method, path)).detail).toContain(detail);
  });

  it('a refused reconcile is to be corrected there, and not to be posted as a request', async () => {
    const { remedy } = await problemAt('POST', `/api/connections/${id}/reconcile?allowReplace=true`);

    expect(remedy).toMatch(/Then POST …\/reconcile with the corrected body\.$/);
  });
});

describe('faults of a body', () => {
  const errorsOf = async (body: string): Promise<Problem> =>
    (await rig.call('POST', '/api/connections/plan', body)).body as Problem;

  it.each([
    [and('"subnetID":"x"'), '/subnetID', ': did you mean subnetId?'],
    [and('"dns":{"zoneResourceGroup":"x"}'), '/dns/zoneResourceGroup', ': did you mean zoneResourceGroupId?'],
    [and('"colour":"x"'), '/colour', ''],
  ])('name the field that was probably meant: %s', async (body, pointer, question) => {
    expect((await errorsOf(body)).errors).toMatchObject([
      { pointer, detail: `is not a field of the request${question}` },
    ]);
  });

  const group = '/subscriptions/b1e2a7d0-5c1f-4c0e-9a51-6f0c2d3e4a5b/resourceGroups/rg-app';
  const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-app`;
  const subnet = `${network}/subnets/snet-apps`;

  it.each([
    ['subnetId', `https://portal.azure.com/#@corp/resource${subnet}`, `: did you mean ${subnet}?`],
    ['subnetId', ` ${subnet.slice(1)}\u00a0`, `: did you mean ${subnet}?`],
    ['subnetId', subnet.replaceAll('/', '%2F'), `: did you mean ${subnet}?`],
    ['subnetId', `${subnet}?api-version=2024-05-01`, `: did you mean ${subnet}?`],
    ['subnetId', network, ': this is a virtual network, add /subnets/<name>'],
    ['dns', { zoneResourceGroupId: network }, `: did you mean ${group}?`],
    ['dns', { linkedNetworks: [subnet] }, `: did you mean ${network}?`],
    ['dns', { linkedNetworks: network }, 'must be a list'],
    ['clusters', ['IN01-3E5A7C9B1D2F4A6'], ': did you mean in01-3e5a7c9b1d2f4a6?'],
    [
      'clusters',
      ['https://in01-3e5a7c9b1d2f4a6.az-eastus.vectordb.zillizcloud.com:19530'],
      ': did you mean in01-3e5a7c9b1d2f4a6?',
    ],
    ['clusters', ['all'], ': for all clusters, "clusters": "all"'],
    ['deadlineMinutes', 1e20, 'must be at most 10080'],
  ])('name the value that was probably meant: %s %j', async (field, value, question) => {
    const { errors } = await errorsOf(JSON.stringify({ ...sampleRequest, [field]: value }));

    expect(errors.map(({ detail }) => detail)).toEqual([expect.stringContaining(question)]);
  });

  it('beyond fifty are counted', async () => {
    const fields = Array.from({ length: 1000 }, (_, index) => `"wrong${index}":1`).join();

    const { errors, detail } = await errorsOf(and(fields));

    expect(errors).toHaveLength(50);
    expect(detail).toContain('(and 999 more, of which 49 are shown)');
  });

  it('repeat no more than the beginning of a long name', async () => {
    const problem = await errorsOf(and(`"${'x'.repeat(50_000)}":1`));

    expect(problem.errors[0]?.pointer).toBe(`/${'x'.repeat(100)}…`);
    expect(JSON.stringify(problem).length).toBeLessThan(2000);
  });
});
