import type { Commit } from '../host/hub/records.ts';
import type { HostLogLine } from '../host/log.ts';
import type { VirtualClock } from '../kernel/clock.ts';
import type { Exchange } from '../kernel/traffic.ts';
import type { Sandbox } from '../sandbox.ts';
import type { ConnectionBody } from './connectionBody.ts';
import type { DeploymentOptions, RunningDeployment } from './deployment.ts';

interface Parts {
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly first: RunningDeployment;
  readonly options: DeploymentOptions & { readonly timings?: object | undefined };
}

/** All that a run leaves. */
interface Left {
  readonly at: number;
  readonly world: ReturnType<typeof worldOf>;
  readonly commits: readonly Commit[];
  readonly logged: readonly HostLogLine[];
  readonly exchanges: readonly Exchange[];
  readonly view: ConnectionBody;
}

/** The connect runs of this test file, by all that they depend on. */
const earlier = new Map<string, Left>();

/**
 * Connects, in the rig of these parts. In virtual time an equal request in an equal world ends in an equal world: where nothing but such runs has
 * happened in a rig, what an earlier run of the test file left is taken over, since a run costs half a second. `npm run test:deep` runs each.
 */
export function connector(parts: Parts): (request: object) => Promise<ConnectionBody> {
  const { clock, sandbox, first, options } = parts;
  const run = async (request: object): Promise<ConnectionBody> => first.finish(await first.post(request));
  // To replay each episode twice changes nothing.
  const isUsualHost = Object.keys(options.host ?? {}).every((name) => name === 'replayTwice');
  const isUsual = isUsualHost && !options.timeLimits && !options.timings;
  if (process.env.DEEP_SEED !== undefined || !isUsual) return run;
  let current = first.host;
  let exchanges = 0;
  return async (request) => {
    const isUntouched = first.host === current && sandbox.traffic.all().length === exchanges;
    if (!isUntouched || !sandbox.faults.isEmpty) return run(request);
    const { commits } = first.journal;
    const viewpoint = sandbox.privateNetwork.control.chosen();
    const situation = JSON.stringify([
      ...[request, options.settings, clock.now()],
      ...[worldOf(sandbox), viewpoint, commits],
    ]);
    const known = earlier.get(situation);
    const view = known ? await takeOver(parts, structuredClone(known)) : await run(request);
    if (!known) earlier.set(situation, leftBy(parts, view));
    current = first.host;
    exchanges = sandbox.traffic.all().length;
    return view;
  };
}

function leftBy({ clock, sandbox, first }: Parts, view: ConnectionBody): Left {
  const left = {
    ...{ at: clock.now(), world: worldOf(sandbox), view },
    ...{ commits: first.journal.commits, logged: first.logged, exchanges: sandbox.traffic.all() },
  };
  return structuredClone(left);
}

async function takeOver({ clock, sandbox, first }: Parts, left: Left): Promise<ConnectionBody> {
  first.killHost();
  clock.advanceTo(left.at);
  sandbox.azure.control.restore(left.world.azure);
  sandbox.zilliz.control.restore(left.world.zilliz);
  sandbox.keyVault.control.restore(left.world.keyVault);
  first.journal.replace(left.commits);
  await first.restartHost();
  first.logged.splice(0, first.logged.length, ...left.logged);
  for (const exchange of left.exchanges.slice(sandbox.traffic.all().length)) sandbox.traffic.record(exchange);
  return left.view;
}

function worldOf({ azure, zilliz, keyVault }: Sandbox) {
  return {
    azure: azure.control.snapshot(),
    zilliz: zilliz.control.snapshot(),
    keyVault: keyVault.control.snapshot(),
  };
}
