import type { InvocationContext } from '@azure/functions';
import type { OrchestrationContext, Task } from 'durable-functions';
import * as df from 'durable-functions';
import * as z from 'zod';
import { fail, failed, ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import { customStatus } from '../domain/run/customStatus.ts';
import { newRunStatus, withProblem } from '../domain/run/status.ts';
import type { RunEvent, RunStamp } from '../domain/run/telemetry.ts';
import { outcomeOf, telemetryLine } from '../domain/run/telemetry.ts';
import { runStartOf, decodeInput, encodeInput, isForged } from './input.ts';
import type { IsLong, Step } from './run.ts';
import { ContinueAsNew, isLongHistory, Run, RunFailed } from './run.ts';

/** Every activity takes one object and returns JSON-safe data. */
export type ActivityTable = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** Runs one attempt of an activity, for the run of this instance ID. */
export type AroundActivity = <T>(
  activity: string,
  input: unknown,
  instanceId: string,
  work: () => Promise<T>,
) => Promise<T>;

/**
 * Registers each entry under its property name. **The name is stored in the history of running instances: renaming an
 * activity breaks them.** An expected failure becomes data, because the host would store a thrown one with its stack.
 */
export function registerActivities(activities: ActivityTable, around: AroundActivity): void {
  for (const [name, activity] of Object.entries(activities)) {
    df.app.activity(name, {
      handler: async (input: unknown, context) => {
        try {
          // The compiler checks the input against the activity where the step is called (StepsOf).
          const { instanceId = '' } = runOf(context);
          return succeeded((await around(name, input, instanceId, () => activity(input as never))) ?? null);
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

/** Reads the instance ID, which the extension passes to an activity in the trigger's metadata. */
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
export function registerWorkflow<I, O extends object>(
  name: string,
  workflow: Workflow<I, O>,
  isLong: IsLong = isLongHistory,
): void {
  const log = new RunLog();
  df.app.orchestration(name, function* (context: OrchestrationContext): Generator<Task, O | null, unknown> {
    const input = decodeInput(context.df.getInput());
    const run = new Run(context, name, log, isLong);
    const { startedBy, beganAt: carriedStart } = runStartOf(input);
    const beganAt = carriedStart ?? run.now();
    if (carriedStart === undefined) {
      run.log({ event: 'run-started', ...(startedBy !== undefined && { startedBy }) });
    }
    const seconds = (): number => (run.now() - beganAt) / 1000;
    try {
      if (isForged(input, context.df)) throw unreadable(run, 'the input of a start holds the state of a run');
      const output = yield* workflow.run(run, parsed(workflow, run, input));
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

/** Parses the stored input. Input of another form ends the run with a failure that says where it differs. */
function parsed<I, O extends object>(workflow: Workflow<I, O>, run: Run, input: unknown): I {
  try {
    return workflow.parse(input);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const places = error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw unreadable(run, places.slice(0, MOST_PLACES).join('; '));
  }
}

function unreadable(run: Run, detail: string): RunFailed {
  const { failure } = fail('run-state-unreadable', detail);
  run.setStatus(customStatus(withProblem(newRunStatus([]), failure)));
  return new RunFailed(failure, null);
}

const MOST_PLACES = 5;

/** Any other error is a bug in this app. The host writes its text with its other exceptions. */
function reasonOf(error: unknown): Partial<Extract<RunEvent, { event: 'run-ended' }>> {
  if (!(error instanceof RunFailed)) return { code: 'internal-error', source: 'app' };
  const { kind, code, source, message, requestId } = error.failure;
  return {
    ...{ kind, code, source, message },
    ...(requestId !== undefined && { requestId }),
    ...(error.phase !== null && { phase: error.phase }),
  };
}

/** More lines than all runs of a process write between two executions of one episode. */
const MOST_REMEMBERED = 1000;

/**
 * Writes the events of runs to the log when they happen, not when they are replayed.
 *
 * The workflow itself writes them: an activity would cost two executions a phase, and after the end of a run there is no
 * activity. `isReplaying` is reliable since durable-functions 3.5, which finds the start of the current episode by the last
 * OrchestratorStarted of the history (test/replay checks this on recorded histories). Earlier versions used the flag of the
 * last event, which was wrong for compound tasks.
 *
 * A host may run an episode again if it could not store the result. In the same process the line is then known and skipped.
 * After a crash it is written a second time, with identical text, since its time is the run's. So no event is lost, and a
 * duplicate line can be distinguished from an event that happened twice.
 */
export class RunLog {
  readonly #written = new Set<string>();

  write(context: OrchestrationContext, event: RunEvent & RunStamp): void {
    if (context.df.isReplaying) return;
    const line = telemetryLine(event);
    if (this.#written.has(line)) return;
    this.#remember(line);
    if (event.event === 'run-ended' && event.outcome === 'failed') context.error(line);
    else context.log(line);
  }

  #remember(line: string): void {
    this.#written.add(line);
    const [oldest] = this.#written;
    if (this.#written.size > MOST_REMEMBERED && oldest !== undefined) this.#written.delete(oldest);
  }
}
