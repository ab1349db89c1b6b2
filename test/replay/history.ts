import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../sandbox/host/engine/history.ts';
import { asPlayed, EventType } from '../../sandbox/host/engine/history.ts';
import type { Commit } from '../../sandbox/host/hub/records.ts';

export const HISTORIES = 'test/replay/histories';

/** One run as the task hub had stored it at its end: the history of each of its executions, oldest first. */
export interface RecordedRun {
  readonly workflow: string;
  /** `defaultVersion` of host.json when it was recorded. */
  readonly version: string;
  readonly instanceId: string;
  readonly executions: readonly (readonly HistoryEvent[])[];
}

export interface RecordedFile extends RecordedRun {
  readonly file: string;
}

/** One call of an orchestrator: what it was given, and what was decided then. */
export interface RecordedEpisode {
  readonly given: readonly HistoryEvent[];
  readonly followed: readonly HistoryEvent[];
}

/** One event a line, so that a changed step shows as a changed line. */
export function historyText({ executions, ...run }: RecordedRun): string {
  const lines = executions.map((events) => events.map((event) => JSON.stringify(event)).join(',\n'));
  return `{"run":${JSON.stringify(run)},"executions":[\n[\n${lines.join('\n],\n[\n')}\n]\n]}\n`;
}

export function readHistories(): readonly RecordedFile[] {
  return readdirSync(HISTORIES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const { run, executions } = JSON.parse(readFileSync(join(HISTORIES, file), 'utf8')) as {
        readonly run: Omit<RecordedRun, 'executions'>;
        readonly executions: RecordedRun['executions'];
      };
      return { file, ...run, executions };
    });
}

/** The executions of an instance, from everything that its task hub has stored. IDs that chance made are replaced. */
export function executionsIn(
  commits: readonly Commit[],
  instanceId: string,
): readonly (readonly HistoryEvent[])[] {
  const histories = new Map<string, HistoryEvent[]>();
  const of = (executionId: string): HistoryEvent[] => {
    const history = histories.get(executionId) ?? [];
    histories.set(executionId, history);
    return history;
  };
  for (const record of commits.flat()) {
    if (record.type !== 'episode' || record.instanceId !== instanceId) continue;
    of(record.executionId).push(...record.append);
    if (record.renewed) of(record.renewed.executionId).push(...record.renewed.history);
  }
  return [...histories.values()].map((history, index) =>
    history.map((event) =>
      event.EventType === EventType.executionStarted
        ? {
            ...event,
            OrchestrationInstance: { InstanceId: instanceId, ExecutionId: `execution-${index + 1}` },
          }
        : event,
    ),
  );
}

/**
 * The calls that led to a history: each episode opens with its mark and the messages that arrived, then come its decisions
 * and the closing mark. The first history of a renewed execution is stored as a whole before anybody has seen it.
 */
export function episodesOf(history: readonly HistoryEvent[]): readonly RecordedEpisode[] {
  const episodes: RecordedEpisode[] = [];
  let seen = 0;
  while (seen < history.length) {
    const isRenewed = seen === 0 && isClosedWithoutDecision(history);
    const opening = isRenewed ? history.findIndex(isClosing) + 1 : seen;
    const length = history.slice(opening).findIndex((event) => isDecision(event) || isClosing(event));
    const from = isRenewed ? opening : opening + length;
    const end = from + history.slice(from).findIndex(isClosing);
    if (end < from) break;
    const past = history.slice(0, isRenewed ? 0 : seen).map(asPlayed);
    episodes.push({
      given: [...past, ...history.slice(isRenewed ? 0 : seen, from)],
      followed: history.slice(from, end),
    });
    seen = end + 1;
  }
  return episodes;
}

const isClosing = ({ EventType: type }: HistoryEvent): boolean => type === EventType.orchestratorCompleted;

function isDecision({ EventType: type }: HistoryEvent): boolean {
  return (
    type === EventType.taskScheduled ||
    type === EventType.timerCreated ||
    type === EventType.childCreated ||
    type === EventType.executionCompleted
  );
}

function isClosedWithoutDecision(history: readonly HistoryEvent[]): boolean {
  return !history.slice(0, history.findIndex(isClosing)).some(isDecision);
}
