import type { Answer, Deployment } from '../../sandbox/rig/deployment.ts';
import { sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Rig } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import { routes } from '../../src/http/routes.ts';
import { OpenApiAnswers } from '../support/openApiResponses.ts';

const [cluster] = sample.clusterIds;
const unknown = '/api/connections/az-eastus-0123456789ab';
const otherRequest = { ...sampleRequest, deadlineMinutes: 30 };

let rig: Rig;
let restricted: Deployment;
let misconfigured: Deployment;
let document: OpenApiAnswers;

/** Calls a route and holds the answer against the document. */
async function expectDocumented(
  status: number,
  [method, path, body]: readonly [string, string, unknown?],
  of: Deployment = rig,
): Promise<Answer> {
  const answer = await of.call(method, path, body);
  const faults = document.faultsOf(method, path, answer);
  expect({ method, path, status: answer.status, faults }).toEqual({ method, path, status, faults: [] });
  return answer;
}

/** A user truncates the specification in the tags of the private endpoint. */
function spoilSpecification(): void {
  const { id, tags } = theEndpoint();
  rig.sandbox.azure.control.setTags(id, { ...tags, 'zpl-spec-0': '{"v":1' });
}

function theEndpoint(): { readonly id: string; readonly tags: Readonly<Record<string, string>> } {
  const [endpoint] = Object.values(rig.sandbox.azure.control.snapshot().network.privateEndpoints);
  if (!endpoint) throw new Error('There is no endpoint.');
  return endpoint;
}

beforeAll(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  restricted = await rig.deployAnother({ settings: { ALLOWED_PROJECTS: 'proj-of-others' } });
  misconfigured = await rig.deployAnother({ settings: { ARM_ENDPOINT: 'nowhere' } });
  document = new OpenApiAnswers();
});

afterAll(() => rig.stop());

it('each route responds as the OpenAPI document says, for success and for failure', async () => {
  await expectDocumented(400, ['POST', '/api/connections', {}]);
  await expectDocumented(422, ['POST', '/api/connections', sampleRequest], restricted);
  await expectDocumented(400, ['POST', '/api/connections/plan', 'not json']);
  await expectDocumented(422, ['POST', '/api/connections/plan', sampleRequest], restricted);
  await expectDocumented(200, ['POST', '/api/connections/plan', sampleRequest]);
  await expectDocumented(400, ['GET', '/api/connections?size=0']);
  await expectDocumented(400, ['GET', '/api/options?projectId=%20']);
  await expectDocumented(200, ['GET', '/api/options']);
  await expectDocumented(422, ['GET', `/api/options?projectId=${sample.projectId}`], restricted);
  await expectDocumented(400, ['POST', `${unknown}/plan?for=ever`]);
  await expectDocumented(200, ['GET', '/api/connections']);

  for (const [method, rest] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/plan'],
    ['POST', '/reconcile'],
    ['POST', '/cancel'],
    ['POST', '/release'],
    ['GET', '/run'],
    ['GET', '/export'],
    ['GET', `/clusters/${cluster}`],
    ['PUT', `/clusters/${cluster}`],
    ['DELETE', `/clusters/${cluster}`],
  ] as const)
    await expectDocumented(404, [method, `${unknown}${rest}`]);

  const accepted = await expectDocumented(202, ['POST', '/api/connections', sampleRequest]);
  const { id } = accepted.body as { id: string };
  const connection = `/api/connections/${id}`;
  await expectDocumented(409, ['POST', '/api/connections', otherRequest]);
  await expectDocumented(409, ['DELETE', connection]);
  await expectDocumented(409, ['POST', `${connection}/release`]);
  await expectDocumented(409, ['PUT', `${connection}/clusters/${cluster}`]);
  await expectDocumented(409, ['DELETE', `${connection}/clusters/${cluster}`]);
  await expectDocumented(200, ['GET', connection]);
  await expectDocumented(202, ['GET', `${connection}/run`]);
  await rig.until(id, ({ phases }) =>
    phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
  );
  await expectDocumented(202, ['POST', `${connection}/cancel`]);
  await expectDocumented(200, ['GET', connection]);
  await expectDocumented(409, ['POST', `${connection}/cancel`]);

  await expectDocumented(202, ['POST', `${connection}/reconcile`]);
  await rig.finish(id);
  await expectDocumented(200, ['GET', connection]);
  await expectDocumented(200, ['GET', '/api/connections?size=1']);
  await expectDocumented(200, ['GET', `${connection}/run`]);
  await expectDocumented(200, ['POST', `${connection}/plan`]);
  await expectDocumented(400, ['POST', `${connection}/plan?strict=yes`]);
  await expectDocumented(200, ['GET', `${connection}/export?format=bicep`]);
  await expectDocumented(400, ['GET', `${connection}/export?format=pulumi`]);
  await expectDocumented(400, ['POST', `${connection}/reconcile`, { colour: 'blue' }]);
  await expectDocumented(400, ['PUT', `${connection}/clusters/x`]);
  await expectDocumented(400, ['DELETE', `${connection}/clusters/x`]);
  await expectDocumented(400, ['GET', `${connection}/clusters/x`]);
  await expectDocumented(200, ['GET', `${connection}/clusters/${cluster}`]);
  await expectDocumented(202, ['PUT', `${connection}/clusters/${cluster}`]);
  await expectDocumented(202, ['DELETE', `${connection}/clusters/${cluster}`]);
  await expectDocumented(202, ['GET', `${connection}/clusters/${cluster}`]);

  for (const [method, rest] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/plan'],
    ['POST', '/reconcile'],
    ['POST', '/release'],
    ['GET', '/run'],
    ['GET', '/export'],
    ['GET', `/clusters/${cluster}`],
    ['PUT', `/clusters/${cluster}`],
    ['DELETE', `/clusters/${cluster}`],
  ] as const)
    await expectDocumented(422, [method, `${connection}${rest}`], restricted);

  await rig.runUntil(() => rig.host.instances().every(({ runtimeStatus }) => runtimeStatus !== 'Running'));
  await expectDocumented(200, ['POST', `${connection}/release`]);
  await expectDocumented(202, ['POST', '/api/connections', sampleRequest]);
  await rig.finish(id);
  spoilSpecification();
  await expectDocumented(409, ['POST', `${connection}/plan`]);
  await expectDocumented(409, ['POST', `${connection}/reconcile`]);
  rig.sandbox.azure.control.remove(theEndpoint().id);
  await expectDocumented(409, ['GET', `${connection}/export`]);
  await expectDocumented(409, ['GET', `${connection}/clusters/${cluster}`]);
  await expectDocumented(202, ['DELETE', connection]);
  await rig.finish(id);
  await expectDocumented(200, ['GET', connection]);
  await expectDocumented(200, ['DELETE', connection]);

  await expectDocumented(200, ['GET', '/api/openapi.json']);
  await expectDocumented(200, ['GET', '/api/sign-in']);
  await expectDocumented(200, ['GET', '/api/problems/subnet-full']);
  await expectDocumented(404, ['GET', '/api/problems/subnet-fool']);
  await expectDocumented(200, ['GET', '/api/health']);
  await expectDocumented(503, ['GET', '/api/health'], misconfigured);
  await expectDocumented(200, ['GET', '/api/health/ready']);
  await expectDocumented(503, ['GET', '/api/health/ready'], misconfigured);
  await expectDocumented(503, ['GET', connection], misconfigured);

  // Only of a run from before the bounds were narrowed: cancelConnection.test.ts.
  expect(document.unseen()).toEqual(['cancelConnection 422']);
});

