import { HttpRequest, InvocationContext } from '@azure/functions';
import type { HttpResponseInit } from '@azure/functions';
import { sampleRequest } from '../../sandbox/rig/rig.ts';
import type { AllowedScopes } from '../../src/domain/connection/bounds.ts';
import { connectionFrom, connectionRequestSchema } from '../../src/domain/connection/connection.ts';
import type { Problem } from '../../src/domain/failure/problem.ts';
import { Access } from '../../src/http/access.ts';
import { cancelConnection } from '../../src/http/cancelConnection.ts';
import { problemsAsResponses } from '../../src/http/response.ts';
import { Addresses } from '../../src/http/views/links.ts';
import { anInstance, fakeHub } from './workflowClients.ts';
import type { FakeHub } from './workflowClients.ts';

const connection = connectionFrom(connectionRequestSchema.parse(sampleRequest));
const { id } = connection;

let hub: FakeHub;
let logged: string[];
let waited: number;
/** What happens to the run after the call has asked for its end. */
let afterMs: { readonly ms: number; readonly runtimeStatus: 'Terminated' | 'Completed' } | null;
let allowed: AllowedScopes;

beforeEach(() => {
  hub = fakeHub();
  hub.instance = anInstance({ instanceId: id, name: 'connect' });
  logged = [];
  waited = 0;
  afterMs = null;
  allowed = { projects: null, scopes: null };
});

async function cancel(): Promise<HttpResponseInit> {
  const notNeeded = () => Promise.reject(new Error('Cancel reads nothing but the run.'));
  const sources = {
    ...{ clientOf: () => hub, allowed, stored: notNeeded, orphan: notNeeded },
    ...{ addresses: new Addresses('https://app.example.com'), now: () => 0 },
  };
  const cancelling = cancelConnection(sources, {
    access: new Access(null),
    now: () => 60_000,
    pause: (milliseconds) => {
      waited += milliseconds;
      if (afterMs && waited >= afterMs.ms)
        hub.instance = anInstance({ instanceId: id, runtimeStatus: afterMs.runtimeStatus });
      return Promise.resolve();
    },
  });
  const handler = problemsAsResponses({ verb: 'read', addresses: new Addresses('') }, cancelling);
  const request = new HttpRequest({ method: 'POST', url: 'http://app/cancel', params: { id } });
  const context = new InvocationContext({
    functionName: 'cancelConnection',
    logHandler: (_, ...parts) => logged.push(parts.join(' ')),
  });
  return await handler(request, context);
}

describe('cancel', () => {
  it.each([0, 9_900])('is answered when the run has ended, here after %s ms', async (ms) => {
    afterMs = { ms, runtimeStatus: 'Terminated' };

    expect(await cancel()).toMatchObject({ status: 202, jsonBody: { id, status: 'cancelled' } });
    expect(logged).toEqual([expect.stringContaining('"outcome":"cancelled"')]);
  });

  it('says that the run is still ending when the host has not come to it after 16 seconds', async () => {
    expect(await cancel()).toMatchObject({ status: 202, jsonBody: { id, status: 'cancelling' } });
    expect(waited).toBe(16_000);
    expect(logged).toEqual([expect.stringContaining('"outcome":"cancelled"')]);
  });

  it.each([
    ['project-not-allowed', { projects: ['proj-of-others'], scopes: null }],
    [
      'scope-not-allowed',
      { projects: null, scopes: ['/subscriptions/c0ffee00-0000-4000-8000-000000000001'] },
    ],
  ])('leaves alone what the bounds do not cover: %s', async (code, bounds) => {
    hub.instance = anInstance({ instanceId: id, name: 'connect', input: { connection } });
    allowed = bounds;

    const answer = await cancel();

    expect(answer.status).toBe(422);
    expect((answer.jsonBody as Problem).errors[0]?.code).toBe(code);
    expect(hub.calls).toEqual([`read ${id}`]);
  });

  it('leaves alone a run when it is unknown whether the bounds cover it', async () => {
    allowed = { projects: ['proj-of-ours'], scopes: null };

    expect((await cancel()).status).toBe(422);
    expect(hub.calls).toEqual([`read ${id}`]);
  });

  it('says so when the run came to its own end first', async () => {
    afterMs = { ms: 500, runtimeStatus: 'Completed' };

    const answer = await cancel();

    expect(answer.status).toBe(409);
    expect(logged).toEqual([]);
  });
});
