import type { Stage } from './stage.ts';
import { sampleOptions } from './stage.ts';

/** One request, followed to its end, with the proof; returns whether it is connected. */
export async function connectScenario(stage: Stage): Promise<boolean> {
  return (await stage.command(['connect', ...sampleOptions, '--wait'])) === 0;
}

/** What a run would do, over both control planes, without a single write. */
export async function planScenario(stage: Stage): Promise<boolean> {
  const exitCode = await stage.command(['plan', ...sampleOptions]);
  return exitCode === 0 && stage.sandbox.traffic.writes().length === 0;
}
