/** What one episode decides, numbered like the actions of DurableTask.Core. */
export type Decision =
  | { readonly kind: 'activity'; readonly id: number; readonly name: string; readonly input: unknown }
  | {
      readonly kind: 'child';
      readonly id: number;
      readonly name: string;
      readonly instanceId: string;
      /** JSON text. */
      readonly input: string | null;
    }
  | { readonly kind: 'timer'; readonly id: number; readonly fireAt: string }
  | {
      readonly kind: 'complete';
      readonly id: number;
      readonly status: 'Completed' | 'Failed' | 'Terminated';
      /** JSON text of the output; the plain text when not `Completed`. */
      readonly result: string | null;
      /** What a parent gets to see beside the failure text. */
      readonly details: string;
    }
  | {
      readonly kind: 'renew';
      readonly id: number;
      /** JSON text. */
      readonly input: string | null;
      /** Events that no task had waited for: sent again, so they arrive as new messages. */
      readonly resent: readonly ExternalEvent[];
      /** Events that arrived after the orchestrator had asked to continue as new: open the next history. */
      readonly carriedOver: readonly ExternalEvent[];
    };

export interface ExternalEvent {
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  /** ISO 8601. */
  readonly raisedAt: string;
}

/** The name that DurableTask.Core has for an action, as written in its texts about non-deterministic workflows. */
export function actionTypeName(decision: Decision): string {
  switch (decision.kind) {
    case 'activity':
      return 'ScheduleTaskOrchestratorAction';
    case 'child':
      return 'CreateSubOrchestrationAction';
    case 'timer':
      return 'CreateTimerOrchestratorAction';
    case 'complete':
    case 'renew':
      return 'OrchestrationCompleteOrchestratorAction';
  }
}
