import type { HostLogLine } from '../log.ts';
import type { Invocation, InvocationResult, RegisteredFunction } from './worker.ts';
import type { WorkerTime } from './workerTime.ts';

/** What the host sends to a worker process. Both ends are this project's own, in one version. */
export type ToChild =
  | { readonly kind: 'start'; readonly appDirectory: string; readonly time: WorkerTime }
  | {
      readonly kind: 'invoke';
      readonly id: number;
      readonly invocation: Invocation;
      /** The time of a virtual clock. */
      readonly instant?: number;
    };

/** What a worker process sends to the host. */
export type FromChild =
  | { readonly kind: 'ready'; readonly functions: readonly RegisteredFunction[] }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'result'; readonly id: number; readonly result: InvocationResult }
  | { readonly kind: 'log'; readonly line: HostLogLine };
