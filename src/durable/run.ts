import type { OrchestrationContext, Task } from 'durable-functions';
import * as z from 'zod';
import type { Failure } from '../domain/failure/failure.ts';
import { failed } from '../domain/failure/failure.ts';
import type { RunEvent } from '../domain/run/telemetry.ts';
import type { RunLog } from './register.ts';

/** One awaited operation of a workflow. Used with `yield*`, which, unlike `yield`, keeps the type of its result. */
export type Step<T> = Generator<Task, T, unknown>;

/** On the real host a timer may fire up to a second early, and one under two seconds may not wait at all. */
const TIMER_SLACK_SECONDS = 1;
const SHORTEST_TIMER_SECONDS = 2;

/** The events that a step adds to the history: scheduled, completed, and the start and end of the episode between. */
const EVENTS_PER_STEP = 4;
/** From this number on a run continues as new. Ten parallel steps and a pause then keep it below the limit of 200 events. */
const CONTINUE_AS_NEW_AT_EVENTS = 145;
/** With more clusters than this, a run that continues as new reads much again: its history may be longer, below 1,000 events. */
const FEW_CLUSTERS = 10;
const CONTINUE_WITH_MANY_AT_EVENTS = 600;

/** One attempt of an activity, and what becomes of its result. */
export interface Attempt {
  readonly activity: string;
  readonly input: object;
  /** Takes the result of the activity, or the failure to complete it. */
  readonly settle: (result: unknown) => void;
}

/** Decides by the number of events in the history, and of clusters in the run, whether it continues as new. */
export type IsLong = (events: number, clusters: number) => boolean;

export const isLongHistory: IsLong = (events, clusters) =>
  events >= (clusters <= FEW_CLUSTERS ? CONTINUE_AS_NEW_AT_EVENTS : CONTINUE_WITH_MANY_AT_EVENTS);

/** The only access of a workflow to the orchestration context: its clock, timers, activities, status and log. */
export class Run {
  readonly #context: OrchestrationContext;
  readonly #workflow: string;
  readonly #log: RunLog;
  readonly #isLong: IsLong;
  #events = 0;
  #clusters = 0;

  constructor(context: OrchestrationContext, workflow: string, log: RunLog, isLong: IsLong = isLongHistory) {
    this.#context = context;
    this.#workflow = workflow;
    this.#log = log;
    this.#isLong = isLong;
  }

  get instanceId(): string {
    return this.#context.df.instanceId;
  }

  /** Returns milliseconds since the epoch, the same on every replay. May be a second before a timer's requested time. */
  now(): number {
    return this.#context.df.currentUtcDateTime.getTime();
  }

  *sleep(seconds: number): Step<void> {
    const wait = Math.max(SHORTEST_TIMER_SECONDS, seconds + TIMER_SLACK_SECONDS);
    this.#events += EVENTS_PER_STEP;
    yield this.#context.df.createTimer(new Date(this.now() + wait * 1000));
  }

  /** Waits for an external event that may come at any time. Once per run and name: two waiters would take each other's events. */
  wakeUp(name: string): WakeUp {
    return new WakeUp(this.#context.df.waitForExternalEvent(name));
  }

  /** Waits until the event has come, however long. */
  *wait(event: WakeUp): Step<void> {
    yield event.task;
  }

  /** Sleeps until the time has passed or the event has come. */
  *sleepUntilWoken(event: WakeUp, seconds: number): Step<void> {
    // A compound task created with a completed waiter would not complete by it.
    if (event.isRaised) return;
    const wait = Math.max(SHORTEST_TIMER_SECONDS, seconds + TIMER_SLACK_SECONDS);
    this.#events += EVENTS_PER_STEP + 1;
    const timer = this.#context.df.createTimer(new Date(this.now() + wait * 1000));
    yield this.#context.df.Task.any([timer, event.task]);
    // An open timer would keep the run from ending.
    if (!timer.isCompleted) timer.cancel();
  }

  /** Returns the result of the activity, or a failure of its own if the host could not complete it. */
  *call(activity: string, input: object): Step<unknown> {
    this.#events += EVENTS_PER_STEP;
    return yield* outcomeOfTask(this.#context.df.callActivity(activity, input), activity);
  }

  /** Runs plain activities in parallel, each once. Only a few at a time, and never inside another compound task. */
  *together(attempts: readonly Attempt[]): Step<void> {
    this.#events += EVENTS_PER_STEP * attempts.length;
    const tasks = attempts.map(({ activity, input }) => this.#context.df.callActivity(activity, input));
    const results = yield* this.#resultsOf(tasks, attempts);
    for (const [index, { settle }] of attempts.entries()) settle(results[index]);
  }

  *#resultsOf(tasks: readonly Task[], attempts: readonly Attempt[]): Step<readonly unknown[]> {
    try {
      return z.array(z.unknown()).parse(yield this.#context.df.Task.all([...tasks]));
    } catch {
      // The compound task ends with the first failure; the results of the others are still to come.
      const outcomes: unknown[] = [];
      for (const [index, task] of tasks.entries()) {
        outcomes.push(yield* outcomeOfTask(task, attempts[index]?.activity ?? ''));
      }
      return outcomes;
    }
  }

  /** Writes an event to the log, once regardless of replays. */
  log(event: RunEvent): void {
    const at = new Date(this.now()).toISOString();
    this.#log.write(this.#context, {
      ...event,
      ...{ instanceId: this.instanceId, workflow: this.#workflow, at },
    });
  }

  setStatus(status: object): void {
    this.#context.df.setCustomStatus(status);
  }

  /** Notes how many clusters the run works on. */
  noteClusters(clusters: number): void {
    this.#clusters = clusters;
  }

  /** Whether the history is so long that the run should continue as new. */
  isLong(): boolean {
    return this.#isLong(this.#events, this.#clusters);
  }
}

/**
 * Activities return their failures. One that throws was interrupted: its worker died or took too long, or the software failed.
 * The host's text of it holds stacks and paths, which belong in the log and not in the history of the run.
 */
function* outcomeOfTask(task: Task, activity: string): Step<unknown> {
  try {
    return yield task;
  } catch {
    const message = `the step ${activity} did not come to its end`;
    return failed({ kind: 'transient', code: 'step-interrupted', source: 'app', message });
  }
}

/**
 * The only waiter of a run for an external event. It is checked before each wait, after it, and before the run continues as
 * new, so that no event is lost. It completes once: only the next execution, with a waiter of its own, receives the next
 * event.
 */
export class WakeUp {
  readonly task: Task;

  constructor(task: Task) {
    this.task = task;
  }

  /** Reliable after a wait has begun: earlier events are delivered then. */
  get isRaised(): boolean {
    return this.task.isCompleted;
  }
}

/** Thrown by a workflow to continue as new. Only when no task is open. */
export class ContinueAsNew extends Error {
  readonly input: object;

  constructor(input: object) {
    super('The run continues as new.');
    this.name = 'ContinueAsNew';
    this.input = input;
  }
}

/** Ends a run with an expected failure. The host keeps only the text; the other fields are for the log. */
export class RunFailed extends Error {
  readonly failure: Failure;
  readonly phase: string | null;

  constructor(failure: Failure, phase: string | null) {
    super(`${failure.code}: ${failure.message}`);
    this.name = 'RunFailed';
    this.failure = failure;
    this.phase = phase;
  }
}
