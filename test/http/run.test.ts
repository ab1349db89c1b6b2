import * as df from 'durable-functions';
import { startHost } from '../../sandbox/host/host.ts';
import { inProcessWorker } from '../../sandbox/host/worker/inProcessWorker.ts';
import { AUTHORITY_DIRECTORY, sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Answer, Rig } from '../../sandbox/rig/rig.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import { examples } from '../../src/http/openApi/examples.ts';
import { clientId, startIssuer, tenantId } from '../browser/issuer.ts';
import { startInstance } from '../sandbox/host/support.ts';
import { OpenApiAnswers } from '../support/openApiResponses.ts';
import { zoneId } from '../scenarios/lifecycle/support.ts';
import { nightly } from '../support/inGate.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

/** What a script sees that follows a run to its end. */
async function followed({ status, headers, body }: Answer): Promise<readonly [readonly number[], Answer]> {
  expect(status).toBe(202);
  const location = headers.get('location') ?? '';
  expect(body).toMatchObject({ location });
  const { id } = body as { id: string };
  const path = location.slice(rig.host.baseUrl.length);
  const before = await rig.call('GET', path);
  expect(before.headers.get('location')).toBe(location);
  expect(Number(before.headers.get('retry-after'))).toBeGreaterThan(0);
  await rig.finish(id);
  const after = await rig.call('GET', path);
  return [[before.status, after.status], after];
}

const post = (body: object = sampleRequest): Promise<Answer> => rig.call('POST', '/api/connections', body);

describe('a script that follows the Location', () => {
  it('of a POST has 202 until the run has ended, then the outcome, at an address from the settings', async () => {
    const accepted = await post();

    const [statuses, { body }] = await followed(accepted);

    expect(accepted.headers.get('location')).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/api\/connections\/[^/]+\/run$/,
    );
    expect(statuses).toEqual([202, 200]);
    expect(body).toMatchObject({
      ...{ workflow: 'connect', outcome: 'succeeded', status: 'connected', exitCode: 0, problem: null },
      ...{ percent: 100, expectedSeconds: 0 },
    });
  });

  it('of a DELETE ends with disconnected, and so does each DELETE after it while the run is kept', async () => {
    const { id } = (await rig.connect()) as { id: string };

    const [statuses, { body }] = await followed(await rig.call('DELETE', `/api/connections/${id}`));
    const again = await rig.call('DELETE', `/api/connections/${id}`);
    rig.sandbox.traffic.clear();

    expect(statuses).toEqual([202, 200]);
    expect(body).toMatchObject({
      workflow: 'disconnect',
      outcome: 'succeeded',
      status: 'disconnected',
      exitCode: 0,
    });
    expect(again).toMatchObject({ status: 200, body: { id, status: 'disconnected' } });
    expect(rig.sandbox.traffic.writes()).toEqual([]);
    const another = await rig.deployAnother();
    expect((await another.call('DELETE', `/api/connections/${id}`)).status).toBe(404);
  });

  nightly('of a reconcile of what stays broken ends with degraded and exit code 3', async () => {
    const { id } = (await rig.connect()) as { id: string };
    const [first] = sample.clusterIds;
    const { control } = rig.sandbox.azure;
    control.remove(`${zoneId}/A/${first}-privatelink`);
    control.setRecord({ zoneId, name: `${first}-privatelink`, addresses: ['10.9.9.9'], ttl: 600 });

    const [, { body }] = await followed(await rig.call('POST', `/api/connections/${id}/reconcile`));

    expect(body).toMatchObject({ outcome: 'succeeded', status: 'degraded', exitCode: 3 });
  });

  it('of a run that fails has the problem and exit code 1, also after it is cancelled', async () => {
    const [, { body }] = await followed(await post({ ...sampleRequest, projectId: 'proj-unknown' }));
    const { id } = (await post()).body as { id: string };
    await rig.call('POST', `/api/connections/${id}/cancel`);
    const cancelled = await rig.call('GET', `/api/connections/${id}/run`);

    expect(body).toMatchObject({
      ...{ outcome: 'failed', status: 'failed', exitCode: 1 },
      problem: { remedy: expect.stringMatching(/./) as string },
    });
    expect(cancelled.body).toMatchObject({ outcome: 'cancelled', status: 'cancelled', exitCode: 1 });
  });
});

