import fc from 'fast-check';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Answer, Rig } from '../../../sandbox/rig/rig.ts';
import { runs } from '../../support/propertyRuns.ts';

let rig: Rig;

beforeAll(async () => {
  rig = await startRig();
});

afterAll(() => rig.stop());

/** Strings that have broken something somewhere: paths, templates, control characters, other alphabets, sheer length. */
const hostile = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '../../../etc/passwd',
    '..%2f..%2fsubscriptions',
    "'; DROP TABLE connections; --",
    '<script>alert(1)</script>',
    '${jndi:ldap://localhost/a}',
    '{{7*7}}',
    '%00%0d%0aSet-Cookie: a=b',
    'proj-1\r\nHost: elsewhere',
    '__proto__',
    'constructor',
    '\u202e\u2066txet',
    '𝓩𝓲𝓵𝓵𝓲𝔃',
    'Ⅷ',
    '\ud800',
    '/subscriptions/00000000-0000-0000-0000-000000000000/../..',
    'https://localhost/?sig=secret',
    'x'.repeat(100_000),
  ),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => `${text}\u0007`),
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => `${text}§`),
);

/** Nothing that JSON can say beside an object is a value of any field that is replaced below. */
const wrongType = fc.oneof(
  fc.double(),
  fc.bigInt().map(Number),
  fc.constant(null),
  fc.array(fc.constantFrom(1, 'a', null, []), { maxLength: 3 }).map((entries) => [entries]),
  fc.constant({ $ref: '#' }),
);

const anyWrong = fc.oneof(hostile, wrongType);
const nameOfNoField = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'clusterIds', 'projectID', 'a/b', 'a~b', ''),
  hostile,
);

const request = (change: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...sampleRequest, ...change });

const malformed = fc.oneof(
  anyWrong.filter(isNoName).map((value) => request({ projectId: value })),
  anyWrong.map((value) => request({ regionId: value })),
  anyWrong.map((value) => request({ subnetId: value })),
  anyWrong.map((value) => request({ clusters: value })),
  anyWrong.map((value) => request({ clusters: [value] })),
  anyWrong.map((value) => request({ deadlineMinutes: value })),
  anyWrong.map((value) => request({ onFailure: value })),
  anyWrong.map((value) => request({ adopt: value })),
  anyWrong.map((value) => request({ dns: value })),
  anyWrong.map((value) => request({ dns: { zoneResourceGroupId: value } })),
  anyWrong.map((value) => request({ dns: { linkedNetworks: [value] } })),
  anyWrong.map((value) => request({ dns: { layout: value } })),
  anyWrong.map((value) => request({ privateEndpoint: value })),
  anyWrong.filter(isNoName).map((value) => request({ privateEndpoint: { name: value } })),
  wrongType.map((value) => request({ tags: { owner: value } })),
  fc.tuple(nameOfNoField, anyWrong).map(([name, value]) => withField(name, value)),
  fc.constantFrom(...Object.keys(sampleRequest)).map((name) => request({ [name]: undefined })),
  fc.constantFrom('', '{', 'null', '[]', '"text"', '42', 'true', '{"projectId":', '[[[[[', '{}', '\ufeff{}'),
  fc.integer({ min: 1, max: 3000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth)),
  hostile,
);

/** Odd, but they may be names. */
function isNoName(value: unknown): boolean {
  return value !== '__proto__' && value !== 'constructor';
}

/** An own property also where JavaScript would take the name for something else. */
function withField(name: string, value: unknown): string {
  const text = request({});
  return `${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value)}}`;
}

describe('a malformed request', () => {
  it.each(['/api/connections', '/api/connections/plan'])(
    'is answered by %s with problem details that name its faults, and nothing happens',
    async (route) => {
      await fc.assert(
        fc.asyncProperty(malformed, async (body) => {
          const answer = await rig.call('POST', route, body);
          expectProblem(answer);
        }),
        { numRuns: runs(200) },
      );

      expect(rig.sandbox.traffic.all()).toEqual([]);
      expect(rig.host.instances()).toEqual([]);
    },
  );

  it('names a field by its pointer, also one that is hidden in a name with slashes', async () => {
    const { body } = await rig.call('POST', '/api/connections', withField('a/b~c', 1));

    expect(body).toMatchObject({ errors: [{ pointer: '/a~1b~0c', code: 'invalid-request' }] });
  });
});

