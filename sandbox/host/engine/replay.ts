import type { Decision } from './decision.ts';
import { FrameworkContext, UnknownFunctionError } from './frameworkContext.ts';
import type { Registrations } from './frameworkContext.ts';
import type { HistoryEvent } from './history.ts';
import { NonDeterministicError } from './nonDeterministic.ts';
import type { SdkAnswer } from './sdkAnswer.ts';
import { walk } from './walk.ts';

export interface Episode {
  readonly executionId: string;
  readonly functionName: string;
  /** The whole history, old and new events together. */
  readonly history: readonly HistoryEvent[];
  readonly answer: SdkAnswer;
  readonly registrations: Registrations;
}

export interface Outcome {
  readonly decisions: readonly Decision[];
  /** JSON text; undefined when the orchestrator set none. */
  readonly customStatus: string | undefined;
  readonly openTimers: readonly number[];
  readonly suspended: boolean;
  /** A function was called that is not registered: nothing of this episode may be stored. */
  readonly stuck?: string;
}

const LARGEST_CUSTOM_STATUS_BYTES = 16 * 1024;

/** Where the .NET host would show its own stack. */
const STACK = '   at Microsoft.Azure.WebJobs.Extensions.DurableTask.TaskOrchestrationShim';

/**
 * Replays one episode from the first event: the SDK's actions on the one side, the history on the other, by the rules of
 * DurableTask.Core. Pure; what it decides is what the history does not have yet.
 */
export function replay(episode: Episode): Outcome {
  const context = new FrameworkContext(episode.executionId, episode.registrations);
  const customStatus = jsonText(episode.answer.customStatus);
  const tooBig = customStatus === undefined ? undefined : sizeFault(customStatus);
  const run: Run = { episode, context, tooBig, finished: false };
  let stuck: string | undefined;
  try {
    for (const event of flattened(run)) processEvent(run, event);
    if (run.finished && !context.hasOpenTasks && !context.suspended) endWithAnswer(run);
  } catch (error) {
    if (error instanceof NonDeterministicError) context.end('Failed', error.message);
    else if (error instanceof UnknownFunctionError) stuck = error.message;
    else throw error;
    const termination = episode.history.find((event) => event.EventType === 3);
    if (stuck !== undefined && termination) {
      context.end('Terminated', termination.Input);
      stuck = undefined;
    }
  }
  return {
    decisions: context.decisions,
    customStatus: tooBig === undefined ? customStatus : undefined,
    openTimers: context.openTimers,
    suspended: context.suspended,
    ...(stuck !== undefined && { stuck }),
  };
}

interface Run {
  readonly episode: Episode;
  readonly context: FrameworkContext;
  readonly tooBig: string | undefined;
  /** Whether the whole list of actions is behind us and the orchestrator has ended. */
  finished: boolean;
}

/** While suspended, everything but resume and terminate waits, and comes in its order after the resume. */
function* flattened(run: Run): Generator<HistoryEvent> {
  let waiting: HistoryEvent[] = [];
  for (const event of run.episode.history) {
    const passes = event.EventType === 20 || event.EventType === 3;
    if (run.context.suspended && !passes) {
      waiting.push(event);
      continue;
    }
    yield event;
    if (event.EventType === 20) {
      yield* waiting;
      waiting = [];
    }
  }
}

function processEvent(run: Run, event: HistoryEvent): void {
  const { context, episode } = run;
  switch (event.EventType) {
    case 12:
      context.now = Date.parse(event.Timestamp);
      return;
    case 0:
      if (run.tooBig === undefined)
        walk(context, episode.answer.actions, () => (run.finished = hasEnded(run)));
      else run.finished = true;
      return;
    case 4:
    case 7:
    case 10:
      context.confirm(event);
      return;
    case 5:
    case 8:
      context.settle(event.TaskScheduledId, true, event.Result);
      return;
    case 6:
    case 9:
      context.settle(event.TaskScheduledId, false);
      return;
    case 11:
      context.settle(event.TimerId, true);
      return;
    case 15:
      context.raise({ name: event.Name, input: event.Input, raisedAt: event.Timestamp });
      return;
    case 3:
      context.end('Terminated', event.Input);
      return;
    case 19:
      context.suspend();
      return;
    case 20:
      context.resume();
      return;
    case 1:
    case 13:
      return;
  }
}

/** Neither done nor failed with a text: the instance waits, for ever after `throw 'text'`. */
function hasEnded({ episode }: Run): boolean {
  return episode.answer.isDone || (episode.answer.error ?? '') !== '';
}

function endWithAnswer({ episode, context, tooBig }: Run): void {
  const error = tooBig ?? episode.answer.error ?? '';
  if (error === '') {
    context.end('Completed', jsonText(episode.answer.output) ?? null);
    return;
  }
  const text = `Orchestrator function '${episode.functionName}' failed: ${error}`;
  context.end('Failed', text, `Message: ${error}, StackTrace: ${STACK}`);
}

function sizeFault(customStatus: string): string | undefined {
  const bytes = customStatus.length * 2;
  if (bytes <= LARGEST_CUSTOM_STATUS_BYTES) return undefined;
  return `The UTF-16 size of the JSON-serialized payload must not exceed 16 KB. The current payload size is ${Math.floor(bytes / 1024)} KB.`;
}

function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}
