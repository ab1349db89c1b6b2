import type { Failure } from '../failure/failure.ts';

/** An event of a run. The run adds its stamp. */
export type RunEvent =
  | { readonly event: 'run-started'; readonly startedBy?: string }
  | {
      readonly event: 'phase';
      readonly phase: string;
      readonly state: string;
      /** The duration of the phase, when it has ended. */
      readonly seconds?: number;
      readonly attempts: number;
      readonly reason?: string;
    }
  | ({ readonly event: 'run-ended'; readonly outcome: RunOutcome; readonly seconds: number } & Partial<
      Pick<Failure, 'kind' | 'source' | 'message' | 'requestId'> & {
        readonly code: string;
        readonly phase: string;
      }
    >)
  | {
      readonly event: 'drift';
      readonly connectionId: string;
      readonly rows: number;
      readonly shown: readonly string[];
    }
  | {
      readonly event: 'connection-status';
      readonly connectionId: string;
      readonly status: string;
    }
  /** Something that was requested and is not so, once for each sync that finds it. */
  | {
      readonly event: 'connection-fault';
      readonly connectionId: string;
      readonly clusterId?: string;
      readonly code: string;
      readonly detail: string;
    };

export type RunOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** The run and the time of an event. Two identical events with the same time of the run's clock are one event. */
export interface RunStamp {
  readonly instanceId: string;
  readonly workflow: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** An event outside a workflow: of an activity, a route or a trigger. */
export type AppEvent =
  | ({ readonly event: 'step-failed'; readonly activity: string; readonly instanceId?: string } & Failure)
  | ({ readonly event: 'request-failed'; readonly function: string } & Failure)
  | {
      readonly event: 'sweep';
      readonly connections: number;
      readonly woken: number;
      readonly purged: number;
    }
  | ({ readonly event: 'subscription-not-searched'; readonly subscriptionId: string } & Failure)
  | { readonly event: 'declared-refused'; readonly entry: number; readonly detail: string }
  | { readonly event: 'event-dropped'; readonly eventId: string; readonly reason: string }
  | {
      readonly event: 'sync-woken';
      readonly eventId: string;
      readonly type: string;
      readonly projectId: string;
      readonly regionId: string;
    };

/** One line of the log, in the form of `infra/monitoring/telemetry.schema.json`, which the alerts and the workbook read. */
export function telemetryLine(event: AppEvent | (RunEvent & RunStamp)): string {
  return JSON.stringify(event);
}

/** The outcome of a run that has not failed, from its output. */
export function outcomeOf(output: object): RunOutcome {
  const isWhole =
    !('outcome' in output) || ['connected', 'disconnected', 'complete'].includes(String(output.outcome));
  return isWhole ? 'succeeded' : 'partial';
}
