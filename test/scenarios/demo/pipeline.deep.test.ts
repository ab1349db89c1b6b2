import { buildSync } from 'esbuild';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectionFrom, connectionRequestSchema } from '../../../src/domain/connection/connection.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { sample } from '../../../sandbox/sampleWorld.ts';
import { zoneId } from '../lifecycle/support.ts';

// The command line as a pipeline has it: one file, a process of its own, an address and a key.

const folder = mkdtempSync(join(tmpdir(), 'command-line-'));
const file = join(folder, 'zilliz-private-link.cjs');
const { id } = connectionFrom(connectionRequestSchema.parse(sampleRequest));
const [first] = sample.clusterIds;
let rig: Rig;

beforeAll(() => {
  buildSync({
    ...{ entryPoints: ['cli/main.ts'], outfile: file, bundle: true, platform: 'node', format: 'cjs' },
    target: 'node22',
  });
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
});

afterEach(() => rig.stop());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  said(text: string): Promise<void>;
}

/** Starts a process with the address and the key of the app in its environment, as a pipeline does. */
function begin(program: string, parameters: readonly string[], environment: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(program, parameters, {
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, CLI: file, NODE: process.execPath },
      ZILLIZ_PRIVATE_LINK_URL: rig.host.baseUrl,
      ZILLIZ_PRIVATE_LINK_KEY: rig.host.keys.function,
      ...environment,
    },
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text.err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => {
      resolve({ code, ...text });
    });
  });
  return {
    ...{ child, ended },
    async said(expected) {
      while (!(text.out + text.err).includes(expected) && child.exitCode === null) await pause(10);
    },
  };
}

function start(...parameters: readonly string[]): Running {
  return begin(process.execPath, [file, ...parameters, '--interval', '0.05']);
}

function run(...parameters: readonly string[]): Promise<Ended> {
  return start(...parameters).ended;
}

/** Lets virtual time pass until the processes have ended. */
async function allToEnd(all: readonly Running[]): Promise<readonly Ended[]> {
  let isOver = false;
  // Of this test, when the machine is slow: the test then fails by its own limit.
  for (const { child } of all) setTimeout(() => child.kill(), 100_000).unref();
  const ended = Promise.all(all.map((one) => one.ended));
  void ended.then(() => (isOver = true));
  while (!isOver) {
    await pause(20);
    await rig.host.whenIdle();
    const isActive = rig.host.instances().some(({ runtimeStatus }) => runtimeStatus === 'Running');
    if (isActive) rig.clock.advance();
  }
  return ended;
}

async function toEnd(running: Running): Promise<Ended> {
  const [ended] = await allToEnd([running]);
  if (!ended) throw new Error('It has ended.');
  return ended;
}

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
}

/** Another owner takes the name of a cluster, a minute later. */
function takeName(): void {
  rig.clock.advanceTo(rig.clock.now() + 60_000);
  const { control } = rig.sandbox.azure;
  control.remove(`${zoneId}/A/${first}-privatelink`);
  control.setRecord({ zoneId, name: `${first}-privatelink`, addresses: ['10.9.9.9'], ttl: 600 });
}

