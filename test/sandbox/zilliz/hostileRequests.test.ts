import { assert, asyncProperty, constantFrom, dictionary, jsonValue, oneof, string, tuple } from 'fast-check';
import { KEY, PROJECT, startStage } from './support.ts';
import type { Stage } from './support.ts';
import { runs } from '../../support/propertyRuns.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
  stage.zilliz.control.setRateLimit(null);
});
afterAll(() => stage.zilliz.stop());

const segment = oneof(string(), constantFrom('..', '%', '%zz', PROJECT, 'in01-none', '__proto__', ' '));
const path = tuple(
  constantFrom('clusters', 'projects', 'privateEndpointServices', 'regions', 'jobs', '..'),
  segment,
  constantFrom('', '/privateEndpoints', '/privateEndpointWhitelist', '/drop', '/plan'),
  dictionary(
    constantFrom('pageSize', 'currentPage', 'region', 'regionId', 'projectId', '__proto__'),
    string(),
  ),
);

it('responds to anything with the envelope', async () => {
  await assert(
    asyncProperty(
      constantFrom('GET', 'POST', 'DELETE', 'PATCH'),
      path,
      jsonValue(),
      async (method, [first, second, rest, query], body) => {
        const url = `/v2/${first}/${encodeURIComponent(second)}${rest}?${new URLSearchParams(query).toString()}`;
        const response = await fetch(stage.zilliz.baseUrl + url, {
          method,
          headers: { authorization: `Bearer ${KEY}` },
          ...(method !== 'GET' && { body: JSON.stringify(body) }),
        });
        const answer = (await response.json()) as { code: unknown };

        expect([200, 404]).toContain(response.status);
        expect(typeof answer.code).toBe('number');
      },
    ),
    { numRuns: runs(300) },
  );
});
