import type { OrchestrationContext, Task } from 'durable-functions';
import type { Failure } from '../domain/failure/failure.ts';
import { failed } from '../domain/failure/failure.ts';
import type { RunEvent } from '../domain/run/telemetry.ts';
import type { RunLog } from './register.ts';

/** One awaited thing inside a workflow. Consumed by `yield*`, which, unlike `yield`, keeps the type of its result. */
export type Step<T> = Generator<Task, T, unknown>;

/** Timers lose up to a second on the real host, and one under two seconds may not wait at all. */
const TIMER_SLACK_SECONDS = 1;
const SHORTEST_TIMER_SECONDS = 2;

/** What each step of a kind adds to the history: scheduled, completed, and the start and end of the episode between. */
const EVENTS_PER_STEP = 4;
/** From here on a run renews itself; ten steps side by side and a pause keep it below the 200 events of the design. */
const CONTINUE_AS_NEW_AT_EVENTS = 145;

/** The one clock, timer and ledger of a workflow's run: nothing else in a workflow touches the orchestration context. */
export class Run {
  readonly #context: OrchestrationContext;
  readonly #workflow: string;
  readonly #log: RunLog;
  #events = 0;

  constructor(context: OrchestrationContext, workflow: string, log: RunLog) {
    this.#context = context;
    this.#workflow = workflow;
    this.#log = log;
  }

  get instanceId(): string {
    return this.#context.df.instanceId;
  }

  /** Milliseconds since the epoch, the same on every replay. May be a second before a timer's wanted time. */
  now(): number {
    return this.#context.df.currentUtcDateTime.getTime();
  }

  *sleep(seconds: number): Step<void> {
    const wait = Math.max(SHORTEST_TIMER_SECONDS, seconds + TIMER_SLACK_SECONDS);
    this.#events += EVENTS_PER_STEP;
    yield this.#context.df.createTimer(new Date(this.now() + wait * 1000));
  }

  /** A hint that may come from outside at any moment. Once per run and name: two waiters would take each other's events. */
  wakeUp(name: string): WakeUp {
    return new WakeUp(this.#context.df.waitForExternalEvent(name));
  }

  /** Sleeps until the time has passed or the hint is there, whichever comes first. */
  *sleepUntilWoken(hint: WakeUp, seconds: number): Step<void> {
    // A compound made with a waiter that is complete would not settle by it.
    if (hint.isRaised) return;
    const wait = Math.max(SHORTEST_TIMER_SECONDS, seconds + TIMER_SLACK_SECONDS);
    this.#events += EVENTS_PER_STEP + 1;
    const timer = this.#context.df.createTimer(new Date(this.now() + wait * 1000));
    yield this.#context.df.Task.any([timer, hint.task]);
    // An open timer would keep the run from ending.
    if (!timer.isCompleted) timer.cancel();
  }

  /** Answers what the activity answered, or a failure of its own where the host could not bring it to its end. */
  *call(activity: string, input: object): Step<unknown> {
    this.#events += EVENTS_PER_STEP;
    return yield* outcomeOfTask(this.#context.df.callActivity(activity, input), activity);
  }

  /** Plain activities side by side; never more than a handful, never inside another compound. */
  *callAll(activity: string, inputs: readonly object[]): Step<readonly unknown[]> {
    this.#events += EVENTS_PER_STEP * inputs.length;
    const tasks = inputs.map((input) => this.#context.df.callActivity(activity, input));
    try {
      return (yield this.#context.df.Task.all(tasks)) as readonly unknown[];
    } catch {
      // The compound ends with the first that fails; what the others answer is still to come.
      const answers: unknown[] = [];
      for (const task of tasks) answers.push(yield* outcomeOfTask(task, activity));
      return answers;
    }
  }

  /** Says something to whoever watches the app, once however often the run is replayed. */
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

  /** Whether the history has grown so long that the run should start over at its top, with what it knows as input. */
  isLong(): boolean {
    return this.#events >= CONTINUE_AS_NEW_AT_EVENTS;
  }
}

/**
 * Activities answer their failures. One that throws was interrupted: its worker died or took too long, or the software failed.
 * What the host says of it holds stacks and paths, which are for the log and not for the history of the run.
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
 * The one waiter of a run for an external event. It is looked at before each wait, after it, and before the run renews
 * itself, so that no event is lost to a waiter at which nobody looks. Having come once it stays: only a renewed run, with a
 * waiter of its own, can hear the next one.
 */
export class WakeUp {
  readonly task: Task;

  constructor(task: Task) {
    this.task = task;
  }

  /** Known once a wait has begun: an event of the time before is handed over then. */
  get isRaised(): boolean {
    return this.task.isCompleted;
  }
}

/** Thrown by a workflow to start over with a fresh history. Only where no task is open. */
export class ContinueAsNew extends Error {
  readonly input: object;

  constructor(input: object) {
    super('The run renews itself.');
    this.name = 'Renewal';
    this.input = input;
  }
}

/** The end of a run by a failure that was expected. The host keeps its text only; the rest is for those who watch. */
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
