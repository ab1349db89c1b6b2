import { sampleRequest, startRig } from '../../../sandbox/rig/rig.ts';
import type { Rig, RigOptions } from '../../../sandbox/rig/rig.ts';
import { seededTimings } from '../../../sandbox/zilliz/timings.ts';
import { phaseNames } from '../../../src/domain/run/phase.ts';
import { ofEvent, phasesIn, telemetryIn } from './lines.ts';

const HOUR = 3_600_000;
const eachOnce = phaseNames.flatMap((phase) => [`${phase} done`, `${phase} running`]).toSorted();
/** One line for the beginning, two for each phase, one for the end. */
const LINES = 2 + 2 * phaseNames.length;

let rig: Rig;

afterEach(() => rig.stop());

async function connectedOn(options: RigOptions, request: object = sampleRequest): Promise<string> {
  rig = await startRig({ settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' }, ...options });
  const view = await rig.connect(request);
  expect(view.status).toBe('connected');
  return view.id;
}

describe('a run says once what it does', () => {
  it.each([true, false])('when each episode is replayed twice: %s', async (replayTwice) => {
    const id = await connectedOn({ host: { replayTwice } });

    expect(phasesIn(rig.logged).toSorted()).toEqual(eachOnce);
    expect(telemetryIn(rig.logged)).toHaveLength(LINES);
    expect(ofEvent(rig.logged, 'run-started', id)).toMatchObject([{ workflow: 'connect' }]);
    expect(ofEvent(rig.logged, 'run-ended', id)).toMatchObject([{ outcome: 'succeeded' }]);
  });

  it('when messages reach it twice and results get lost', async () => {
    let activities = 0;
    await connectedOn({
      host: {
        faults: { duplicates: () => true, losesActivityResult: () => (activities += 1) % 5 === 0 },
      },
    });

    expect(activities).toBeGreaterThan(10);
    expect(phasesIn(rig.logged).toSorted()).toEqual(eachOnce);
  });

  it('when it waits for hours, renews itself meanwhile, and is stopped and started again', async () => {
    rig = await startRig({
      settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
      timings: { zilliz: { ...seededTimings(), allocation: () => 9 * HOUR } },
    });
    const id = await rig.post({ ...sampleRequest, deadlineMinutes: 10_080 });
    // The history of the first time holds all phases so far, that of the second has been renewed.
    for (const looks of [3, 40]) {
      await rig.until(id, ({ phases }) =>
        phases.some(({ phase, attempts }) => phase === 'await-allocation' && attempts > looks),
      );
      await rig.restartHost();
    }
    const view = await rig.finish(id);

    expect(view.status).toBe('connected');
    expect(renewals()).toBeGreaterThan(0);
    expect(phasesIn(rig.logged).toSorted()).toEqual(eachOnce);
    expect(telemetryIn(rig.logged)).toHaveLength(LINES);
    const [ended] = ofEvent(rig.logged, 'run-ended');
    expect(ended?.seconds).toBeGreaterThan(9 * 3600);
    const [awaited] = ofEvent(rig.logged, 'phase').filter(
      ({ phase, state }) => phase === 'await-allocation' && state === 'done',
    );
    expect(awaited?.seconds).toBeGreaterThan(8.9 * 3600);
  });

  it('and a second time with the same words, when its host dies before it could store what it did', async () => {
    const once = new Set<string>();
    for (const commit of [4, 9, 20, 33]) {
      await connectedDyingBefore(commit);
      const lines = rig.logged.filter(({ source, message }) => source === 'app' && message.startsWith('{'));
      const distinct = new Set(lines.map(({ message }) => message));
      expect(distinct.size).toBe(LINES);
      if (lines.length > distinct.size) once.add(`before commit ${commit}`);
      await rig.stop();
    }
    rig = await startRig();
    // Otherwise the test would show nothing of a repeated episode.
    expect(once.size).toBeGreaterThan(0);
  });
});

async function connectedDyingBefore(commit: number): Promise<void> {
  let alive = true;
  const beforeCommit = ({ number }: { readonly number: number }): void => {
    if (alive && number === commit) {
      alive = false;
      rig.killHost();
    }
  };
  rig = await startRig({
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    host: { faults: { beforeCommit } },
  });
  const id = await rig.post(sampleRequest);
  await rig.runUntil(() => !alive);
  await rig.restartHost({});
  expect((await rig.finish(id)).status).toBe('connected');
}

function renewals(): number {
  return rig.journal.commits.flat().filter((record) => record.type === 'episode' && record.renewed).length;
}
