/**
 * History events in the wire form that the SDK reads (PascalCase, numeric EventType). Shapes: recordings of the real
 * host, `test/fixtures/durable-host/cases`.
 */
export const EventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  childCreated: 7,
  childCompleted: 8,
  childFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventRaised: 15,
  executionSuspended: 19,
  executionResumed: 20,
} as const;

interface Common {
  /** The number of the action that the event belongs to; -1 for everything that arrives as a message. */
  readonly EventId: number;
  /** Whether an earlier episode has seen it. */
  readonly IsPlayed: boolean;
  /** ISO 8601, UTC, milliseconds. */
  readonly Timestamp: string;
}

export interface ParentInstance {
  readonly Name: string;
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly TaskScheduleId: number;
  readonly Version: string | null;
}

export interface ExecutionStarted extends Common {
  readonly OrchestrationInstance: { readonly InstanceId: string; readonly ExecutionId: string };
  readonly EventType: 0;
  readonly ParentInstance: ParentInstance | null;
  readonly Name: string;
  readonly Version: string | null;
  /** JSON text. */
  readonly Input: string | null;
  readonly Tags: null;
  readonly Correlation: null;
  readonly ParentTraceContext: null;
  readonly ScheduledStartTime: null;
  readonly Generation: number | null;
  readonly GenerateNewTrace: boolean;
}

interface ExecutionCompleted extends Common {
  readonly EventType: 1;
  readonly OrchestrationStatus: 'Completed' | 'Failed' | 'Terminated';
  /** JSON text of the output; the plain failure text or reason when not `Completed`. */
  readonly Result: string | null;
  readonly FailureDetails: null;
}

export interface ExecutionTerminated extends Common {
  readonly EventType: 3;
  readonly Input: string;
}

export interface TaskScheduled extends Common {
  readonly EventType: 4;
  readonly Name: string;
  readonly Version: string;
  readonly Input: null;
  readonly ParentTraceContext: null;
  readonly Tags: null;
}

/** A result that came back: of an activity (5) or a child (8). */
export interface Completion extends Common {
  readonly EventType: 5 | 8;
  readonly TaskScheduledId: number;
  /** JSON text; null, never absent, for nothing. */
  readonly Result: string | null;
}

export interface FailureDetails {
  readonly ErrorType: string;
  readonly ErrorMessage: string;
  readonly StackTrace: string;
  readonly InnerFailure: null;
  readonly IsNonRetriable: boolean;
  readonly Properties: null;
}

/** A failure that came back: of an activity (6) or a child (9). */
export interface Failure extends Common {
  readonly EventType: 6 | 9;
  readonly TaskScheduledId: number;
  readonly Reason: string;
  readonly Details: string;
  /** From Durable extension 3.19 on. */
  readonly FailureDetails: FailureDetails | null;
}

export interface ChildCreated extends Common {
  readonly EventType: 7;
  readonly Name: string;
  readonly Version: null;
  readonly InstanceId: string;
  readonly Input: null;
  readonly ClientSpanId: null;
  readonly Tags: null;
}

export interface TimerCreated extends Common {
  readonly EventType: 10;
  readonly FireAt: string;
}

export interface TimerFired extends Common {
  readonly EventType: 11;
  readonly TimerId: number;
  readonly FireAt: string;
}

export interface OrchestratorMark extends Common {
  readonly EventType: 12 | 13;
}

export interface EventRaised extends Common {
  readonly EventType: 15;
  readonly Name: string;
  /** JSON text. */
  readonly Input: string;
  readonly ParentTraceContext: null;
}

export interface Pause extends Common {
  readonly EventType: 19 | 20;
  readonly Reason: string;
}

export type HistoryEvent =
  | ExecutionStarted
  | ExecutionCompleted
  | ExecutionTerminated
  | TaskScheduled
  | Completion
  | Failure
  | ChildCreated
  | TimerCreated
  | TimerFired
  | OrchestratorMark
  | EventRaised
  | Pause;

/** The events that reach an instance as messages, from outside or from its own tasks. */
export type MessageEvent =
  ExecutionStarted | ExecutionTerminated | Completion | Failure | TimerFired | EventRaised | Pause;

const message = (at: number) => ({ EventId: -1, IsPlayed: false, Timestamp: isoTime(at) }) as const;

/** An instant as the history writes it. */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

export function orchestratorMark(type: 12 | 13, at: number): OrchestratorMark {
  return { EventType: type, ...message(at) };
}

export function executionStarted(options: {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly input: string | null;
  readonly parent: ParentInstance | null;
  /** Null for an execution that continues another as new. */
  readonly generation: 0 | null;
  /** `defaultVersion` of host.json when the instance was started. */
  readonly version: string | null;
  readonly at: number;
}): ExecutionStarted {
  return {
    OrchestrationInstance: { InstanceId: options.instanceId, ExecutionId: options.executionId },
    EventType: 0,
    ParentInstance: options.parent,
    Name: options.name,
    Version: options.version,
    Input: options.input,
    Tags: null,
    Correlation: null,
    ParentTraceContext: null,
    ScheduledStartTime: null,
    Generation: options.generation,
    GenerateNewTrace: false,
    ...message(options.at),
  };
}

export function completion(type: 5 | 8, taskId: number, result: string | null, at: number): Completion {
  return { EventType: type, TaskScheduledId: taskId, Result: result, ...message(at) };
}

export function failure(
  type: 6 | 9,
  taskId: number,
  fault: { readonly reason: string; readonly details: string; readonly structured?: FailureDetails },
  at: number,
): Failure {
  return {
    EventType: type,
    TaskScheduledId: taskId,
    Reason: fault.reason,
    Details: fault.details,
    FailureDetails: fault.structured ?? null,
    ...message(at),
  };
}

/** `createdAt`: the real host stamps the firing with the moment at which the timer was made. */
export function timerFired(timerId: number, fireAt: string, createdAt: number): TimerFired {
  return { EventType: 11, TimerId: timerId, FireAt: fireAt, ...message(createdAt) };
}

export function eventRaised(name: string, input: string, at: number): EventRaised {
  return { EventType: 15, Name: name, Input: input, ParentTraceContext: null, ...message(at) };
}

export function executionTerminated(reason: string, at: number): ExecutionTerminated {
  return { EventType: 3, Input: reason, ...message(at) };
}

export function pause(type: 19 | 20, reason: string, at: number): Pause {
  return { EventType: type, Reason: reason, ...message(at) };
}

/** The event as later episodes see it: what arrived as a message counts as played, what the host decided does not. */
export function asPlayed(event: HistoryEvent): HistoryEvent {
  return event.EventId === -1 && event.EventType !== 12 && event.EventType !== 13
    ? { ...event, IsPlayed: true }
    : event;
}
