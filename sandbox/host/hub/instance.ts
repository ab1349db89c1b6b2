import { isoTime } from '../engine/history.ts';
import type { HistoryEvent, MessageEvent, ParentInstance } from '../engine/history.ts';

export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated';

/** An event on its way to an instance. */
interface InboxMessage {
  readonly sequence: number;
  readonly event: MessageEvent;
}

export interface OpenActivity {
  readonly name: string;
  /** As the SDK gave it. */
  readonly input: unknown;
  /** When a worker took it. */
  readonly takenAt: number;
}

export interface OpenTimer {
  readonly fireAt: string;
  readonly createdAt: number;
}

/** One orchestration instance as the task hub stores it. Every text field named `…Json` holds JSON. */
export interface Instance {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly inputJson: string | null;
  readonly parent: ParentInstance | null;
  readonly createdAt: number;
  updatedAt: number;
  status: RuntimeStatus;
  outputJson: string | null;
  customStatusJson: string | null;
  history: HistoryEvent[];
  /** Continued as new, and the orchestrator has not seen the new history yet. */
  renewed: boolean;
  inbox: InboxMessage[];
  /** By action number. */
  activities: Record<string, OpenActivity>;
  timers: Record<string, OpenTimer>;
  /** Action numbers of children that have not answered. */
  children: number[];
}

/** What tests and the sandbox see of an instance. */
export interface InstanceSnapshot {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  /** ISO 8601. */
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
  readonly history: readonly HistoryEvent[];
}

/** Running or about to: such an ID cannot be started again. */
export function isActive(instance: Instance): boolean {
  return instance.status === 'Pending' || instance.status === 'Running' || instance.status === 'Suspended';
}

export function snapshotOf(instance: Instance): InstanceSnapshot {
  const { inputJson, outputJson, customStatusJson } = instance;
  return {
    instanceId: instance.instanceId,
    name: instance.name,
    runtimeStatus: instance.status,
    // Parsed when asked for: a condition over thousands of instances looks at few of them.
    get input() {
      return parsed(inputJson);
    },
    get output() {
      return parsed(outputJson);
    },
    get customStatus() {
      return parsed(customStatusJson);
    },
    createdTime: isoTime(instance.createdAt),
    lastUpdatedTime: isoTime(instance.updatedAt),
    history: instance.history,
  };
}

function parsed(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown);
}
