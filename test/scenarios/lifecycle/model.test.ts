import fc from 'fast-check';
import { startLife } from './life.ts';
import type { Life } from './life.ts';
import * as commands from './lifeCommands.ts';

/** A few hundred steps with the defaults; LIFECYCLE_RUNS asks for more. */
const RUNS = Number(process.env.LIFECYCLE_RUNS ?? 6);
const LONGEST_LIFE = 14;

test('whatever happens in whatever order, what is not ours is left alone, and what is ours comes right or says why', async () => {
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
