import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHost } from '../../sandbox/host/host.ts';
import type { Host } from '../../sandbox/host/host.ts';
import { memoryJournal } from '../../sandbox/host/journal.ts';
import { processWorker } from '../../sandbox/host/worker/processWorker.ts';
import { VirtualClock } from '../../sandbox/kernel/clock.ts';
import { sampleRequest } from '../../sandbox/rig/rig.ts';
import { sample, sampleWorld } from '../../sandbox/sampleWorld.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

interface Story {
  readonly run: 'connect' | 'disconnect' | 'sync';
  /** The call to the simulators after which the other bundle takes up the task hub. */
  readonly after: string;
}

/** Each stage of a run is handed over once. */
export const stories: readonly Story[] = [
  { run: 'connect', after: 'zilliz.addWhitelistEntry' },
  { run: 'connect', after: 'privateEndpoints.put' },
  { run: 'connect', after: 'zilliz.createPrivateEndpoint' },
  { run: 'connect', after: 'privateDnsZones.put' },
  { run: 'connect', after: 'virtualNetworkLinks.put' },
  { run: 'disconnect', after: 'virtualNetworkLinks.delete' },
  { run: 'disconnect', after: 'zilliz.deletePrivateEndpoint' },
  { run: 'disconnect', after: 'privateEndpoints.delete' },
  { run: 'sync', after: 'zilliz.listClusters' },
];

/** Begins a run with one bundle, ends it with another on the same task hub, and returns how it has ended. */
export async function handOver(story: Story, beginsIn: string, endsIn: string): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'hand-over-'));
  const clock = new VirtualClock();
  const sandbox = await startSandbox({ clock, directory, keep: false, world: sampleWorld });
  const journal = memoryJournal();
  const start = (appDirectory: string): Promise<Host> =>
    startHost({
      ...{ clock, journal, replayTwice: false },
      worker: processWorker({
        appDirectory,
        env: { ...sandbox.environment, SWEEP_SCHEDULE: '0 0 0 1 1 *' },
      }),
    });
  const hosts: Host[] = [];
  try {
    const first = await start(beginsIn);
    hosts.push(first);
    const id = await begin(story, first, sandbox);
    const before = sandbox.traffic.of(story.after).length;
    if (story.run === 'sync') await first.runTimerTrigger('sweep');
    await first.runUntil(() => sandbox.traffic.of(story.after).length > before || isOver(first));
    if (isOver(first)) return 'the run ended before it could be handed over';
    await first.stop();
    const second = await start(endsIn);
    hosts.push(second);
    await second.runUntil(() => isOver(second));
    return await judge(story, second, id, sandbox);
  } catch (error) {
    return `broken: ${error instanceof Error ? error.message : String(error)}`;
  } finally {
    for (const host of hosts) await host.stop();
    await sandbox.stop();
    rmSync(directory, { recursive: true });
  }
}

/** Brings the run to its begin; the connection that the others need is made by the same bundle. */
async function begin({ run }: Story, host: Host, { zilliz }: Sandbox): Promise<string> {
  const { id } = (await call(host, 'POST', '/api/connections', sampleRequest)) as { readonly id: string };
  if (run === 'connect') return id;
  await host.runUntil(() => isOver(host));
  if (run === 'disconnect') await call(host, 'DELETE', `/api/connections/${id}`);
  // Its address comes minutes later: the round waits for it.
  else zilliz.control.createClusterSlowly({ projectId: sample.projectId, regionId: sample.regionId });
  return id;
}

async function judge({ run }: Story, host: Host, id: string, { azure, traffic }: Sandbox): Promise<string> {
  const failed = host.instances().find(({ runtimeStatus }) => runtimeStatus === 'Failed');
  if (failed) return `${failed.name} failed: ${JSON.stringify(failed.output).slice(0, 300)}`;
  const { status } = (await call(host, 'GET', `/api/connections/${id}`)) as { readonly status: string };
  const wanted = run === 'disconnect' ? 'disconnected' : 'connected';
  if (status !== wanted) return `${status} instead of ${wanted}`;
  const { network, dns } = azure.control.snapshot();
  if (run === 'disconnect') {
    const left = Object.keys(network.privateEndpoints).length + Object.keys(dns.zones).length;
    return left === 0 ? 'as expected' : `${left} resources are left`;
  }
  const { rows } = (await call(host, 'POST', `/api/connections/${id}/plan`)) as {
    readonly rows: readonly { readonly action: string; readonly resource: string }[];
  };
  const drift = rows
    .filter(({ action }) => action !== 'keep')
    .map(({ action, resource }) => `${action} ${resource}`);
  if (drift.length > 0) return `drift in the plan of the bundle that ended it: ${drift.join(', ')}`;
  const twice = traffic.of('zilliz.createPrivateEndpoint').length;
  return twice === 1 ? 'as expected' : `the private endpoint was registered ${twice} times`;
}

function isOver(host: Host): boolean {
  return host.instances().every(({ runtimeStatus }) => !['Pending', 'Running'].includes(runtimeStatus));
}

async function call(host: Host, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${host.baseUrl}${path}`, {
    method,
    headers: { 'x-functions-key': host.keys.function, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (response.status >= 400)
    throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
