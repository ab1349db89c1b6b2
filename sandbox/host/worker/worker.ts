import type { Clock } from '../../kernel/clock.ts';
import type { HostLog } from '../log.ts';
import type { TypedData } from './typedData.ts';

/** A binding as the app registered it; beside these members it has those of its type (`route`, `schedule` …). */
export interface Binding {
  readonly name: string;
  readonly type: string;
  readonly direction: string;
  readonly [property: string]: unknown;
}

export interface RegisteredFunction {
  readonly name: string;
  readonly bindings: readonly Binding[];
}

export interface Invocation {
  readonly functionName: string;
  readonly inputData: readonly { readonly name: string; readonly data: TypedData | null }[];
  readonly triggerMetadata: Readonly<Record<string, TypedData>>;
}

/** An error has only its message and its stack: the protocol carries nothing else. */
export type InvocationResult =
  | { readonly ok: true; readonly returnValue: TypedData | null }
  | { readonly ok: false; readonly message: string; readonly stack: string };

/** The process that ran a function went away. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
}

/** What host.json says, as far as this host cares. */
export interface HostSettings {
  readonly routePrefix: string;
  readonly hubName: string;
  /** The version of new instances of workflows. */
  readonly defaultVersion: string | null;
  /** How long an activity whose host died stays invisible: `workItemQueueVisibilityTimeout`, in milliseconds. */
  readonly activityVisibilityTimeoutMs: number;
  /** How many activities run at the same time: `maxConcurrentActivityFunctions`. */
  readonly activitiesAtOnce: number;
}

/** What the extension takes for what host.json does not say. */
export const defaultSettings: HostSettings = {
  routePrefix: 'api',
  hubName: 'TestHubName',
  defaultVersion: null,
  activityVisibilityTimeoutMs: 5 * 60 * 1000,
  // On the Consumption plan; elsewhere ten for each processor.
  activitiesAtOnce: 10,
};

export interface RunningWorker {
  readonly functions: readonly RegisteredFunction[];
  readonly settings: HostSettings;
  /** The app's environment, for `%NAME%` in bindings. */
  readonly environment: Readonly<Record<string, string>>;
  /** Rejects with WorkerLostError when the process dies meanwhile. */
  invoke(invocation: Invocation): Promise<InvocationResult>;
  /** Resolves when so many processes have died that the host must end. */
  readonly ended?: Promise<void>;
  stop(): Promise<void>;
}

/** Who runs the app's functions. */
export interface WorkerSource {
  /** Rejects when the app does not load or registers nothing. */
  start(host: {
    readonly clock: Clock;
    readonly log: HostLog;
    /** What the platform sets in the app's environment. */
    readonly variables: Readonly<Record<string, string>>;
  }): Promise<RunningWorker>;
}

/** The binding that starts the function. */
export function triggerOf(registered: RegisteredFunction): Binding | undefined {
  return registered.bindings.find(({ type }) => type.toLowerCase().endsWith('trigger'));
}