describe('what is wrong is said in plain words', () => {
  const at = (pointer: string, detail: string) => ({ pointer, code: 'invalid-request', detail });
  const id = 'az-eastus-0123456789ab';
  const { projectId, regionId } = sampleRequest;

  it.each([
    ['not json', [at('', 'the body is not JSON: a value is expected at line 1, column 1')]],
    ['', [at('', 'the body is missing')]],
    ['[]', [at('', 'must be an object')]],
    [JSON.stringify({ projectId, regionId }), [at('/subnetId', 'is missing')]],
    [request({ projectId: 7 }), [at('/projectId', 'must be text')]],
    [request({ clusters: 7 }), [at('/clusters', 'must be "all" or a list')]],
    [request({ clusters: [] }), [at('/clusters', 'must not be empty')]],
    [request({ deadlineMinutes: 10.5 }), [at('/deadlineMinutes', 'must be a whole number')]],
    [request({ dns: { layout: 'flat' } }), [at('/dns/layout', 'must be "regional" or "per-cluster"')]],
    [request({ dns: { manage: 'no' } }), [at('/dns/manage', 'must be true or false')]],
  ])('of the body %s', async (body, errors) => {
    for (const path of ['/api/connections', '/api/connections/plan']) {
      expect((await rig.call('POST', path, body)).body).toMatchObject({ errors });
    }
  });

  it.each([
    ['{"deadlineMinutes":1}', at('/deadlineMinutes', 'must be at least 10')],
    ['{"clusters":"all"}', at('/clusters', 'is not a field of the request')],
    ['not json', at('', 'the body is not JSON: a value is expected at line 1, column 1')],
  ])('of a reconcile with %s', async (body, error) => {
    const answer = await rig.call('POST', `/api/connections/${id}/reconcile`, body);

    expect(answer).toMatchObject({ status: 400, body: { errors: [error] } });
  });

  it.each([
    ['GET', '?size=0', { parameter: 'size', detail: 'must be at least 1' }],
    ['GET', '?size=many', { parameter: 'size', detail: 'must be a number' }],
    ['GET', `?after=${'x'.repeat(101)}`, { parameter: 'after', detail: 'must have at most 100 characters' }],
    ['GET', `/${id}/export?format=pulumi`, { parameter: 'format', detail: 'must be "terraform" or "bicep"' }],
    [
      'PUT',
      `/${id}/clusters/x`,
      {
        parameter: 'clusterId',
        detail: 'must be the ID of a cluster, like in01-0123456789abcde, not its name',
      },
    ],
  ])('of the parameters of %s /api/connections%s', async (method, rest, error) => {
    const answer = await rig.call(method, `/api/connections${rest}`);

    expect(answer).toMatchObject({
      status: 400,
      body: {
        detail: `parameter ${error.parameter}: ${error.detail}`,
        errors: [{ ...error, pointer: '', code: 'invalid-request' }],
      },
    });
  });
});

describe('a connection ID that is none', () => {
  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/cancel'],
    ['POST', '/plan'],
    ['POST', '/reconcile'],
    ['GET', '/export'],
  ])('is not found by %s %s, for any content', async (method, rest) => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const id = encodeURIComponent(Buffer.from(text).toString()).slice(0, 2000);
        const { status } = await rig.call(method, `/api/connections/x${id}${rest}`);
        expect([400, 404]).toContain(status);
      }),
      { numRuns: runs(40) },
    );

    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });
});

function expectProblem({ status, headers, body }: Answer): void {
  expect([400, 413, 422]).toContain(status);
  expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(body).toMatchObject({ type: expect.stringMatching(/^http:.*\/api\/problems\//) as string, status });
  const { errors, cause, remedy } = body as Readonly<Record<string, unknown>>;
  expect([cause, remedy].every((text) => typeof text === 'string' && text !== '')).toBe(true);
  expect(errors).toEqual(expect.any(Array));
  // What is too large is not read, so no field has a fault.
  if (status !== 413) expect((errors as unknown[]).length).toBeGreaterThan(0);
}