it('a connection whose run is no longer kept has its status at the address of the run, without an outcome', async () => {
  const { id } = (await rig.connect()) as { id: string };
  const another = await rig.deployAnother();

  const { status, body } = await another.call('GET', `/api/connections/${id}/run`);

  expect(status).toBe(200);
  expect(body).toMatchObject({ workflow: null, outcome: null });
});

it('while a run goes on, waiting for it reads nothing from Azure or Zilliz', async () => {
  const { id } = (await post()).body as { id: string };
  rig.sandbox.traffic.clear();

  for (let nth = 0; nth < 5; nth++) await rig.call('GET', `/api/connections/${id}/run`);

  expect(rig.sandbox.traffic.all().filter(({ operation }) => operation.startsWith('recordSets'))).toEqual([]);
  await rig.finish(id);
});

it('POST says whether it has started the run or joined it, and how long it takes', async () => {
  const first = (await post()).body;
  await rig.until((first as { id: string }).id, ({ phases }) =>
    phases.some(({ phase, state }) => phase === 'await-allocation' && state === 'running'),
  );
  const second = (await post()).body;

  expect(first).toMatchObject({ run: 'started', status: 'running' });
  expect(second).toMatchObject({ run: 'joined', status: 'running' });
  const seconds = [first, second].map((body) => (body as { expectedSeconds: number }).expectedSeconds);
  expect(seconds[0]).toBeGreaterThan(seconds[1] ?? 0);
});

it('no address in a response comes from the request', async () => {
  const behindProxy = await rig.deployAnother({
    settings: { PUBLIC_BASE_URL: 'https://links.example.com/' },
  });
  const response = await fetch(`${behindProxy.host.baseUrl}/api/connections`, {
    method: 'POST',
    headers: {
      ...{ 'x-functions-key': rig.host.keys.function, 'content-type': 'application/json' },
      ...{
        'x-forwarded-host': 'evil.example.com',
        'x-original-host': 'evil.example.com',
        forwarded: 'host=evil.example.com',
      },
    },
    body: JSON.stringify(sampleRequest),
  });
  const text = await response.text();

  expect(response.headers.get('location')).toMatch(
    /^https:\/\/links\.example\.com\/api\/connections\/[^/]+\/run$/,
  );
  expect(text).not.toContain('evil.example.com');
  expect(text).not.toContain('127.0.0.1');
});

describe('a plan with strict=true', () => {
  it.each([
    ['fails with each problem', { ...sampleRequest, projectId: 'proj-unknown' }, 422],
    ['succeeds where nothing prevents the run', sampleRequest, 200],
  ])('%s', async (_, request, status) => {
    const plain = await rig.call('POST', '/api/connections/plan', request);
    const strict = await rig.call('POST', '/api/connections/plan?strict=true', request);

    expect([plain.status, strict.status]).toEqual([200, status]);
    const { problems } = plain.body as { problems: readonly { code: string }[] };
    const { errors = [] } = strict.body as { errors?: readonly { code: string }[] };
    expect(errors.map(({ code }) => code)).toEqual(problems.map(({ code }) => code));
  });
});

