import { z } from 'zod';
import { httpRequest } from './callHttp.ts';
import type { DurableRequest } from './callHttp.ts';

/**
 * What durable-functions 3.5 returns from an orchestrator: every step since the start, one entry per `yield`. The engine
 * replays this list; it never schedules "what is new".
 */
const retryOptions = z.object({
  firstRetryIntervalInMilliseconds: z.number(),
  maxNumberOfAttempts: z.number(),
  backoffCoefficient: z.number().optional(),
  maxRetryIntervalInMilliseconds: z.number().optional(),
  retryTimeoutInMilliseconds: z.number().optional(),
});

const json = z.unknown().optional();
const activity = { functionName: z.string(), input: json };
const child = { ...activity, instanceId: z.string().optional() };

export type SdkAction =
  | { readonly actionType: 0; readonly functionName: string; readonly input?: unknown }
  | {
      readonly actionType: 1;
      readonly functionName: string;
      readonly input?: unknown;
      readonly retryOptions: RetryOptions;
    }
  | {
      readonly actionType: 2;
      readonly functionName: string;
      readonly instanceId?: string | undefined;
      readonly input?: unknown;
    }
  | {
      readonly actionType: 3;
      readonly functionName: string;
      readonly instanceId?: string | undefined;
      readonly input?: unknown;
      readonly retryOptions: RetryOptions;
    }
  | { readonly actionType: 4; readonly input?: unknown }
  | { readonly actionType: 5; readonly fireAt: string; readonly isCanceled: boolean }
  | { readonly actionType: 6; readonly externalEventName: string }
  | { readonly actionType: 8; readonly httpRequest: DurableRequest }
  | { readonly actionType: 11 | 12; readonly compoundActions: readonly SdkAction[] };

export type RetryOptions = z.infer<typeof retryOptions>;

const action: z.ZodType<SdkAction> = z.lazy(() =>
  z.discriminatedUnion('actionType', [
    z.object({ actionType: z.literal(0), ...activity }),
    z.object({ actionType: z.literal(1), ...activity, retryOptions }),
    z.object({ actionType: z.literal(2), ...child }),
    z.object({ actionType: z.literal(3), ...child, retryOptions }),
    z.object({ actionType: z.literal(4), input: json }),
    z.object({ actionType: z.literal(5), fireAt: z.string(), isCanceled: z.boolean() }),
    z.object({ actionType: z.literal(6), externalEventName: z.string() }),
    z.object({ actionType: z.literal(8), httpRequest }),
    z.object({ actionType: z.union([z.literal(11), z.literal(12)]), compoundActions: z.array(action) }),
  ]),
);

const answer = z.object({
  isDone: z.boolean(),
  actions: z.array(z.array(action)),
  output: json,
  error: z.string().optional(),
  customStatus: json,
});

export interface SdkAnswer {
  readonly isDone: boolean;
  readonly actions: readonly SdkAction[];
  readonly output: unknown;
  /** Absent although the orchestrator threw: after `throw 'text'` and `new Error('')`. The instance then hangs. */
  readonly error: string | undefined;
  readonly customStatus: unknown;
}

/** What the SDK puts before the answer of an orchestrator that threw, in the message of the error. */
const FAILURE_MARK = '$OutOfProcData$:';

/** Reads what an orchestrator function returned. Throws a ZodError on an action that the local host does not imitate. */
export function parseAnswer(value: unknown): SdkAnswer {
  const { isDone, actions, output, error, customStatus } = answer.parse(value);
  return { isDone, actions: actions.flat(), output, error, customStatus };
}

/**
 * Reads the error of an orchestrator function: the SDK hides its answer in the message. An error that did not come from
 * the SDK (a hook, a module that does not load) fails the orchestration with its own message.
 */
export function parseThrownAnswer(message: string): SdkAnswer {
  const mark = message.indexOf(FAILURE_MARK);
  if (mark === -1)
    return { isDone: false, actions: [], output: undefined, error: message, customStatus: undefined };
  return parseAnswer(JSON.parse(message.slice(mark + FAILURE_MARK.length)));
}
