import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { id, Pipeline } from './pipeline.ts';

const [first] = sample.clusterIds;
const pipeline = new Pipeline();

beforeAll(() => {
  pipeline.build();
});

beforeEach(() => pipeline.open());

afterEach(() => pipeline.close());

afterAll(() => {
  pipeline.remove();
});

it('the command line drives the whole life of a connection', async () => {
  const request = pipeline.write('request.json', sampleRequest);

  const planned = await pipeline.run('plan', request);
  const connected = await pipeline.toEnd(pipeline.start('connect', request, '--wait'));
  const again = await pipeline.toEnd(pipeline.start('connect', request, '--wait', '--json'));
  const shown = await pipeline.run('status', request, '--json');
  const listed = await pipeline.run('list');
  const drifted = await pipeline.run('plan', id);
  const removed = await pipeline.toEnd(pipeline.start('clusters', id, 'remove', first, '--wait'));
  const added = await pipeline.toEnd(pipeline.start('clusters', id, 'add', first, '--wait'));
  const clusters = await pipeline.run('clusters', id);
  const exported = await pipeline.run('export', id, '--format', 'bicep');
  const reconciled = await pipeline.toEnd(pipeline.start('reconcile', id, '--wait'));
  const disconnected = await pipeline.toEnd(pipeline.start('disconnect', id, '--wait'));
  const gone = await pipeline.toEnd(pipeline.start('disconnect', id, '--wait'));

  const all = { planned, connected, again, shown, listed, drifted, removed, added, clusters, exported };
  const codes = Object.entries({ ...all, reconciled, disconnected, gone }).map(([name, { code, err }]) => [
    ...[name, code, name === 'again' ? '' : err],
  ]);
  expect(codes.filter(([, code, err]) => code !== 0 || err !== '')).toEqual([]);
  expect(planned.out).toContain('create   private endpoint');
  expect(connected.out).toMatch(/✓ await-allocation .*\n/);
  expect(connected.out).toContain(`${id}: connected`);
  expect(JSON.parse(again.out)).toMatchObject({ id, status: 'connected', result: { writes: {} } });
  expect(again.err).toContain('✓ preflight');
  expect(JSON.parse(shown.out)).toMatchObject({ id, status: 'connected' });
  expect(listed.out).toMatch(new RegExp(`^${id} +connected`, 'm'));
  expect(drifted.out).toContain('no drift');
  expect(removed.out).toContain(`${first}: excluded`);
  expect(added.out).toContain(`${first}: connected, https://`);
  expect(exported.out).toContain('Microsoft.Network/privateEndpoints');
  expect(disconnected.out).toContain(`${id}: disconnected`);
  expect(disconnected.out).toContain('removed  private endpoint');
});