describe('the examples of the OpenAPI document', () => {
  const document = new OpenApiAnswers();
  const requests = Object.entries(examples.startConnection?.request ?? {});

  nightly.each(requests)('the request %s is accepted, and its plan has no problem', async (_, { value }) => {
    const plan = await rig.call('POST', '/api/connections/plan?strict=true', value);
    const answer = await post(value);

    expect([plan.status, answer.status]).toEqual([200, 202]);
    const { status } = await rig.finish((answer.body as { id: string }).id);
    expect(status).toBe('connected');
  });

  it('the responses are those of a run, with each field of the example', async () => {
    const shown = (operation: keyof typeof examples, status: number): object =>
      examples[operation]?.responses?.[status] ?? {};
    const compare = (operation: keyof typeof examples, answer: Answer): void => {
      const example = shown(operation, answer.status) as Record<string, unknown>;
      const body = answer.body as Record<string, unknown>;
      const stable = ({ status, outcome, exitCode, run, final }: Record<string, unknown>) => [
        ...[status, outcome, exitCode, run, final],
      ];
      expect([operation, Object.keys(example).toSorted(), stable(example)]).toEqual([
        ...[operation, Object.keys(body).toSorted(), stable(body)],
      ]);
    };
    const accepted = await post();
    const { id } = accepted.body as { id: string };
    const path = `/api/connections/${id}`;
    compare('startConnection', accepted);
    compare('getRun', await rig.call('GET', `${path}/run`));
    await rig.finish(id);
    compare('getRun', await rig.call('GET', `${path}/run`));
    const reconciling = await rig.call(
      'POST',
      `${path}/reconcile`,
      examples.reconcileConnection?.request?.repair?.value,
    );
    compare('reconcileConnection', reconciling);
    await rig.finish(id);
    compare('deleteConnection', await rig.call('DELETE', path));
    await rig.finish(id);
    compare('deleteConnection', await rig.call('DELETE', path));
  });

  it('are valid by their schemas', () => {
    expect(document.faultsOfExamples()).toEqual([]);
  });
});

/** Another function app, whose orchestrator posts with `callHttp` of durable-functions and thereby polls; returns its output. */
async function byCallHttp(headers: Readonly<Record<string, string>>): Promise<unknown> {
  const options = { method: 'POST', url: `${rig.host.baseUrl}/api/connections`, body: sampleRequest };
  const caller = await startHost({
    clock: rig.clock,
    worker: inProcessWorker(() => {
      df.app.orchestration('caller', function* ({ df: durable }) {
        const response: unknown = yield durable.callHttp({
          ...{ ...options, headers: { 'content-type': 'application/json', ...headers } },
        });
        return response;
      });
    }),
  });
  try {
    await startInstance(caller, 'caller', 'one');
    for (;;) {
      for (const host of [rig.host, caller, rig.host]) await host.whenIdle();
      const one = caller.instances().find(({ instanceId }) => instanceId === 'one');
      if (one?.runtimeStatus === 'Completed') return one.output;
      if (one?.runtimeStatus === 'Failed') throw new Error(JSON.stringify(one.output));
      rig.clock.advance();
    }
  } finally {
    await caller.stop();
  }
}

describe('callHttp of an orchestrator', () => {
  it('polls a connect to its end by Location and Retry-After, with a token of Entra ID', async () => {
    const issuer = await startIssuer(AUTHORITY_DIRECTORY);
    issuer.roles = ['Connections.Connect', 'Connections.Read'];
    const entra = { AUTH_MODE: 'entra', ENTRA_TENANT_ID: tenantId, ENTRA_AUDIENCE: clientId };
    await rig.restartHost({}, { ...entra, AZURE_AUTHORITY_HOST: issuer.origin });

    const response = await byCallHttp({ authorization: `Bearer ${await issuer.token()}` });
    issuer.stop();

    const { statusCode, content } = response as { statusCode: number; content: string };
    expect(statusCode).toBe(200);
    expect(JSON.parse(content)).toMatchObject({ outcome: 'succeeded', status: 'connected', exitCode: 0 });
    expect(rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
  });

  it('ends with 401 with a function key, which the extension does not send on; the run goes on', async () => {
    const response = await byCallHttp({ 'x-functions-key': rig.host.keys.function });

    expect(response).toMatchObject({ statusCode: 401 });
    const { id } = (await post()).body as { id: string };
    expect(await rig.finish(id)).toMatchObject({ status: 'connected' });
  });
});
