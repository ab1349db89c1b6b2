import { seededFaults } from '../../../sandbox/host/faults.ts';
import { sampleRequest } from '../../../sandbox/rig/rig.ts';
import type { Rig } from '../../../sandbox/rig/rig.ts';
import { startFaultRig } from '../faults/faultRig.ts';
import { executedTwice } from '../faults/leftovers.ts';
import { finishOverDeaths } from './lives.ts';
import type { Death } from './lives.ts';
import { inGate, nightly } from '../../support/inGate.ts';

/** A week: each death costs the minute until a lost activity is taken up again. */
const patient = { ...sampleRequest, deadlineMinutes: 10_080 };

const PARTS = 8;
/** Every commit with CRASHES=all, which takes a minute; otherwise one in so many for each part. */
const STEP = process.env.CRASHES === 'all' ? 1 : 9;

let rig: Rig | undefined;

afterEach(async () => {
  await rig?.stop();
  rig = undefined;
});

async function start(): Promise<Rig> {
  rig = await startFaultRig();
  return rig;
}

describe('a host that dies again and again', () => {
  // With less than two commits it could only take an activity up, each time, and never bring it to an end.
  const deaths: readonly { readonly name: string; readonly death: Death }[] = [
    { name: 'after each second commit', death: { commit: 2, when: 'after' } },
    { name: 'after each third commit', death: { commit: 3, when: 'after' } },
    { name: 'before each third commit is stored', death: { commit: 3, when: 'before' } },
    { name: 'before each fifth commit is stored', death: { commit: 5, when: 'before' } },
  ];

  it.each(inGate(deaths, 'before each third commit is stored'))(
    '$name finishes the run, without a second write',
    async ({ death }) => {
      const running = await start();
      const id = await running.post(patient);

      const { view, lives } = await finishOverDeaths(running, id, () => death);

      expect(view.status).toBe('connected');
      expect(lives).toBeGreaterThan(10);
      expectWrittenOnce(running);
    },
  );

  nightly('finishes a run with a zone and a link for each cluster, too', async () => {
    const running = await start();
    const id = await running.post({ ...patient, dns: { layout: 'per-cluster' } });

    const { view } = await finishOverDeaths(running, id, () => ({ commit: 3, when: 'before' }));

    expect(view.status).toBe('connected');
    expectWrittenOnce(running);
  });
});

describe('a host that dies once', () => {
  const parts = Array.from({ length: PARTS }, (_, part) => part);

  it.each(inGate(parts, '0'))(
    'finishes the run, without a second write, wherever that is (part %i)',
    async (part) => {
      for (let commit = part + 1; commit <= (await commitsOfARun()); commit += PARTS * STEP) {
        for (const when of ['before', 'after'] as const) {
          const running = await start();
          const id = await running.post(patient);

          const { view } = await finishOverDeaths(running, id, (life) =>
            life === 1 ? { commit, when } : null,
          );

          expect({ commit, when, status: view.status }).toEqual({ commit, when, status: 'connected' });
          expectWrittenOnce(running);
          await running.stop();
          rig = undefined;
        }
      }
    },
  );
});

let counted: number | undefined;

/** How often a run that nothing disturbs is stored, from its start on. */
async function commitsOfARun(): Promise<number> {
  if (counted !== undefined) return counted;
  const running = await start();
  const id = await running.post(patient);
  const before = running.host.statistics().commits;
  await running.finish(id);
  counted = running.host.statistics().commits - before;
  await running.stop();
  return counted;
}

describe('a task hub', () => {
  it.each(inGate([1, 2, 3, 4, 5, 6], '1'))(
    'that delivers twice and out of order does no harm (seed %i)',
    async (seed) => {
      const running = await start();
      await running.restartHost({ faults: seededFaults(seed, { duplicates: 0.5 }), replayTwice: false });

      const view = await running.connect(patient);

      expect(view.status).toBe('connected');
      expectWrittenOnce(running);
    },
  );

  it.each(inGate([1, 2, 3, 4, 5, 6], '1'))(
    'that loses results of activities does no harm (seed %i)',
    async (seed) => {
      const running = await start();
      await running.restartHost({ faults: seededFaults(seed, { lostResults: 0.3 }), replayTwice: false });

      const view = await running.connect(patient);

      expect(view.status).toBe('connected');
      expectWrittenOnce(running);
    },
  );
});

/** The whitelist entry cannot be read back: it may be made again when its record was lost, and is counted apart. */
function expectWrittenOnce(running: Rig): void {
  const { writes, whitelistEntries } = executedTwice(running);
  expect(writes).toEqual([]);
  expect(whitelistEntries).toBeGreaterThan(0);
}
