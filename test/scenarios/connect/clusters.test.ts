import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';
import { sample, sampleWorld } from '../../../sandbox/sampleWorld.ts';
import { zoneId } from '../lifecycle/support.ts';
import { recordName, recordNames } from '../sync/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

const [catalogue, search] = sample.clusterIds;
const MINUTE = 60_000;

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function started(): Promise<Rig> {
  rig = await startRig();
  return rig;
}

function stateOf(view: ConnectionBody, clusterId: string): string | undefined {
  return view.result?.clusters.find((cluster) => cluster.clusterId === clusterId)?.state;
}

/** How long the run waited for Zilliz. */
function waitedMs({ phases }: ConnectionBody): number {
  const found = phases.find(({ phase }) => phase === 'await-allocation');
  return Date.parse(found?.endedAt ?? '') - Date.parse(found?.startedAt ?? '');
}

describe('a project without clusters', () => {
  it('is connected, with its zone linked for those to come', async () => {
    rig = await startRig({
      world(at) {
        const world = sampleWorld(at);
        world.zilliz.clusters.length = 0;
        return world;
      },
    });

    const view = await rig.connect({ ...sampleRequest, clusters: 'all' });

    expect(view).toMatchObject({ status: 'connected', problem: null, result: { clusters: [] } });
    expect(view.result?.warnings.map(({ code }) => code)).toContain('no-dedicated-cluster');
    const { links } = rig.sandbox.azure.control.snapshot().dns;
    expect(Object.values(links).map(({ zone }) => zone)).toEqual([zoneId.toLowerCase()]);
  });
});

describe('a cluster that has no address at the deadline', () => {
  it('makes the result degraded when it was named', async () => {
    const running = await started();
    running.sandbox.zilliz.control.hidePrivateLinkAddress(search);

    const view = await running.connect({
      ...sampleRequest,
      clusters: [catalogue, search],
      deadlineMinutes: 30,
    });

    expect(view.status).toBe('degraded');
    expect([stateOf(view, catalogue), stateOf(view, search)]).toEqual(['connected', 'pending']);
    expect(recordNames(running)).toEqual([recordName(catalogue)]);
    expect(waitedMs(view)).toBeGreaterThan(28 * MINUTE);
  });

  nightly('is left to later when all were asked for, and the result says so', async () => {
    const running = await started();
    running.sandbox.zilliz.control.hidePrivateLinkAddress(search);

    const view = await running.connect({ ...sampleRequest, deadlineMinutes: 30 });

    expect(view.status).toBe('degraded');
    expect(view.problem?.type).toMatch(/address-overdue$/);
    expect([stateOf(view, catalogue), stateOf(view, search)]).toEqual(['connected', 'pending']);
  });

  nightly('does not hold up the record of another', async () => {
    const running = await started();
    running.sandbox.zilliz.control.hidePrivateLinkAddress(search);

    const id = await running.post({ ...sampleRequest, clusters: [catalogue, search], deadlineMinutes: 30 });
    const view = await running.until(id, () => recordNames(running).length > 0);

    expect(view.status).toBe('running');
    expect(recordNames(running)).toEqual([recordName(catalogue)]);
    await running.finish(id);
  });
});

describe('a suspended cluster', () => {
  nightly('is not waited for when all were asked for', async () => {
    const running = await started();
    running.sandbox.zilliz.control.suspend(search);

    const view = await running.connect();

    expect(view.status).toBe('connected');
    expect([stateOf(view, catalogue), stateOf(view, search)]).toEqual(['connected', 'pending']);
    expect(waitedMs(view)).toBeLessThan(10 * MINUTE);
  });

  it.each(inGate(['regional', 'per-cluster'], 'regional'))(
    'that never had an address is no drift in the layout %s: reconcile would write nothing for it',
    async (layout) => {
      const running = await started();
      const { control } = running.sandbox.zilliz;
      const clusterId = control.createClusterSlowly({
        projectId: sample.projectId,
        regionId: sample.regionId,
      });
      control.suspend(clusterId);
      const { id, status } = await running.connect({ ...sampleRequest, dns: { layout } });

      const plan = await running.call('POST', `/api/connections/${id}/plan`);

      expect(status).toBe('connected');
      expect(plan.body).toMatchObject({ changes: false });
      const { rows } = plan.body as { readonly rows: readonly { readonly action: string }[] };
      expect(rows.filter(({ action }) => action !== 'keep')).toEqual([
        expect.objectContaining({
          resource: 'A record set',
          id: expect.stringContaining(clusterId) as string,
          action: 'wait',
          predicted: true,
        }),
      ]);
    },
  );

  it('that has its record takes no connection, and fails no run', async () => {
    const running = await started();
    const { id } = await running.connect();
    running.sandbox.zilliz.control.suspend(search);

    await running.call('POST', `/api/connections/${id}/reconcile`);
    const view = await running.finish(id);

    expect(view.status).toBe('connected');
    const proofs = view.result?.clusters.map(({ verification }) => verification?.outcome);
    expect(proofs).toEqual(['verified', 'not-verifiable-from-here']);
    expect(view.result?.manualSteps.join()).not.toMatch(/no view into the virtual network/);
  });
});
