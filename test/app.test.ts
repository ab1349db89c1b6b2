import { HttpRequest, InvocationContext } from '@azure/functions';
import type { HttpHandler } from '@azure/functions';
import { appOf } from '../src/app.ts';
import { createActivities } from '../src/activities/activities.ts';
import { readSettings } from '../src/config.ts';
import { problemsAsResponses } from '../src/http/response.ts';
import { failureOf } from './adapters/failureOf.ts';

const secret = 'a-value-that-nobody-shall-see';
const app = appOf(readSettings({ KEY_VAULT_URL: secret, ARM_ENDPOINT: secret }));

describe('an app with invalid settings', () => {
  it('shows their names at its health route, and not their values', async () => {
    const answer = await call('health');

    expect(answer).toMatchObject({ status: 503, jsonBody: { status: 'misconfigured' } });
    expect(JSON.stringify(answer)).toMatch(/KEY_VAULT_URL.*ARM_ENDPOINT/);
    expect(JSON.stringify(answer)).not.toContain(secret);
  });

  const others = ['health', 'openApi', 'explainProblem', 'signIn', 'console', 'consoleFile'];

  it.each(Object.keys(app.handlers).filter((name) => !others.includes(name)))(
    'responds to %s with a problem that names them',
    async (name) => {
      const answer = await call(name);

      expect(answer).toMatchObject({
        status: 503,
        headers: { 'content-type': 'application/problem+json' },
        jsonBody: { type: '/api/problems/settings-invalid' },
      });
    },
  );

  it('lets active runs wait for valid settings', async () => {
    const { authorizeSubscription } = createActivities(app.ports, app.policy);

    const failure = await failureOf(
      authorizeSubscription({
        connection: { projectId: 'p', regionId: 'az-x', subscriptionId: 's' },
      } as never),
    );

    expect(failure).toMatchObject({ kind: 'transient', code: 'settings-invalid' });
    expect(failure.message).toContain('KEY_VAULT_URL');
  });
});

async function call(name: string): Promise<unknown> {
  const handlers: Readonly<Record<string, HttpHandler>> = { ...app.handlers };
  const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api' });
  const handler = handlers[name] ?? (() => ({ status: 404 }));
  return await problemsAsResponses({ verb: 'read', addresses: app.addresses }, handler)(
    request,
    new InvocationContext(),
  );
}
