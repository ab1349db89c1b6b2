import * as df from 'durable-functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import { ProvisioningError } from '../domain/failure.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import { Renewal, Run } from './run.ts';
import type { Step } from './run.ts';

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
          context.warn('step failed', { activity: name, ...error.failure });
          return failed(error.failure);
        }
      },
    });
  }
}

export interface Workflow<I, O extends object> {
  /** Parses the stored input; throws on one that this version does not understand. */
  readonly parse: (input: unknown) => I;
  readonly run: (run: Run, input: I) => Step<O>;
}

/** Registers a workflow under its durable name, which is stored in the history too. */
export function registerWorkflow<I, O extends object>(name: string, workflow: Workflow<I, O>): void {
  df.app.orchestration(name, function* (context: OrchestrationContext): Generator<Task, O | null, unknown> {
    try {
      return yield* workflow.run(new Run(context), workflow.parse(context.df.getInput()));
    } catch (error) {
      if (!(error instanceof Renewal)) throw error;
      context.df.continueAsNew(error.input);
      return null;
    }
  });
}
