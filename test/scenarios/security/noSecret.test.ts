import { z } from 'zod';
import type { FaultOrder } from '../../../sandbox/kernel/faults.ts';
import { seededKeyVaultState } from '../../../sandbox/keyVault/seed.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample, sampleWorld } from '../../../sandbox/sampleWorld.ts';
import type { SampleWorld } from '../../../sandbox/sandbox.ts';
import { pass } from '../sync/support.ts';
import { API_KEY, leaksIn } from './secretForms.ts';
import { inGate } from '../../support/inGate.ts';

const idSchema = z.object({ id: z.string() });

let rig: Rig;
/** Every answer of the app, with its headers. */
let answers: string[];

beforeEach(async () => {
  answers = [];
  rig = await startRig({ world, settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

function world(at: number): SampleWorld {
  const before = sampleWorld(at);
  for (const known of before.zilliz.keys) known.key = API_KEY;
  return { ...before, keyVault: seededKeyVaultState({ at, secrets: { 'zilliz-api-key': API_KEY } }) };
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await rig.call(method, path, body);
  answers.push(JSON.stringify({ ...answer, headers: [...answer.headers] }));
  return answer.body;
}

/** What people ask when something went wrong. */
async function askAbout(id: string): Promise<void> {
  await ask('GET', `/api/connections/${id}`);
  await ask('GET', '/api/connections');
  await ask('POST', '/api/connections/plan', sampleRequest);
  await ask('GET', '/api/health/ready');
}

/** The remaining requests about an existing connection. */
async function askTheRest(id: string): Promise<void> {
  await ask('POST', `/api/connections/${id}/plan`);
  await ask('POST', `/api/connections/${id}/plan?for=disconnect`);
  await ask('GET', '/api/options');
  await ask('GET', `/api/connections/${id}/export?format=terraform`);
  await ask('GET', `/api/connections/${id}/export?format=bicep`);
  await ask('GET', '/api/openapi.json');
  await ask('GET', '/api/health');
}

async function connect(): Promise<string> {
  const { id } = idSchema.parse(await ask('POST', '/api/connections', sampleRequest));
  await rig.finish(id);
  return id;
}

/** Where the key is written down though it should not be. */
function leaks(): Readonly<Record<string, readonly string[]>> {
  const places = {
    journal: JSON.stringify(rig.journal.commits),
    runs: JSON.stringify(rig.host.instances()),
    logs: JSON.stringify(rig.logged),
    answers: answers.join('\n'),
    traffic: JSON.stringify(rig.sandbox.traffic.all().map(withoutRightfulPlaces)),
  };
  return Object.fromEntries(
    Object.entries(places)
      .map(([place, text]) => [place, leaksIn(text, API_KEY)] as const)
      .filter(([, found]) => found.length > 0),
  );
}

type Exchange = ReturnType<Rig['sandbox']['traffic']['all']>[number];

/** The header by which Zilliz knows us, and what the vault or a fault returns; all else is the app's own. */
function withoutRightfulPlaces({ service, request }: Exchange): object {
  if (service !== 'zilliz') return request;
  const { authorization, ...headers } = request.headers;
  expect(authorization).toBe(`Bearer ${API_KEY}`);
  return { ...request, headers };
}

/** The host's own routes with a key in them, and the keys themselves. */
function expectNoWayIn(): void {
  for (const answer of answers) {
    expect(answer).not.toMatch(/[?&](code|sig)=|runtime\/webhooks|taskHub/i);
    expect(answer).not.toContain(rig.host.keys.system);
    expect(answer).not.toContain(rig.host.keys.function);
  }
}

const zillizReads = [
  'getProject',
  'listRegions',
  'listEndpointServices',
  'listPrivateEndpoints',
  'listClusters',
].map((name) => `zilliz.${name}`);

function refusal(status: number, body: object): FaultOrder['fault'] {
  return { kind: 'status', status, body };
}

describe('the API key is nowhere but in the header for Zilliz and in the answer of the vault', () => {
  it('over a whole life', async () => {
    const [clusterId] = sample.clusterIds;
    const id = await connect();
    await askAbout(id);
    await askTheRest(id);
    await ask('DELETE', `/api/connections/${id}/clusters/${clusterId}`);
    await ask('PUT', `/api/connections/${id}/clusters/${clusterId}`);
    await rig.host.runTimerTrigger('sweep');
    await pass(rig, 30);
    await ask('POST', `/api/connections/${id}/reconcile`, {});
    await ask('POST', `/api/connections/${id}/cancel`);
    await rig.finish(id);
    await ask('DELETE', `/api/connections/${id}`);
    await rig.finish(id);
    await askAbout(id);

    expect(rig.sandbox.traffic.of('zilliz.deletePrivateEndpoint')).toHaveLength(1);
    expect(leaks()).toEqual({});
    expectNoWayIn();
  });

  it('when Zilliz has revoked it', async () => {
    rig.sandbox.zilliz.control.revokeKey(API_KEY);
    const id = await connect();
    await askAbout(id);

    expect(answers.join()).toContain('zilliz-key-rejected');
    expect(leaks()).toEqual({});
    expectNoWayIn();
  });

  const echo = `Authorization: Bearer ${API_KEY}`;
  const hostile: readonly { readonly answer: string; readonly fault: FaultOrder['fault'] }[] = [
    { answer: 'a 401 that repeats it', fault: refusal(401, { code: 401, message: echo }) },
    { answer: 'a refusal that repeats it', fault: refusal(200, { code: 80001, message: echo }) },
    { answer: 'a 500 that repeats it', fault: refusal(500, { code: 500, message: echo }) },
    { answer: 'a page that repeats it', fault: { kind: 'garbage', text: `<html>${echo}</html>` } },
    { answer: 'half of an answer', fault: { kind: 'truncated' } },
  ];

  describe.each([
    { side: 'Zilliz', calls: zillizReads },
    { side: 'the vault', calls: ['keyVault.getSecret'] },
  ])('when $side responds', ({ calls }) => {
    it.each(inGate(hostile, 'a 500 that repeats it'))('$answer', async ({ fault }) => {
      for (const call of calls) rig.sandbox.faults.order({ call, fault, times: 'always' });
      const id = await connect();
      await askAbout(id);

      expect(rig.sandbox.traffic.all().filter((exchange) => exchange.fault !== undefined)).not.toEqual([]);
      expect(leaks()).toEqual({});
      expectNoWayIn();
    });
  });

  it('when the write at Zilliz fails with an answer that repeats it', async () => {
    const fault = refusal(200, { code: 96000, message: echo });
    rig.sandbox.faults.order({ call: 'zilliz.createPrivateEndpoint', fault, times: 'always' });
    const id = await connect();
    await askAbout(id);

    expect(answers.join()).toContain('register-endpoint');
    expect(leaks()).toEqual({});
  });
});
