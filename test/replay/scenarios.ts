import { readHostJson } from '../../sandbox/host/worker/processWorker.ts';
import { sample } from '../../sandbox/sampleWorld.ts';
import { sampleRequest, startRig } from '../../sandbox/rig/rig.ts';
import type { Rig } from '../../sandbox/rig/rig.ts';
import { executionsIn } from './history.ts';
import type { RecordedRun } from './history.ts';
import { storedBy } from './versions.ts';
import type { StoredByVersion } from './versions.ts';

interface Scenario {
  readonly workflow: string;
  /** Default: Completed. */
  readonly ends?: 'Failed';
  /** Lets a run end, and returns its instance ID. */
  readonly run: (rig: Rig) => Promise<string>;
}

/** One run of each kind, by the name of its file. Together they take every step that a release must go on knowing. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  connect: {
    workflow: 'connect',
    run: async (rig) => (await rig.connect()).id,
  },
  'connect-undone': {
    workflow: 'connect',
    ends: 'Failed',
    async run(rig) {
      const body = { error: { code: 'ScopeLocked', message: 'The scope is locked.' } };
      const headers = { 'x-ms-request-id': 'made-up' };
      const fault = { kind: 'status', status: 409, body, headers } as const;
      rig.sandbox.faults.order({ call: 'virtualNetworkLinks.put', fault, times: 'always' });
      return (await rig.connect({ ...sampleRequest, onFailure: 'undo' })).id;
    },
  },
  'connect-all-fields': {
    workflow: 'connect',
    run: async (rig) =>
      (
        await rig.connect({
          ...sampleRequest,
          privateEndpoint: {
            name: 'pe-all-fields',
            staticIpAddress: '10.20.1.77',
            networkInterfaceName: 'nic-all-fields',
          },
          tags: { team: 'search', 'cost-centre': '4711' },
          clusters: sample.clusterIds,
          dns: { autoRegistration: false, linkedNetworks: [sample.virtualNetworkId], hiddenNames: 'warn' },
          adopt: 'never',
          onFailure: 'undo',
          deadlineMinutes: 90,
        })
      ).id,
  },
  'connect-per-cluster': {
    workflow: 'connect',
    run: async (rig) => (await rig.connect({ ...sampleRequest, dns: { layout: 'per-cluster' } })).id,
  },
  disconnect: {
    workflow: 'disconnect',
    async run(rig) {
      const { id } = await rig.connect();
      await rig.call('DELETE', `/api/connections/${id}`);
      await rig.finish(id);
      return id;
    },
  },
  sync: {
    workflow: 'sync',
    async run(rig) {
      await rig.connect();
      const [gone] = sample.clusterIds;
      rig.sandbox.zilliz.control.deleteCluster(gone);
      rig.sandbox.zilliz.control.addCluster(sample);
      await rig.host.runTimerTrigger('sweep');
      await rig.host.whenIdle();
      // A hint in the midst of a wait: one further round.
      await rig.host.runTimerTrigger('sweep');
      await rig.host.runUntil(() => rig.host.instances().every(isOver));
      return rig.host.instances().find(({ name }) => name === 'sync')?.instanceId ?? '';
    },
  },
};

/** Runs a scenario on the code as it is, in virtual time. */
export async function record({
  workflow,
  ends,
  run,
}: Scenario): Promise<{ readonly recorded: RecordedRun; readonly stored: StoredByVersion }> {
  const rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' } });
  try {
    const instanceId = await run(rig);
    const executions = executionsIn(rig.journal.commits, instanceId).filter((history) =>
      history.some((event) => event.EventType === 0 && event.Name === workflow),
    );
    const instance = rig.host.instances().find((one) => one.instanceId === instanceId);
    if (instance?.runtimeStatus !== (ends ?? 'Completed')) {
      throw new Error(`${workflow} ended ${instance?.runtimeStatus}: ${JSON.stringify(instance?.output)}`);
    }
    const recorded = { workflow, version: presentVersion(), instanceId, executions };
    return { recorded, stored: storedBy(rig, recorded) };
  } finally {
    await rig.stop();
  }
}

/** What new runs are started with. */
export function presentVersion(): string {
  return readHostJson('.').defaultVersion ?? '';
}

function isOver({ runtimeStatus }: { readonly runtimeStatus: string }): boolean {
  return !['Pending', 'Running'].includes(runtimeStatus);
}
