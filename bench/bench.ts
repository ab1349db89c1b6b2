import { Figures, printTable } from './figures/figures.ts';
import { benchGrowth } from './growth.ts';
import { benchHistory } from './history.ts';
import { benchLoad } from './load.ts';
import { benchManyAtOnce } from './manyAtOnce.ts';
import { benchMemory } from './memory.ts';
import { benchScale } from './scale.ts';
import type { ScaleSizes } from './scale.ts';
import { benchSchedules } from './schedules.ts';
import { targetHeader, targetRows } from './figures/targets.ts';
import { benchTimeToConnected } from './timeToConnected.ts';

export interface BenchOptions {
  readonly runs: number;
  /** Where to write the figures as JSON as well. */
  readonly jsonPath: string | undefined;
  /** One section by its name; default: all. */
  readonly only: string | undefined;
  readonly scale: ScaleSizes;
}

/** Measures and prints; every figure comes from this run. */
export async function bench({ runs, jsonPath, only, scale }: BenchOptions): Promise<void> {
  const figures = new Figures();
  const sections: Readonly<Record<string, () => Promise<void> | void>> = {
    schedules: () => benchSchedules(),
    time: () => benchTimeToConnected(figures, runs),
    history: () => benchHistory(figures),
    load: () => benchLoad(figures),
    many: () => benchManyAtOnce(figures),
    memory: () => benchMemory(figures),
    scale: () => benchScale(figures, scale),
    // Longer than all others together.
    growth: () => benchGrowth(figures),
  };
  for (const [name, section] of Object.entries(sections)) {
    if (only === undefined ? name === 'growth' : only !== name) continue;
    const from = performance.now();
    await section();
    process.stderr.write(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s\n`);
  }
  printTable(
    'What must be kept, and what is aimed at',
    targetHeader,
    targetRows((key) => figures.of(key)),
  );
  if (jsonPath !== undefined) figures.write(jsonPath, only !== undefined);
}
