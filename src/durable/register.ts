import * as df from 'durable-functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import type { InvocationContext } from '@azure/functions';
import { ProvisioningError } from '../domain/failure.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import { outcomeOf, telemetryLine } from '../domain/telemetry.ts';
import type { RunEvent } from '../domain/telemetry.ts';
import { Renewal, Run, RunFailed } from './run.ts';
import type { Step } from './run.ts';
import { beginningOf } from './runInput.ts';
import { RunLog } from './runLog.ts';
import { inputAsGiven, storedInput } from './storedInput.ts';

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
    const input = inputAsGiven(context.df.getInput());
    const run = new Run(context, name, log);
    const { startedBy, beganAt: renewedFrom } = beginningOf(input);
    const beganAt = renewedFrom ?? run.now();
    if (renewedFrom === undefined) {
      run.tell({ event: 'run-started', ...(startedBy !== undefined && { startedBy }) });
    }
    const seconds = (): number => (run.now() - beganAt) / 1000;
    try {
      const output = yield* workflow.run(run, workflow.parse(input));
      run.tell({ event: 'run-ended', outcome: outcomeOf(output), seconds: seconds() });
      return output;
    } catch (error) {
      if (error instanceof Renewal) {
        context.df.continueAsNew(storedInput({ ...error.input, beganAt }));
        return null;
      }
      run.tell({ event: 'run-ended', outcome: 'failed', seconds: seconds(), ...reasonOf(error) });
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
