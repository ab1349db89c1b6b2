import { z } from 'zod';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { longestMs, openTarget } from './target.ts';
import type { Target } from './target.ts';

// One connection from the plan to the end, over HTTP alone. The tests follow each other.

const request = { projectId: sample.projectId, regionId: sample.regionId, subnetId: sample.subnetId };
const idSchema = z.object({ id: z.string() });
const planSchema = z.object({ rows: z.array(z.object({ action: z.string() })) });
const listSchema = z.object({ connections: z.array(z.object({ id: z.string() })) });

let target: Target;
let id: string;

jest.setTimeout(longestMs);

beforeAll(async () => {
  target = await openTarget();
  // A host that lives longer than this test may have the connection from before.
  const { body } = await target.call('POST', '/api/connections', request);
  ({ id } = idSchema.parse(body));
  await target.call('POST', `/api/connections/${id}/cancel`);
  await target.ended(id);
  await target.call('DELETE', `/api/connections/${id}`);
  await target.ended(id);
});

afterAll(() => target.stop());

describe('a connection', () => {
  it('is planned before anything is there', async () => {
    const { status, body } = await target.call('POST', '/api/connections/plan', request);

    expect(status).toBe(200);
    expect(planSchema.parse(body).rows.map(({ action }) => action)).toContain('create');
  });

  it('is made by one request, which returns at once', async () => {
    const { status, headers, body } = await target.call('POST', '/api/connections', request);

    expect(status).toBe(202);
    expect(headers.get('location')).toContain(`/api/connections/${id}`);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(body).toMatchObject({ id, status: 'running' });
  });

  it('shows its progress while it is made', async () => {
    const { status, body } = await target.call('GET', `/api/connections/${id}`);

    expect(status).toBe(200);
    expect(body).toMatchObject({ id, workflow: 'connect' });
    expect((body as { phases: unknown[] }).phases).toHaveLength(8);
  });

  it('ends with the proof that each cluster responds through it', async () => {
    const { body } = await target.ended(id);

    expect(body).toMatchObject({ status: 'connected', percent: 100, problem: null });
    expect((body as { result: { clusters: unknown } }).result.clusters).toEqual(
      sample.clusterIds.map((clusterId): unknown =>
        expect.objectContaining({
          clusterId,
          state: 'connected',
          uri: `https://${clusterId}-privatelink.${sample.regionId}.vectordb.zillizcloud.com:19530`,
          verification: expect.objectContaining({ outcome: 'verified' }) as unknown,
        }),
      ),
    );
  });

  it('stays as it is when the same is requested again: nothing is written', async () => {
    const { status } = await target.call('POST', '/api/connections', request);
    const { body } = await target.ended(id);

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'connected', result: { writes: {} } });
  });

  it('is listed', async () => {
    const { body } = await target.call('GET', '/api/connections');

    expect(listSchema.parse(body).connections.map((one) => one.id)).toContain(id);
  });

  it('has no drift', async () => {
    const { status, body } = await target.call('POST', `/api/connections/${id}/plan`);

    expect(status).toBe(200);
    expect([...new Set(planSchema.parse(body).rows.map(({ action }) => action))]).toEqual(['keep']);
  });

  it('excludes a cluster on request, and includes it again', async () => {
    const [clusterId] = sample.clusterIds;
    const path = `/api/connections/${id}/clusters/${clusterId}`;

    expect(await target.call('DELETE', path)).toMatchObject({
      status: 202,
      body: { wanted: false, changed: true },
    });
    expect(await target.call('PUT', path)).toMatchObject({
      status: 202,
      body: { wanted: true, changed: true },
    });
  });

  it.each(['terraform', 'bicep'])('can be exported as %s', async (format) => {
    const { status, body } = await target.call('GET', `/api/connections/${id}/export?format=${format}`);

    expect(status).toBe(200);
    expect(body).toContain(`${sample.regionId}.vectordb.zillizcloud.com`);
  });

  it('is made whole again by reconcile', async () => {
    const { status } = await target.call('POST', `/api/connections/${id}/reconcile`);
    const { body } = await target.ended(id);

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'connected' });
  });

  it('is taken down by one request', async () => {
    const { status } = await target.call('DELETE', `/api/connections/${id}`);
    const { body } = await target.ended(id);

    expect(status).toBe(202);
    expect(body).toMatchObject({ status: 'disconnected' });
  });

  it('is listed no more', async () => {
    const { body } = await target.call('GET', '/api/connections');

    expect(listSchema.parse(body).connections.map((one) => one.id)).not.toContain(id);
  });
});

describe('a run', () => {
  const second = { ...request, privateEndpoint: { name: 'pe-end-to-end' } };

  it('stops on request, can be continued, and leaves nothing behind when it is taken down', async () => {
    const started = await target.call('POST', '/api/connections', second);
    const { id: secondId } = idSchema.parse(started.body);
    await target.call('POST', `/api/connections/${secondId}/cancel`);
    const cancelled = await target.ended(secondId);
    await target.call('POST', '/api/connections', second);
    const continued = await target.ended(secondId);
    await target.call('DELETE', `/api/connections/${secondId}`);
    const gone = await target.ended(secondId);

    expect(cancelled.body).toMatchObject({ status: 'cancelled' });
    expect(continued.body).toMatchObject({ status: 'connected' });
    expect(gone.body).toMatchObject({ status: 'disconnected' });
  });
});

describe('what cannot be', () => {
  it('is refused with every fault of the request', async () => {
    const { status, headers, body } = await target.call('POST', '/api/connections', {
      projectId: '',
      regionId: 'aws-us-east-1',
      subnetId: 'subnet',
    });

    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    const pointers = (body as { errors: { pointer: string }[] }).errors.map(({ pointer }) => pointer);
    expect(pointers).toEqual(expect.arrayContaining(['/projectId', '/regionId', '/subnetId']));
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/plan'],
    ['POST', '/reconcile'],
    ['POST', '/cancel'],
    ['GET', '/export'],
  ])('%s of an unknown connection%s is a 404 that says so', async (method, path) => {
    const { status, body } = await target.call(method, `/api/connections/az-eastus-000000000000${path}`);

    expect(status).toBe(404);
    expect(body).toMatchObject({
      type: expect.stringContaining('connection-not-found') as string,
      status: 404,
    });
  });
});

describe('the app', () => {
  it('is healthy, and ready to work', async () => {
    expect(await target.call('GET', '/api/health')).toMatchObject({ status: 200 });
    expect(await target.call('GET', '/api/health/ready')).toMatchObject({ status: 200 });
  });

  it('describes itself', async () => {
    const { body } = await target.call('GET', '/api/openapi.json');

    expect(Object.keys((body as { paths: object }).paths)).toContain('/api/connections/{id}');
  });
});
