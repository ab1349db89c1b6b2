import * as df from 'durable-functions';
import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import type { InvocationContext } from '@azure/functions';
import { decodeInput, encodeInput, runStartOf } from './input.ts';

/** A run as the task hub stores it. */
export interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly runtimeStatus:
    'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated' | 'Other';
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly createdAt: number;
  /** When its first execution began: `createdAt` changes at continue as new. */
  readonly beganAt: number;
  readonly updatedAt: number;
}

/** Starts, reads and stops runs: the only user of the durable client. */
export interface WorkflowClient {
  read(instanceId: string): Promise<Instance | null>;
  /** Returns every run that has not ended. */
  active(): Promise<readonly Instance[]>;
  /** Returns every run that failed or was cancelled, as long as the task hub keeps it. */
  failed(): Promise<readonly Instance[]>;
  /** Returns every run that came to its end, or failed. */
  ended(): Promise<readonly Instance[]>;
  /** Starts a run, or returns `already-running`. The check is not atomic on the real host: read again after a start. */
  start(workflow: string, instanceId: string, input: object): Promise<'started' | 'already-running'>;
  terminate(instanceId: string, reason: string): Promise<void>;
  /** Raises an external event. On a run that has ended it is silently lost. */
  raise(instanceId: string, event: string): Promise<void>;
  /** Purges runs that have ended and were created before a time, except those to keep. Returns their number. */
  purgeFinished(createdBefore: number, isKept: (instance: Instance) => boolean): Promise<number>;
}

export type WorkflowClientOf = (context: InvocationContext) => WorkflowClient;

/** The client bound to one invocation. */
export function workflowClient(context: InvocationContext): WorkflowClient {
  const client = df.getClient(context);
  return {
    read: (instanceId) => read(client, instanceId),
    async active() {
      const { Pending, Running, Suspended } = df.OrchestrationRuntimeStatus;
      const found = await client.getStatusBy({ runtimeStatus: [Pending, Running, Suspended] });
      return found.map(instanceOf);
    },
    async failed() {
      const { Failed, Terminated } = df.OrchestrationRuntimeStatus;
      const found = await client.getStatusBy({ runtimeStatus: [Failed, Terminated] });
      return found.map(instanceOf);
    },
    async ended() {
      const { Completed, Failed } = df.OrchestrationRuntimeStatus;
      const found = await client.getStatusBy({ runtimeStatus: [Completed, Failed] });
      return found.map(instanceOf);
    },
    async start(workflow, instanceId, input) {
      try {
        await client.startNew(workflow, { instanceId, input: encodeInput(input) });
        return 'started';
      } catch (error) {
        const instance = await read(client, instanceId);
        if (instance && isActive(instance)) return 'already-running';
        throw error;
      }
    },
    terminate: (instanceId, reason) => client.terminate(instanceId, reason),
    raise: (instanceId, event) => client.raiseEvent(instanceId, event, {}),
    async purgeFinished(createdBefore, isKept) {
      const { Completed, Failed, Terminated } = df.OrchestrationRuntimeStatus;
      const found = await client.getStatusBy({
        // The service requires a start time.
        createdTimeFrom: new Date(0),
        createdTimeTo: new Date(createdBefore),
        runtimeStatus: [Completed, Failed, Terminated],
      });
      const toPurge = found.map(instanceOf).filter((instance) => !isKept(instance));
      for (const { instanceId } of toPurge) await client.purgeInstanceHistory(instanceId);
      return toPurge.length;
    },
  };
}

export function isActive(instance: Instance): boolean {
  return ['Pending', 'Running', 'Suspended'].includes(instance.runtimeStatus);
}

async function read(client: DurableClient, instanceId: string): Promise<Instance | null> {
  let status;
  try {
    status = await client.getStatus(instanceId, { showInput: true });
  } catch (error) {
    // The SDK throws a plain Error for an unknown instance; the host's 404 is only in its text.
    if (error instanceof Error && error.message.includes('404')) return null;
    throw error;
  }
  return instanceOf(status);
}

function instanceOf(status: DurableOrchestrationStatus): Instance {
  const createdAt = new Date(status.createdTime).getTime();
  return {
    instanceId: status.instanceId,
    name: status.name,
    runtimeStatus: runtimeStatusOf(status.runtimeStatus),
    input: decoded(status.input),
    output: status.output,
    customStatus: status.customStatus,
    createdAt,
    beganAt: runStartOf(status.input).beganAt ?? createdAt,
    updatedAt: new Date(status.lastUpdatedTime).getTime(),
  };
}

/** Clients of the host's own API can store any input: one that is nested too deep counts as unreadable. */
function decoded(input: unknown): unknown {
  try {
    return decodeInput(input);
  } catch {
    return null;
  }
}

function runtimeStatusOf(text: string): Instance['runtimeStatus'] {
  const known = ['Pending', 'Running', 'Suspended', 'Completed', 'Failed', 'Terminated'] as const;
  return known.find((candidate) => candidate === text) ?? 'Other';
}
