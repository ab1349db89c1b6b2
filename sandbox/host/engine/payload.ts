import type { HistoryEvent } from './history.ts';

/** What an orchestrator function is called with, except its history. */
export interface PayloadFrame {
  readonly instanceId: string;
  /** JSON text. */
  readonly input: string | null;
  readonly parentInstanceId: string | null;
  readonly isReplaying: boolean;
}

/** 2 would be V3; the recorded host offers 3, and the SDK responds in it. */
const UPPER_SCHEMA_VERSION = 3;

/**
 * The text of an orchestrationTrigger. `past` is JSON already (events joined by commas), so that a long history is not
 * written out again in each episode.
 */
export function orchestratorPayload(
  frame: PayloadFrame,
  past: string,
  fresh: readonly HistoryEvent[],
): string {
  const history = [past, ...fresh.map((event) => JSON.stringify(event))]
    .filter((text) => text !== '')
    .join(',');
  const rest = JSON.stringify({
    instanceId: frame.instanceId,
    isReplaying: frame.isReplaying,
    parentInstanceId: frame.parentInstanceId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: UPPER_SCHEMA_VERSION,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  });
  return `{"history":[${history}],"input":${frame.input ?? 'null'},${rest.slice(1)}`;
}
