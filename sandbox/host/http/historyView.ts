import type { ChildCreated, HistoryEvent, TaskScheduled } from '../engine/history.ts';

type Row = Record<string, unknown>;

/** The history holds two events of one number: after a non-deterministic run. The management API then returns 400. */
export class DuplicateHistoryKeyError extends Error {
  override readonly name = 'DuplicateHistoryKeyError';

  constructor(key: string) {
    super(`An item with the same key has already been added. Key: ${key}`);
  }
}

/** How the management API names events; the host's own marks are not shown. */
const NAMES: Readonly<Record<HistoryEvent['EventType'], string | undefined>> = {
  0: 'ExecutionStarted',
  1: 'ExecutionCompleted',
  3: 'ExecutionTerminated',
  4: 'TaskScheduled',
  5: 'TaskCompleted',
  6: 'TaskFailed',
  7: 'SubOrchestrationInstanceCreated',
  8: 'SubOrchestrationInstanceCompleted',
  9: 'SubOrchestrationInstanceFailed',
  10: 'TimerCreated',
  11: 'TimerFired',
  12: undefined,
  13: undefined,
  15: 'EventRaised',
  19: 'ExecutionSuspended',
  20: 'ExecutionResumed',
};

/**
 * The history as the management API shows it: what was scheduled is folded into its completion. Throws a
 * DuplicateHistoryKeyError. Shapes: recordings, `status.historyEvents`.
 */
export function historyView(history: readonly HistoryEvent[], showOutput: boolean): readonly Row[] {
  const scheduled = scheduledByKey(history);
  const answered = new Set(
    history.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : [])),
  );
  return history.flatMap((event) => {
    const EventType = NAMES[event.EventType];
    const folded = (event.EventType === 4 || event.EventType === 7) && answered.has(event.EventId);
    if (EventType === undefined || folded) return [];
    const details = { ...detailsOf(event, showOutput), Timestamp: event.Timestamp };
    return [{ EventType, ...details, ...originOf(event, scheduled) }];
  });
}

function detailsOf(event: HistoryEvent, showOutput: boolean): Row {
  switch (event.EventType) {
    case 0: {
      const { Input, Correlation, ParentTraceContext, ScheduledStartTime, Generation, GenerateNewTrace } =
        event;
      return { Input, Correlation, ParentTraceContext, ScheduledStartTime, Generation, GenerateNewTrace };
    }
    case 1: {
      const Result = event.OrchestrationStatus === 'Completed' ? parsed(event.Result) : event.Result;
      const { OrchestrationStatus, FailureDetails } = event;
      return { OrchestrationStatus, ...(showOutput && { Result }), FailureDetails };
    }
    case 3:
      return { Input: event.Input };
    case 4:
      return { Name: event.Name, Input: null, ParentTraceContext: null, Tags: null };
    case 5:
    case 8:
      return showOutput ? { Result: parsed(event.Result) } : {};
    case 6:
    case 9:
      return { Reason: event.Reason, Details: event.Details, FailureDetails: null };
    case 7:
      return { Name: event.Name, InstanceId: event.InstanceId, Input: null, ClientSpanId: null, Tags: null };
    case 10:
    case 11:
      return { FireAt: event.FireAt };
    case 15:
      return { Name: event.Name, Input: event.Input, ParentTraceContext: null };
    case 19:
    case 20:
      return { Reason: event.Reason };
    case 12:
    case 13:
      return {};
  }
}

type Scheduled = TaskScheduled | ChildCreated;

/** Which function an event is about, and when it was called. */
function originOf(event: HistoryEvent, scheduled: ReadonlyMap<string, Scheduled>): Row {
  if (event.EventType === 0) return { FunctionName: event.Name };
  if (!('TaskScheduledId' in event)) return {};
  const isActivity = event.EventType === 5 || event.EventType === 6;
  const call = scheduled.get(keyOf(isActivity ? 4 : 7, event.TaskScheduledId));
  if (!call) return {};
  return {
    ScheduledTime: call.Timestamp.replace(/Z$/, '+00:00'),
    FunctionName: call.Name,
    ...(call.EventType === 7 && { InstanceId: call.InstanceId }),
    Input: null,
  };
}

function scheduledByKey(history: readonly HistoryEvent[]): Map<string, Scheduled> {
  const scheduled = new Map<string, Scheduled>();
  for (const event of history) {
    if (event.EventType !== 4 && event.EventType !== 7) continue;
    const key = keyOf(event.EventType, event.EventId);
    if (scheduled.has(key)) throw new DuplicateHistoryKeyError(key);
    scheduled.set(key, event);
  }
  return scheduled;
}

function keyOf(type: 4 | 7, id: number): string {
  return `${NAMES[type] ?? ''}_${id}`;
}

function parsed(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown);
}
