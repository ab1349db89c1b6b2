import fc from 'fast-check';
import { runs } from '../../support/propertyRuns.ts';
import { startLife } from './life.ts';
import type { Life } from './life.ts';
import * as commands from './lifeCommands.ts';

/** Lives of up to fourteen steps; LIFECYCLE_RUNS sets another number. */
const RUNS = Number(process.env.LIFECYCLE_RUNS ?? runs(60));
const LONGEST_LIFE = 14;

test('any changes in any order: what is not owned is left alone, and what is owned is put right or reports why not', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands.all, { maxCommands: LONGEST_LIFE, size: '+1' }), async (steps) => {
      let life: Life | undefined;
      try {
        life = await startLife();
        const system = life;
        await fc.asyncModelRun(() => ({ model: {}, real: system }), steps);
        await system.settle();
        await system.check();
      } finally {
        await life?.stop();
      }
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
}, 3_600_000);
