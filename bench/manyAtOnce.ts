import { realClock } from '../sandbox/host/faults.ts';
import { startRig } from '../sandbox/rig/rig.ts';
import type { Figures } from './figures/figures.ts';
import { median, printTable } from './figures/figures.ts';
import { hasEnded } from './timeToConnected.ts';
import { requestsOfProjects, worldOfProjects } from './worlds.ts';

const MANY = 50;
/** The sweeps come while all runs wait for Zilliz, and while they write DNS. */
const SWEEPS_AFTER_SECONDS = [120, 360];

/** The seconds of each of so many connects that are asked for at the same moment, in virtual time. */
async function connectAtOnce(count: number, sweepsAfter: readonly number[]): Promise<readonly number[]> {
  const rig = await startRig({
    world: (at) => worldOfProjects(at, count),
    settings: { SWEEP_SCHEDULE: '0 0 0 1 1 *' },
    host: { replayTwice: false, faults: realClock(count) },
  });
  try {
    const from = rig.clock.now();
    const seconds = (): number => (rig.clock.now() - from) / 1000;
    const ids = await Promise.all(requestsOfProjects(count).map((request) => rig.post(request)));
    const ended = new Map<string, number>();
    const noteEnded = (): void => {
      for (const id of ids) if (!ended.has(id) && hasEnded(rig.host, id)) ended.set(id, seconds());
    };
    for (const after of sweepsAfter) {
      await rig.host.runUntil(() => {
        noteEnded();
        return seconds() >= after;
      });
      await rig.host.runTimerTrigger('sweep');
    }
    await rig.host.runUntil(() => {
      noteEnded();
      return ended.size === ids.length;
    });
    const failed = rig.host
      .instances()
      .filter(({ instanceId, runtimeStatus }) => ids.includes(instanceId) && runtimeStatus !== 'Completed');
    if (failed.length > 0) throw new Error(`${failed.length} of ${count} connects failed.`);
    process.stderr.write(
      `${count} connects, ${sweepsAfter.length} sweeps: ${Math.max(...ended.values())} s\n`,
    );
    return [...ended.values()];
  } finally {
    await rig.stop();
  }
}

/** What it costs a connect that others are asked for at the same moment, and that sweeps come in between. */
export async function benchManyAtOnce(figures: Figures): Promise<void> {
  const [alone = Number.NaN] = await connectAtOnce(1, []);
  const without = await connectAtOnce(MANY, []);
  const withSweeps = await connectAtOnce(MANY, SWEEPS_AFTER_SECONDS);
  const row = (name: string, times: readonly number[]): readonly string[] => {
    const slowest = Math.max(...times);
    return [name, median(times).toFixed(0), slowest.toFixed(0), (slowest / alone).toFixed(2)];
  };
  printTable(
    'Connects at once, in virtual time',
    ['', 'median s', 'slowest s', 'slowest to one alone'],
    [row('one', [alone]), row(`${MANY}`, without), row(`${MANY}, with two sweeps in it`, withSweeps)],
  );
  figures.set('manyAtOnce', 'slowestRatioToAlone', Math.max(...withSweeps) / alone);
  figures.set('manyAtOnce', 'slowestRatioToWithoutSweep', Math.max(...withSweeps) / Math.max(...without));
}
