import type { DurableExtension } from '../../../sandbox/host/engine/failureTexts.ts';
import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { executedTwice } from '../faults/leftovers.ts';
import { footprint, nothing } from '../lifecycle/support.ts';
import { inGate, nightly } from '../../support/inGate.ts';

/** The sweep is none of the run. */
const settings = { SWEEP_SCHEDULE: '0 0 0 1 1 *' };

let rig: Rig;

afterEach(() => rig.stop());

/** Interrupts activities of these runs as the predicate says; it gets the name and the number of earlier executions. */
async function startInterrupted(
  interrupts: (name: string, before: number) => boolean,
  extension: DurableExtension = '3.15',
): Promise<void> {
  const runs = new Map<string, number>();
  const interruptsActivity = ({ name }: { readonly name: string }): boolean => {
    const before = runs.get(name) ?? 0;
    runs.set(name, before + 1);
    return interrupts(name, before);
  };
  rig = await startRig({ settings, host: { extension, faults: { interruptsActivity } } });
}

describe('a worker that dies when an activity has done its work, and before it can say so', () => {
  it.each(inGate(['3.15', '3.19'] as const, '3.19'))(
    'does a run no harm, whichever activity it is (extension %s)',
    async (extension) => {
      const hit = new Set<string>();
      await startInterrupted((name, before) => {
        hit.add(name);
        return before === 0;
      }, extension);

      const view = await rig.connect();

      expect(view.status).toBe('connected');
      expect(executedTwice(rig).writes).toEqual([]);
      expect([...hit]).toEqual(
        expect.arrayContaining([
          'ensurePrivateEndpoint',
          'registerEndpoint',
          'ensureRecords',
          'verifyTargets',
        ]),
      );
    },
  );

  it('ends the run when it happens again and again: with the step, what to do, and the undo that was asked for', async () => {
    await startInterrupted((name) => name === 'observeAllocation');

    const view = await rig.connect({ ...sampleRequest, deadlineMinutes: 10, onFailure: 'undo' });

    expect(view.status).toBe('failed');
    expect(view.problem).toMatchObject({
      type: expect.stringMatching(/step-interrupted$/) as string,
      detail: 'the step observeAllocation did not come to its end',
    });
    expect(footprint(rig)).toEqual(nothing);
  });
});

describe('a hub that takes up new runs only after minutes', () => {
  nightly(
    'costs the minutes: meanwhile GET says running, the same request joins, and another is refused',
    async () => {
      rig = await startRig({ settings, host: { faults: { pendingMs: () => 5 * 60_000 } } });
      const id = await rig.post(sampleRequest);
      await rig.host.whenIdle();

      const read = await rig.call('GET', `/api/connections/${id}`);
      expect(read.body).toMatchObject({ status: 'running', final: false });
      expect(await rig.post(sampleRequest)).toBe(id);
      const other = await rig.call('POST', '/api/connections', {
        ...sampleRequest,
        dns: { layout: 'per-cluster' },
      });
      expect(other.status).toBe(409);
      expect((await rig.finish(id)).status).toBe('connected');
      expect(executedTwice(rig).writes).toEqual([]);
    },
  );
});
