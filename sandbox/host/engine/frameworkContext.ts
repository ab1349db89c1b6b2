import type { Decision, ExternalEvent } from './decision.ts';
import { isoTime } from './history.ts';
import type { ChildCreated, TaskScheduled, TimerCreated } from './history.ts';
import { confirm } from './nonDeterministic.ts';
import { OpenTask } from './openTask.ts';

/** An activity or a child was called that the app does not register: the real host then leaves the instance Running. */
export class UnknownFunctionError extends Error {
  override readonly name = 'UnknownFunctionError';
}

export interface Registrations {
  isActivity(name: string): boolean;
  isOrchestration(name: string): boolean;
}

/** After DurableTask.Core's TaskOrchestrationContext: numbers the actions of one replay and settles their tasks. */
export class FrameworkContext {
  readonly #executionId: string;
  readonly #registrations: Registrations;
  #nextId = 0;
  #now = 0;
  #decisions = new Map<number, Decision>();
  #held: Map<number, Decision> | undefined;
  readonly #open = new Map<number, OpenTask>();
  readonly #openTimers = new Set<number>();
  readonly #waiters = new Map<string, OpenTask[]>();
  readonly #buffered: ExternalEvent[] = [];
  #renewal: { input: string | null; carriedOver: ExternalEvent[] } | undefined;
  #ended = false;

  constructor(executionId: string, registrations: Registrations) {
    this.#executionId = executionId;
    this.#registrations = registrations;
  }

  /** Milliseconds: the time of the last OrchestratorStarted. */
  get now(): number {
    return this.#now;
  }

  set now(at: number) {
    this.#now = at;
  }

  get hasOpenTasks(): boolean {
    return this.#open.size > 0;
  }

  get ended(): boolean {
    return this.#ended;
  }

  get suspended(): boolean {
    return this.#held !== undefined;
  }

  /** Timers that may still fire; a cancelled one is not among them. */
  get openTimers(): readonly number[] {
    return [...this.#openTimers];
  }

  /** What the history does not confirm, in the order of the numbers. */
  get decisions(): readonly Decision[] {
    return [...this.#decisions.values()].toSorted((a, b) => a.id - b.id);
  }

  callActivity(name: string, input: unknown): OpenTask {
    if (!this.#registrations.isActivity(name)) {
      throw new UnknownFunctionError(
        `The function '${name}' doesn't exist, is disabled, or is not an activity function.`,
      );
    }
    return this.#decide((id) => ({ kind: 'activity', id, name, input }));
  }

  /** Without an ID the child is named after its parent's execution and its number. */
  callChild(name: string, instanceId: string | undefined, input: unknown): OpenTask {
    if (!this.#registrations.isOrchestration(name)) {
      throw new UnknownFunctionError(
        `The function '${name}' doesn't exist, is disabled, or is not an orchestrator function.`,
      );
    }
    return this.#decide((id) => ({
      kind: 'child',
      id,
      name,
      instanceId: instanceId ?? `${this.#executionId}:${id}`,
      input: input === undefined ? null : JSON.stringify(input),
    }));
  }

  /** A cancelled timer is made all the same, with its number, and ends at once. */
  createTimer(fireAt: number, cancelled = false): OpenTask {
    const id = this.#nextId;
    const task = this.#decide(() => ({ kind: 'timer', id, fireAt: isoTime(fireAt) }));
    if (cancelled) {
      this.#open.delete(id);
      task.settle(false);
    } else {
      this.#openTimers.add(id);
      task.whenSettled(() => {
        this.#openTimers.delete(id);
      });
    }
    return task;
  }

  /** Takes no number. An event that came earlier is taken at once. */
  waitForEvent(name: string): OpenTask {
    const key = name.toLowerCase();
    const task = new OpenTask();
    const index = this.#buffered.findIndex((event) => event.name.toLowerCase() === key);
    if (index !== -1) {
      this.#buffered.splice(index, 1);
      task.settle(true);
      return task;
    }
    this.#waiters.set(key, [...(this.#waiters.get(key) ?? []), task]);
    return task;
  }

  continueAsNew(input: unknown): void {
    this.#renewal = { input: input === undefined ? null : JSON.stringify(input), carriedOver: [] };
  }

  /** The last waiter for the name gets the event. */
  raise(event: ExternalEvent): void {
    if (this.#renewal) {
      this.#renewal.carriedOver.push(event);
      return;
    }
    const waiters = this.#waiters.get(event.name.toLowerCase());
    const waiter = waiters?.pop();
    if (waiter) waiter.settle(true);
    else this.#buffered.push(event);
  }

  /** Throws a NonDeterministicError when the history does not fit. */
  confirm(event: TaskScheduled | TimerCreated | ChildCreated): void {
    confirm(event, this.#decisions.get(event.EventId));
    this.#decisions.delete(event.EventId);
  }

  /** A second message about the same task finds nothing open and does nothing. */
  settle(id: number, succeeded: boolean, result: string | null = null): void {
    const task = this.#open.get(id);
    this.#open.delete(id);
    task?.settle(succeeded, result);
  }

  /** Holds back what has been decided until `resume`. */
  suspend(): void {
    if (this.#held) return;
    this.#held = this.#decisions;
    this.#decisions = new Map();
  }

  resume(): void {
    for (const [id, decision] of this.#held ?? []) this.#decisions.set(id, decision);
    this.#held = undefined;
  }

  end(status: 'Completed' | 'Failed' | 'Terminated', result: string | null, details = ''): void {
    if (this.#ended) return;
    this.#ended = true;
    const id = this.#nextId++;
    const decision: Decision =
      this.#renewal && status === 'Completed'
        ? { kind: 'renew', id, ...this.#renewal, resent: [...this.#buffered] }
        : { kind: 'complete', id, status, result, details };
    this.#decisions.set(id, decision);
  }

  #decide(decision: (id: number) => Decision): OpenTask {
    const id = this.#nextId++;
    const task = new OpenTask();
    this.#decisions.set(id, decision(id));
    this.#open.set(id, task);
    return task;
  }
}
