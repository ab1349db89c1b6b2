import type { HostFaults } from '../../../sandbox/host/faults.ts';
import type { ConnectionBody, Rig } from '../../../sandbox/rig/rig.ts';

/** Where a host dies, counted in the commits of its life: before one is stored, or after it. */
export interface Death {
  readonly commit: number;
  readonly when: 'before' | 'after';
}

/** How many lives a run may take before it counts as stuck. */
const MOST_LIVES = 2000;

/**
 * Lets a run go on to its end over hosts that die, each where `deathOf` says; a life without a death is the last. Returns
 * what GET says then, and how many hosts it took.
 */
export async function finishOverDeaths(
  rig: Rig,
  id: string,
  deathOf: (life: number) => Death | null,
): Promise<{ readonly view: ConnectionBody; readonly lives: number }> {
  for (let life = 1; life <= MOST_LIVES; life++) {
    const death = deathOf(life);
    const isDead = await liveUntil(rig, id, death);
    if (!isDead) return { view: await rig.finish(id), lives: life };
  }
  throw new Error(`The run is not over after ${MOST_LIVES} hosts.`);
}

async function liveUntil(rig: Rig, id: string, death: Death | null): Promise<boolean> {
  const fate = { isDead: false };
  const die = (when: Death['when']) => (notice: { readonly number: number }) => {
    if (fate.isDead || death?.when !== when || death.commit !== notice.number) return;
    fate.isDead = true;
    rig.killHost();
  };
  const faults: HostFaults = { beforeCommit: die('before'), afterCommit: die('after') };
  await rig.restartHost({ faults, replayTwice: false });
  for (;;) {
    await rig.host.whenIdle();
    if (fate.isDead) return true;
    if (isOver(rig, id)) return false;
    if (!rig.clock.advance()) throw new Error('Nothing is left that the clock could bring about.');
  }
}

function isOver({ host }: Rig, id: string): boolean {
  const instance = host.instances().find(({ instanceId }) => instanceId === id);
  return instance !== undefined && !['Pending', 'Running'].includes(instance.runtimeStatus);
}