it('Ctrl-C leaves the run going and says how to watch it; a killed command goes on waiting when it is started again', async () => {
  const request = pipeline.write('request.json', sampleRequest);
  const stopped = pipeline.start('connect', request, '--wait');
  await stopped.said('preflight');
  stopped.child.kill('SIGINT');
  const { code, err } = await stopped.ended;
  const killed = pipeline.start('connect', request, '--wait');
  await killed.said('preflight');
  killed.child.kill('SIGKILL');
  await killed.ended;

  const ended = await pipeline.toEnd(pipeline.start('connect', request, '--wait'));

  expect(code).toBe(4);
  expect(err).toContain(`the run goes on. Watch it again: zilliz-private-link wait ${id}`);
  expect(ended.out).toContain('run joined');
  expect(ended.code).toBe(0);
  expect(pipeline.rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
});

it('ten at once end with the same answer, and make one connection', async () => {
  const request = pipeline.write('request.json', sampleRequest);
  // The host is idle between the looks of all of them, and only then does virtual time advance.
  const connect = [pipeline.file, 'connect', request, '--wait', '--json', '--interval', '2'];
  const all = Array.from({ length: 10 }, () => pipeline.begin(process.execPath, connect));

  const ended = await pipeline.allToEnd(all);

  expect(ended.map(({ code, err }) => [code, code === 0 ? '' : err])).toEqual(
    Array<unknown>(10).fill([0, '']),
  );
  const answers = ended.map(({ out }) => JSON.parse(out) as { id: string; status: string });
  expect(new Set(answers.map(({ id: of, status }) => `${of} ${status}`))).toEqual(
    new Set([`${id} connected`]),
  );
  expect(pipeline.rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
}, 110_000);

describe('a list of requests', () => {
  const second = { ...sampleRequest, privateEndpoint: { name: 'pe-second' } };

  it('is planned as one before anything is written: requests that exclude each other, and shared faults once', async () => {
    const conflicting = pipeline.write('two.json', [sampleRequest, second]);
    const faulty = pipeline.write('faulty.json', [
      { ...sampleRequest, projectId: 'proj-unknown' },
      { ...second, projectId: 'proj-unknown', dns: { zoneResourceGroupId: `${sample.resourceGroupId}-2` } },
    ]);
    pipeline.rig.sandbox.traffic.clear();

    const refused = await pipeline.run('connect', conflicting, '--wait');
    const planned = await pipeline.run('connect', faulty, '--wait');

    expect([refused.code, planned.code]).toEqual([1, 1]);
    expect(refused.out).toContain('dns.linkedNetworks');
    expect(refused.out).toContain('dns.zoneResourceGroupId');
    expect(refused.out).toContain('Nothing was written.');
    expect(planned.out.match(/problem: project-not-found/g)).toHaveLength(1);
    expect(pipeline.rig.sandbox.traffic.writes()).toEqual([]);
  });

  it('ends in one table and one exit code', async () => {
    const apart = pipeline.write('apart.json', [
      { ...sampleRequest, clusters: [sample.clusterIds[0]] },
      { ...second, clusters: [sample.clusterIds[1]] },
    ]);

    const { code, out } = await pipeline.toEnd(pipeline.start('connect', apart, '--wait'));

    expect(out).toMatch(/^ID +STATUS +REGION +PROBLEM$/m);
    expect(out.match(/^az-eastus-[0-9a-f]{12} +connected/gm)).toHaveLength(2);
    expect(code).toBe(0);
  });
});

it('five lines of a pipeline fail the build when the connection is degraded', async () => {
  await pipeline.rig.connect();
  const script = `set -e
"$NODE" "$CLI" plan request.json --json > plan.json || true
"$NODE" "$CLI" connect request.json --wait --interval 0.05
"$NODE" "$CLI" status request.json
echo built`;
  pipeline.write('request.json', sampleRequest);

  const good = await pipeline.toEnd(pipeline.begin('bash', ['-c', script]));
  pipeline.takeName();
  const bad = await pipeline.toEnd(pipeline.begin('bash', ['-c', script]));

  expect([good.code, good.out.trimEnd().endsWith('built')]).toEqual([0, true]);
  expect([bad.code, bad.out.includes('built')]).toEqual([3, false]);
});

it('the step of the GitHub Action fails the job when the connection is degraded, and says why in its outputs', async () => {
  await pipeline.rig.connect();
  pipeline.takeName();
  const repository = join(import.meta.dirname, '../../..');
  const request = pipeline.write('request.json', sampleRequest);
  const output = join(pipeline.folder, 'output');
  const { code, out } = await pipeline.begin(
    'bash',
    ['-c', `mkdir -p dist cli && cp "$CLI" dist/ && bash "$STEP"`],
    {
      ...{
        GITHUB_ACTION_PATH: pipeline.folder,
        GITHUB_OUTPUT: output,
        STEP: join(repository, 'cli/action.sh'),
      },
      ...{ COMMAND: 'status', CONNECTIONS: request, TIMEOUT_MINUTES: '1', VERSION: '' },
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
    },
  ).ended;

  expect(code).toBe(3);
  expect(out).toContain('::error::');
  expect(readFileSync(output, 'utf8')).toMatch(/^exit-code=3\nresult<<END_OF_RESULT\n[^]*"degraded"/);
});
