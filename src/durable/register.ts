import type { InvocationContext } from '@azure/functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import * as df from 'durable-functions';
import { failed, ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import type { RunEvent, RunStamp } from '../domain/run/telemetry.ts';
import { outcomeOf, telemetryLine } from '../domain/run/telemetry.ts';
import { runStartOf, decodeInput, encodeInput } from './input.ts';
import type { Step } from './run.ts';
import { ContinueAsNew, Run, RunFailed } from './run.ts';

/** Every activity takes one object and answers JSON-safe data. */
export type ActivityTable = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/**
 * Registers each entry under its property name. **The name is stored in the history of running instances: renaming an
 * activity breaks them.** An expected failure becomes data, because the host would store a thrown one with its stack.
 */
export function registerActivities(activities: ActivityTable): void {
  for (const [name, activity] of Object.entries(activities)) {
    df.app.activity(name, {
      handler: async (input: unknown, context) => {
        try {
          // The compiler has checked input against activity where the step was written (StepsOf).
          return succeeded((await activity(input as never)) ?? null);
        } catch (error) {
          if (!(error instanceof ProvisioningError)) throw error;
          context.warn(
            telemetryLine({ event: 'step-failed', activity: name, ...runOf(context), ...error.failure }),
          );
          return failed(error.failure);
        }
      },
    });
  }
}

/** The extension tells an activity for whom it runs among the trigger's metadata. */
function runOf({ triggerMetadata }: InvocationContext): { readonly instanceId?: string } {
  const instanceId = triggerMetadata?.instanceId;
  return typeof instanceId === 'string' ? { instanceId } : {};
}

export interface Workflow<I, O extends object> {
  /** Parses the stored input; throws on one that this version does not understand. */
  readonly parse: (input: unknown) => I;
  readonly run: (run: Run, input: I) => Step<O>;
}

/** Registers a workflow under its durable name, which is stored in the history too. */
export function registerWorkflow<I, O extends object>(name: string, workflow: Workflow<I, O>): void {
  const log = new RunLog();
  df.app.orchestration(name, function* (context: OrchestrationContext): Generator<Task, O | null, unknown> {
    const input = decodeInput(context.df.getInput());
    const run = new Run(context, name, log);
    const { startedBy, beganAt: renewedFrom } = runStartOf(input);
    const beganAt = renewedFrom ?? run.now();
    if (renewedFrom === undefined) {
      run.log({ event: 'run-started', ...(startedBy !== undefined && { startedBy }) });
    }
    const seconds = (): number => (run.now() - beganAt) / 1000;
    try {
      const output = yield* workflow.run(run, workflow.parse(input));
      run.log({ event: 'run-ended', outcome: outcomeOf(output), seconds: seconds() });
      return output;
    } catch (error) {
      if (error instanceof ContinueAsNew) {
        context.df.continueAsNew(encodeInput({ ...error.input, beganAt }));
        return null;
      }
      run.log({ event: 'run-ended', outcome: 'failed', seconds: seconds(), ...reasonOf(error) });
      throw error;
    }
  });
}

/** What is no expected failure is a bug of ours; its text goes where the host writes exceptions. */
function reasonOf(error: unknown): Partial<Extract<RunEvent, { event: 'run-ended' }>> {
  if (!(error instanceof RunFailed)) return { code: 'internal-error', source: 'app' };
  const { kind, code, source, message, requestId } = error.failure;
  return {
    ...{ kind, code, source, message },
    ...(requestId !== undefined && { requestId }),
    ...(error.phase !== null && { phase: error.phase }),
  };
}

/** More than all runs of a process say between two tries at one episode. */
const MOST_REMEMBERED = 1000;

/**
 * What runs say to whoever watches, said where it happens and not when it is replayed.
 *
 * It is said by the workflow itself: an activity for it would cost two executions a phase, and at the end of a run there is
 * no further activity that could carry it. `isReplaying` can be relied on since durable-functions 3.5, which tells by
 * the last OrchestratorStarted of the history what is new in an episode (test/replay checks that on recorded
 * histories); before, it took the flag of the last event and erred with compounds.
 *
 * A host may run the same episode again, when it could not store it. In the same process the line is then known; after a
 * crash it comes a second time, the same to the letter since its time is the run's. So nothing is lost, and what is there
 * twice can be told from what happened twice.
 */
export class RunLog {
  readonly #said = new Set<string>();

  write(context: OrchestrationContext, event: RunEvent & RunStamp): void {
    if (context.df.isReplaying) return;
    const line = telemetryLine(event);
    if (this.#said.has(line)) return;
    this.#remember(line);
    if (event.event === 'run-ended' && event.outcome === 'failed') context.error(line);
    else context.log(line);
  }

  #remember(line: string): void {
    this.#said.add(line);
    const [oldest] = this.#said;
    if (this.#said.size > MOST_REMEMBERED && oldest !== undefined) this.#said.delete(oldest);
  }
}
