import { randomUUID } from 'node:crypto';
import type { Decision } from '../engine/decision.ts';
import { completion, eventRaised, executionStarted, failure, orchestratorMark } from '../engine/history.ts';
import type { HistoryEvent } from '../engine/history.ts';
import { isoTime } from '../engine/history.ts';
import type { Outcome } from '../engine/replay.ts';
import type { Instance, OpenActivity, OpenTimer, RuntimeStatus } from './instance.ts';
import type { EpisodeRecord, HubRecord } from './records.ts';
import type { TaskHub } from './taskHub.ts';

export interface FinishedEpisode {
  readonly instance: Instance;
  /** The new events that the episode began with. */
  readonly fresh: readonly HistoryEvent[];
  readonly consumed: readonly number[];
  readonly outcome: Outcome;
  readonly at: number;
}

/** Everything that one episode changes, in one commit: its own history and the messages that it sends. */
export function episodeRecords(hub: TaskHub, finished: FinishedEpisode): HubRecord[] {
  const { instance, outcome, at } = finished;
  const record: EpisodeRecord = {
    type: 'episode',
    at,
    instanceId: instance.instanceId,
    executionId: instance.executionId,
    consumed: finished.consumed,
    append: [
      ...finished.fresh,
      ...outcome.decisions.flatMap((decision) => historyOf(decision, at)),
      orchestratorMark(13, at),
    ],
    ...statusOf(finished),
    customStatusJson: outcome.customStatus ?? keptStatus(finished),
    activities: activitiesOf(outcome.decisions, at),
    timers: timersOf(outcome.decisions, at),
    children: outcome.decisions.flatMap(({ kind, id }) => (kind === 'child' ? [id] : [])),
    openTimers: outcome.openTimers,
    ...renewal(finished),
  };
  return [record, ...outcome.decisions.flatMap((decision) => messagesOf(hub, instance, decision, at))];
}

/** An orchestrator that sets none, or null, in its replay has none from then on. One that ends keeps what it had (recorded). */
function keptStatus({ instance, outcome }: FinishedEpisode): string | null {
  return outcome.decisions.some(({ kind }) => kind === 'complete') ? instance.customStatusJson : null;
}

function historyOf(decision: Decision, at: number): HistoryEvent[] {
  const common = { EventId: decision.id, IsPlayed: false, Timestamp: isoTime(at) };
  switch (decision.kind) {
    case 'activity': {
      const { name } = decision;
      return [
        {
          EventType: 4,
          Name: name,
          Version: '',
          Input: null,
          ParentTraceContext: null,
          Tags: null,
          ...common,
        },
      ];
    }
    case 'child': {
      const { name, instanceId } = decision;
      const rest = { Input: null, ClientSpanId: null, Tags: null, ...common };
      return [{ EventType: 7, Name: name, Version: null, InstanceId: instanceId, ...rest }];
    }
    case 'timer':
      return [{ EventType: 10, FireAt: decision.fireAt, ...common }];
    case 'complete': {
      const { status, result } = decision;
      return [{ EventType: 1, OrchestrationStatus: status, Result: result, FailureDetails: null, ...common }];
    }
    case 'renew':
      return [];
  }
}

function statusOf({ instance, fresh, outcome }: FinishedEpisode): {
  status: RuntimeStatus;
  outputJson: string | null;
} {
  const end = outcome.decisions.find((decision) => decision.kind === 'complete');
  if (end) {
    const outputJson = end.status === 'Completed' ? end.result : JSON.stringify(end.result ?? '');
    return { status: end.status, outputJson };
  }
  if (!outcome.suspended) return { status: 'Running', outputJson: null };
  const [reason] = fresh.flatMap((event) => (event.EventType === 19 ? [event.Reason] : [])).slice(-1);
  return {
    status: 'Suspended',
    outputJson: reason === undefined ? instance.outputJson : JSON.stringify(reason),
  };
}

function activitiesOf(decisions: readonly Decision[], takenAt: number): Record<string, OpenActivity> {
  return Object.fromEntries(
    decisions.flatMap((decision) =>
      decision.kind === 'activity'
        ? [[decision.id, { name: decision.name, input: decision.input, takenAt }]]
        : [],
    ),
  );
}

function timersOf(decisions: readonly Decision[], createdAt: number): Record<string, OpenTimer> {
  return Object.fromEntries(
    decisions.flatMap((decision) =>
      decision.kind === 'timer' ? [[decision.id, { fireAt: decision.fireAt, createdAt }]] : [],
    ),
  );
}

function renewal({ instance, fresh, outcome, at }: FinishedEpisode): Pick<EpisodeRecord, 'renewed'> {
  const decision = outcome.decisions.find(({ kind }) => kind === 'renew');
  if (decision?.kind !== 'renew') return {};
  const executionId = randomUUID().replaceAll('-', '');
  const { instanceId, name, parent } = instance;
  const started = executionStarted({
    instanceId,
    executionId,
    name,
    parent,
    input: decision.input,
    generation: null,
    version: versionOf([...instance.history, ...fresh]),
    at,
  });
  const carried = decision.carriedOver.map((event) =>
    eventRaised(event.name, event.input, Date.parse(event.raisedAt)),
  );
  const history = [orchestratorMark(12, at), started, ...carried, orchestratorMark(13, at)];
  return { renewed: { executionId, inputJson: decision.input, history } };
}

/** An instance keeps the version that it was started with. */
function versionOf(history: readonly HistoryEvent[]): string | null {
  return history.find((event) => event.EventType === 0)?.Version ?? null;
}

function messagesOf(hub: TaskHub, instance: Instance, decision: Decision, at: number): HubRecord[] {
  const { instanceId, executionId, name, parent } = instance;
  switch (decision.kind) {
    case 'child': {
      const parentOfChild = {
        Name: name,
        OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
        TaskScheduleId: decision.id,
        Version: null,
      };
      const child = { instanceId: decision.instanceId, name: decision.name, inputJson: decision.input };
      return [hub.startRecord({ ...child, parent: parentOfChild })];
    }
    case 'complete': {
      if (!parent) return [];
      const { InstanceId, ExecutionId } = parent.OrchestrationInstance;
      const answer =
        decision.status === 'Completed'
          ? completion(8, parent.TaskScheduleId, decision.result, at)
          : failure(
              9,
              parent.TaskScheduleId,
              { reason: decision.result ?? '', details: decision.details },
              at,
            );
      return hub.messageRecords(InstanceId, ExecutionId, answer);
    }
    case 'renew':
      return decision.resent.flatMap((event) =>
        hub.messageRecords(
          instanceId,
          null,
          eventRaised(event.name, event.input, Date.parse(event.raisedAt)),
        ),
      );
    case 'activity':
    case 'timer':
      return [];
  }
}
