import fc from 'fast-check';

/** The gate draws the same examples each time, so that it fails by a change and never by chance. */
const GATE_SEED = 20261128;
const DEFAULT_RUNS = 100;

const deepSeed = process.env.DEEP_SEED;

/** In the gate a tenth of the runs of a property; all of them in `npm run test:deep`. */
export function runs(all: number): number {
  return deepSeed === undefined ? Math.ceil(all / 10) : all;
}

fc.configureGlobal({
  seed: deepSeed === undefined ? GATE_SEED : Number(deepSeed),
  numRuns: runs(DEFAULT_RUNS),
});
