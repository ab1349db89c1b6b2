import type { ConnectionResult } from '../../../src/domain/run/result.ts';
import { connect } from '../../../src/workflows/connect/connect.ts';
import type { Ending, IsUsed } from '../simulatedRun.ts';
import { simulate } from '../simulatedRun.ts';
import type { Situation } from '../simulatedWorld.ts';
import { World } from '../simulatedWorld.ts';

export interface ConnectEnding extends Ending<ConnectionResult> {
  /** The outcome, or the text of the failure. */
  readonly end: string;
  readonly activities: number;
  readonly world: World;
}

/** Runs the connect workflow against a simulated world, in which only what it writes is there. */
export function simulateConnect(situation: Situation, isUsed: IsUsed | null = null): ConnectEnding {
  const world = new World(situation);
  const ending = simulate(connect, { connection: world.connection, startedBy: 'a test' }, world, isUsed);
  const end = ending.output?.outcome ?? ending.failure ?? '';
  return { ...ending, end, activities: world.activities, world };
}
