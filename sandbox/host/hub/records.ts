import type { HistoryEvent, MessageEvent, ParentInstance } from '../engine/history.ts';
import type { Instance, OpenActivity, OpenTimer, RuntimeStatus } from './instance.ts';

/** A new execution under an ID, in place of the instance that had the ID before. */
export interface StartRecord {
  readonly type: 'start';
  readonly at: number;
  readonly sequence: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly inputJson: string | null;
  readonly parent: ParentInstance | null;
  /** Absent in journals that are older than it. */
  readonly version?: string | null;
}

/** An event for an instance; with an execution ID it is dropped when that execution is no longer the current one. */
export interface MessageRecord {
  readonly type: 'message';
  readonly sequence: number;
  readonly instanceId: string;
  readonly executionId: string | null;
  readonly event: MessageEvent;
}

/** A worker took an activity once more, after its first run was lost. */
interface ActivityTakenRecord {
  readonly type: 'activity-taken';
  readonly at: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
}

/** What an episode consumed and decided. */
export interface EpisodeRecord {
  readonly type: 'episode';
  readonly at: number;
  readonly instanceId: string;
  readonly executionId: string;
  /** Sequence numbers of the messages that it took. */
  readonly consumed: readonly number[];
  readonly append: readonly HistoryEvent[];
  readonly status: RuntimeStatus;
  readonly outputJson: string | null;
  readonly customStatusJson: string | null;
  readonly activities: Readonly<Record<string, OpenActivity>>;
  readonly timers: Readonly<Record<string, OpenTimer>>;
  readonly children: readonly number[];
  /** Timers that may still fire; the others are forgotten. */
  readonly openTimers: readonly number[];
  /** The execution that follows by continue-as-new. */
  readonly renewed?: {
    readonly executionId: string;
    readonly inputJson: string | null;
    readonly history: readonly HistoryEvent[];
  };
}

interface PurgeRecord {
  readonly type: 'purge';
  readonly instanceId: string;
}

/** The last run of a timer trigger, so that a missed one is noticed after a restart. */
export interface ScheduleRecord {
  readonly type: 'schedule';
  readonly name: string;
  readonly last: number;
  readonly next: number;
}

/** A whole instance, as compaction writes it. */
interface InstanceRecord {
  readonly type: 'instance';
  readonly instance: Instance;
}

export type HubRecord =
  | StartRecord
  | MessageRecord
  | ActivityTakenRecord
  | EpisodeRecord
  | PurgeRecord
  | ScheduleRecord
  | InstanceRecord;

/** One line of the journal: all of it happened or nothing. */
export type Commit = readonly HubRecord[];