it.each(['function-key', 'entra'])(
  'wrong settings are reported to every caller, with AUTH_MODE=%s',
  async (mode) => {
    const wrong = await rig.deployAnother({ settings: { AUTH_MODE: mode, ARM_ENDPOINT: 'nowhere' } });

    for (const path of ['/api/connections', '/api/health/ready']) {
      const response = await fetch(`${wrong.host.baseUrl}${path}`);

      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        type: expect.stringMatching(/\/settings-invalid$/) as string,
        detail: expect.stringContaining('ARM_ENDPOINT') as string,
      });
    }
  },
);

it.each([
  ['GET', '/api/connections/plan', 405, 'POST'],
  ['DELETE', '/api/connections/plan', 405, 'POST'],
  ['PATCH', '/api/connections', 405, 'POST, GET'],
  ['GET', `${unknown}/plan`, 405, 'POST'],
  ['PUT', unknown, 405, 'GET, DELETE'],
  ['POST', '/api/openapi.json', 405, 'GET'],
  ['GET', '/api/conections', 404, null],
])('%s %s is refused with %s, and says which methods fit', async (method, path, status, allow) => {
  const keyed = { 'x-functions-key': rig.host.keys.function };
  const response = await fetch(`${rig.host.baseUrl}${path}`, { method, headers: keyed });
  const problem = (await response.json()) as { readonly type: string; readonly detail: string };

  expect([response.status, response.headers.get('allow')]).toEqual([status, allow]);
  expect(problem.detail).toMatch(allow ?? /did you mean \/api\/connections\?/);
});

it('the document, and the explanation that the type of a problem leads to, need no key', async () => {
  const { body } = await rig.call('POST', '/api/connections', { ...sampleRequest, subnetID: 'x' });
  const { type, errors } = body as { readonly type: string; readonly errors: readonly { detail: string }[] };

  const explanation = await fetch(type);
  const openApi = await fetch(`${rig.host.baseUrl}/api/openapi.json`);

  expect([explanation.status, openApi.status]).toEqual([200, 200]);
  expect(await explanation.text()).toMatch(/invalid-request.*Cause:.*connect: .*disconnect: /s);
  expect(errors[0]?.detail).toContain('did you mean subnetId?');
});

it('the readiness route reports a vault without the key as documented', async () => {
  const keyless = await rig.deployAnother({ settings: { ZILLIZ_API_KEY_SECRET: 'not-there' } });

  const { body } = await expectDocumented(503, ['GET', '/api/health/ready'], keyless);

  expect(body).toMatchObject({ status: 'not-ready' });
});

it('a call without a key is refused as documented, on every route but the anonymous one', async () => {
  for (const { method, route, right } of routes) {
    if (right === 'anyone') continue;
    const path = `/api/${route.replace('{id}', 'az-eastus-0123456789ab').replace('{clusterId}', cluster)}`;
    const { status, headers } = await fetch(`${rig.host.baseUrl}${path}`, { method });
    expect([route, status, document.faultsOf(method, path, { status, headers, body: '' })]).toEqual([
      route,
      401,
      [],
    ]);
  }
});

it.each([
  ['/api/connections', sampleRequest, true],
  ['/api/connections', {}, false],
  ['/api/connections', { ...sampleRequest, colour: 'blue' }, false],
  [`${unknown}/reconcile`, { allowReplace: true }, true],
  [`${unknown}/reconcile`, { deadlineMinutes: 1 }, false],
])('the document and the app agree on a body of %s', async (path, body, good) => {
  const { status } = await rig.call('POST', path, body);

  expect(document.accepts('POST', path, body)).toBe(good);
  expect(status !== 400).toBe(good);
});
