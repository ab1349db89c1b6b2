import type { OrchestrationContext } from 'durable-functions';
import type { RunStatus } from '../../src/domain/run/status.ts';
import type { Workflow } from '../../src/durable/register.ts';
import { RunLog } from '../../src/durable/register.ts';
import type { IsLong } from '../../src/durable/run.ts';
import { ContinueAsNew, isLongHistory, Run, RunFailed } from '../../src/durable/run.ts';

/** What a run calls. It returns at once; time passes in timers and, half a second each, in activities. */
export interface Activities {
  outcome(name: string, input: never): unknown;
  seconds: number;
}

export interface Ending<O> {
  readonly output: O | null;
  /** The text of the failure, or why the run was stopped. */
  readonly failure: string | null;
  readonly code: string | null;
  readonly seconds: number;
  readonly passes: number;
  /** Of the longest pass; each step counts with the four that it has on the real host. */
  readonly mostEvents: number;
  /** Of the largest state that was carried through continue as new, as JSON. */
  readonly mostStateBytes: number;
  /** How often the run could have continued as new. */
  readonly places: number;
  /** All custom statuses, the last one at the end. */
  readonly statuses: readonly RunStatus[];
}

export const ENDLESS = 'goes on and on';
const MOST_STEPS = 20_000;
const START = Date.UTC(2026, 0, 5);

type Task =
  | { readonly kind: 'timer'; readonly at: number; isCompleted: boolean; readonly cancel: () => void }
  | { readonly kind: 'event'; readonly isCompleted: boolean }
  | { readonly kind: 'activity'; readonly name: string; readonly input: never }
  | { readonly kind: 'all'; readonly tasks: readonly Task[] }
  | { readonly kind: 'any'; readonly tasks: readonly Task[] };

/** Which of the places where a run could continue as new it uses, counted over the whole run from 0. */
export type IsUsed = (place: number) => boolean;

/** Runs a workflow itself in one process, pass by pass as it continues as new. */
export function simulate<I, O extends object>(
  workflow: Workflow<I, O>,
  first: object,
  world: Activities,
  isUsed: IsUsed | null = null,
): Ending<O> {
  let input = first;
  let [mostEvents, mostStateBytes, places, steps, passes, events] = [0, 0, 0, 0, 0, 0];
  const statuses: RunStatus[] = [];
  const isLong: IsLong = (count) => {
    places += 1;
    return isUsed === null ? isLongHistory(count, 0) : isUsed(places - 1);
  };
  const ending = (end: Partial<Pick<Ending<O>, 'output' | 'failure' | 'code'>>): Ending<O> => ({
    ...{ output: null, failure: null, code: null, ...end },
    ...{ seconds: world.seconds, passes, mostEvents: Math.max(mostEvents, events) },
    ...{ mostStateBytes, places, statuses },
  });
  for (;;) {
    passes += 1;
    events = 0;
    const run = new Run(contextOf(world, statuses), 'run', new RunLog(), isLong);
    try {
      const generator = workflow.run(run, workflow.parse(structuredClone(input)));
      for (let next = generator.next(); ;) {
        if (next.done === true) return ending({ output: next.value });
        // The run yields what the context below has made.
        const task = next.value as unknown as Task;
        const size = task.kind === 'all' ? task.tasks.length : 1;
        events += 4 * size;
        steps += size;
        if (steps > MOST_STEPS) return ending({ failure: ENDLESS });
        next = generator.next(answer(world, task));
      }
    } catch (error) {
      if (error instanceof RunFailed) return ending({ failure: error.message, code: error.failure.code });
      if (!(error instanceof ContinueAsNew)) throw error;
      mostEvents = Math.max(mostEvents, events);
      const json = JSON.stringify(error.input);
      mostStateBytes = Math.max(mostStateBytes, Buffer.byteLength(json));
      input = JSON.parse(json) as object;
    }
  }
}

function answer(world: Activities, task: Task): unknown {
  switch (task.kind) {
    case 'timer':
      world.seconds = Math.max(world.seconds, (task.at - START) / 1000);
      task.isCompleted = true;
      return undefined;
    case 'any':
      for (const one of task.tasks) if (one.kind === 'timer') answer(world, one);
      return undefined;
    case 'activity':
      world.seconds += 0.5;
      return structuredClone(world.outcome(task.name, task.input));
    case 'all':
      world.seconds += 0.5;
      // Activities that run together end in any order: here the last one is first.
      return task.tasks
        .toReversed()
        .map((one) =>
          one.kind === 'activity' ? structuredClone(world.outcome(one.name, one.input)) : undefined,
        )
        .toReversed();
    case 'event':
      throw new Error('A run waits for an event only together with a timer.');
  }
}

function contextOf(world: Activities, statuses: RunStatus[]): OrchestrationContext {
  const df = {
    ...{ instanceId: 'simulated', isReplaying: true },
    get currentUtcDateTime() {
      return new Date(START + world.seconds * 1000);
    },
    createTimer: (at: Date): Task => ({
      ...{ kind: 'timer', at: at.getTime(), isCompleted: false },
      cancel: () => undefined,
    }),
    callActivity: (name: string, input: never): Task => ({ kind: 'activity', name, input }),
    waitForExternalEvent: (): Task => ({ kind: 'event', isCompleted: false }),
    Task: {
      all: (tasks: readonly Task[]): Task => ({ kind: 'all', tasks }),
      any: (tasks: readonly Task[]): Task => ({ kind: 'any', tasks }),
    },
    setCustomStatus: (status: RunStatus) => statuses.push(structuredClone(status)),
  };
  // The part of the SDK's context that a run touches.
  return { df } as unknown as OrchestrationContext;
}
