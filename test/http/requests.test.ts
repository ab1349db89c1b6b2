import { request as httpRequest } from 'node:http';
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
const large = JSON.stringify({ ...sampleRequest, note: 'x'.repeat(70_000) });

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(() => rig.stop());

/** Sends a body in chunks, so that no header declares its size. */
function sendChunks(path: string, body: Buffer): Promise<{ status: number; problem: Problem }> {
  const headers = { 'x-functions-key': rig.host.keys.function, 'transfer-encoding': 'chunked' };
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

  it.each(withBody)('$method $path counts a body of chunks', async ({ path }) => {
    expect((await sendChunks(path, Buffer.from(large))).status).toBe(413);
  });
});

it('the parameter that was probably meant is named', async () => {
  for (const [path, detail] of [
    ['?sizes=1', 'is not a parameter of the request: did you mean size?'],
    [`/${id}/export?fromat=bicep`, 'is not a parameter of the request: did you mean format?'],
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