it('the command line drives the whole life of a connection', async () => {
  const request = write('request.json', sampleRequest);

  const planned = await run('plan', request);
  const connected = await toEnd(start('connect', request, '--wait'));
  const again = await toEnd(start('connect', request, '--wait', '--json'));
  const shown = await run('status', request, '--json');
  const listed = await run('list');
  const drifted = await run('plan', id);
  const removed = await toEnd(start('clusters', id, 'remove', first, '--wait'));
  const added = await toEnd(start('clusters', id, 'add', first, '--wait'));
  const clusters = await run('clusters', id);
  const exported = await run('export', id, '--format', 'bicep');
  const reconciled = await toEnd(start('reconcile', id, '--wait'));
  const disconnected = await toEnd(start('disconnect', id, '--wait'));
  const gone = await toEnd(start('disconnect', id, '--wait'));

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

describe('the exit code is', () => {
  it.each([
    ['a command that there is not', ['conect']],
    ['an option that there is not', ['list', '--colour']],
    ['a file that there is not', ['connect', 'nowhere.json']],
    ['a limit that is no time', ['list', '--timeout', 'soon']],
    ['a body that the app refuses', ['connect', '--project', 'x', '--region', 'az-eastus', '--subnet', 'y']],
  ])('2 for %s', async (_, parameters) => {
    const { code, out, err } = await run(...parameters);

    expect([code, out]).toEqual([2, '']);
    expect(err).not.toMatch(/^ {4}at /m);
    expect(err).toMatch(/./);
  });

  it('2 without an address, with the ways to give one', async () => {
    const { code, err } = await begin(process.execPath, [file, 'list'], { ZILLIZ_PRIVATE_LINK_URL: '' })
      .ended;

    expect(code).toBe(2);
    expect(err).toContain('--app URL --key KEY');
  });

  it('1 for a run that fails, with cause and remedy; for a wrong key; for an app that is not there', async () => {
    const failed = await toEnd(
      start('connect', write('unknown.json', { ...sampleRequest, projectId: 'proj-unknown' }), '--wait'),
    );
    const planned = await run('plan', write('unknown.json', { ...sampleRequest, projectId: 'proj-unknown' }));
    const keyless = await run('list', '--key', 'wrong');
    const unknown = await run('status', 'az-eastus-0123456789ab');

    expect([failed, planned, keyless, unknown].map(({ code }) => code)).toEqual([1, 1, 1, 1]);
    expect(failed.out).toMatch(/remedy {2}./);
    expect(keyless.err).toContain('401');
    expect(unknown.err).toContain('remedy');
  });

  it('3 for what is degraded, for drift, and for DNS that another team still owes', async () => {
    await rig.connect();
    takeName();

    const drifted = await run('plan', id);
    const reconciled = await toEnd(start('reconcile', id, '--wait'));
    const shown = await run('status', id);
    const foreign = { ...sampleRequest, privateEndpoint: { name: 'pe-foreign' }, dns: { manage: false } };
    const waiting = await toEnd(start('connect', write('foreign.json', foreign), '--wait'));

    expect([drifted.code, reconciled.code, shown.code, waiting.code]).toEqual([3, 3, 3, 3]);
    expect(shown.out).toContain('degraded');
  });

  it('4 at the limit, while the run goes on; waiting again follows it to its end', async () => {
    const limited = await run('connect', write('request.json', sampleRequest), '--wait', '--timeout', '0.01');
    const ended = await toEnd(start('wait', id));

    expect([limited.code, ended.code]).toEqual([4, 0]);
    expect(limited.err).toContain(`zilliz-private-link wait ${id}`);
    expect(ended.out).toContain(`${id}: connected`);
  });
});

it('Ctrl-C leaves the run going and says how to watch it; a killed command goes on waiting when it is started again', async () => {
  const request = write('request.json', sampleRequest);
  const stopped = start('connect', request, '--wait');
  await stopped.said('preflight');
  stopped.child.kill('SIGINT');
  const { code, err } = await stopped.ended;
  const killed = start('connect', request, '--wait');
  await killed.said('preflight');
  killed.child.kill('SIGKILL');
  await killed.ended;

  const ended = await toEnd(start('connect', request, '--wait'));

  expect(code).toBe(4);
  expect(err).toContain(`the run goes on. Watch it again: zilliz-private-link wait ${id}`);
  expect(ended.out).toContain('run joined');
  expect(ended.code).toBe(0);
  expect(rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
});

it('ten at once end with the same answer, and make one connection', async () => {
  const request = write('request.json', sampleRequest);
  // The host is idle between the looks of all of them, and only then does virtual time advance.
  const connect = [file, 'connect', request, '--wait', '--json', '--interval', '2'];
  const all = Array.from({ length: 10 }, () => begin(process.execPath, connect));

  const ended = await allToEnd(all);

  expect(ended.map(({ code, err }) => [code, code === 0 ? '' : err])).toEqual(
    Array<unknown>(10).fill([0, '']),
  );
  const answers = ended.map(({ out }) => JSON.parse(out) as { id: string; status: string });
  expect(new Set(answers.map(({ id: of, status }) => `${of} ${status}`))).toEqual(
    new Set([`${id} connected`]),
  );
  expect(rig.sandbox.traffic.of('privateEndpoints.put')).toHaveLength(1);
}, 110_000);

describe('a list of requests', () => {
  const second = { ...sampleRequest, privateEndpoint: { name: 'pe-second' } };

  it('is planned as one before anything is written: requests that exclude each other, and shared faults once', async () => {
    const conflicting = write('two.json', [sampleRequest, second]);
    const faulty = write('faulty.json', [
      { ...sampleRequest, projectId: 'proj-unknown' },
      { ...second, projectId: 'proj-unknown', dns: { zoneResourceGroupId: `${sample.resourceGroupId}-2` } },
    ]);
    rig.sandbox.traffic.clear();

    const refused = await run('connect', conflicting, '--wait');
    const planned = await run('connect', faulty, '--wait');

    expect([refused.code, planned.code]).toEqual([1, 1]);
    expect(refused.out).toContain('dns.linkedNetworks');
    expect(refused.out).toContain('dns.zoneResourceGroupId');
    expect(refused.out).toContain('Nothing was written.');
    expect(planned.out.match(/problem: project-not-found/g)).toHaveLength(1);
    expect(rig.sandbox.traffic.writes()).toEqual([]);
  });

  it('ends in one table and one exit code', async () => {
    const apart = write('apart.json', [
      { ...sampleRequest, clusters: [sample.clusterIds[0]] },
      { ...second, clusters: [sample.clusterIds[1]] },
    ]);

    const { code, out } = await toEnd(start('connect', apart, '--wait'));

    expect(out).toMatch(/^ID +STATUS +REGION +PROBLEM$/m);
    expect(out.match(/^az-eastus-[0-9a-f]{12} +connected/gm)).toHaveLength(2);
    expect(code).toBe(0);
  });
});

it('five lines of a pipeline fail the build when the connection is degraded', async () => {
  await rig.connect();
  const script = `set -e
"$NODE" "$CLI" plan request.json --json > plan.json || true
"$NODE" "$CLI" connect request.json --wait --interval 0.05
"$NODE" "$CLI" status request.json
echo built`;
  write('request.json', sampleRequest);

  const good = await toEnd(begin('bash', ['-c', script]));
  takeName();
  const bad = await toEnd(begin('bash', ['-c', script]));

  expect([good.code, good.out.trimEnd().endsWith('built')]).toEqual([0, true]);
  expect([bad.code, bad.out.includes('built')]).toEqual([3, false]);
});

it('the step of the GitHub Action fails the job when the connection is degraded, and says why in its outputs', async () => {
  await rig.connect();
  takeName();
  const repository = join(import.meta.dirname, '../../..');
  const request = write('request.json', sampleRequest);
  const output = join(folder, 'output');
  const { code, out } = await begin('bash', ['-c', `mkdir -p dist cli && cp "$CLI" dist/ && bash "$STEP"`], {
    ...{ GITHUB_ACTION_PATH: folder, GITHUB_OUTPUT: output, STEP: join(repository, 'cli/action.sh') },
    ...{ COMMAND: 'status', CONNECTIONS: request, TIMEOUT_MINUTES: '1', VERSION: '' },
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ''}`,
  }).ended;

  expect(code).toBe(3);
  expect(out).toContain('::error::');
  expect(readFileSync(output, 'utf8')).toMatch(/^exit-code=3\nresult<<END_OF_RESULT\n[^]*"degraded"/);
});
