import * as z from 'zod';
import { sha256Hex } from '../domain/connection/names.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import { failureSchema, ProvisioningError } from '../domain/failure/failure.ts';
import type { Retries } from './retries.ts';
import { countFailure, pauseAfter } from './retries.ts';
import type { Attempt, Run, Step } from './run.ts';

/** Values that the history returns unchanged. Dates, functions and undefined are not among them. */
type JsonSafe<T> = T extends string | number | boolean | null
  ? T
  : T extends Date | ((...parameters: never) => unknown) | undefined
    ? never
    : T extends object
      ? { readonly [K in keyof T]: JsonSafe<Exclude<T[K], undefined>> | Extract<T[K], undefined> }
      : never;

interface NotJsonSafe<T> {
  readonly 'this result does not survive the history': T;
}

interface ActivityStep<I, O> {
  /** Runs the activity, with retries while its failure is transient. Throws any other failure. */
  (input: I): Step<O>;
  /**
   * Runs it for each input, ten in parallel; transient failures are tried again together. Never throws a failure. `beside`:
   * attempts of other activities, which run in the first round.
   */
  each(inputs: readonly I[], beside?: readonly Attempt[]): Step<readonly Outcome<O>[]>;
  /** One attempt without retries, for a round that runs several activities together. */
  attempt(input: I, settle: (outcome: Outcome<O>) => void): Attempt;
}

/** The activity table as steps: a misspelt name, a wrong input or a result that JSON would change does not compile. */
export type StepsOf<A> = {
  readonly [K in keyof A]: A[K] extends (input: infer I extends object) => Promise<infer O>
    ? [O] extends [JsonSafe<O>]
      ? ActivityStep<I, O>
      : NotJsonSafe<O>
    : never;
};

/** How many activities of a run are under way at most. */
export const IN_PARALLEL = 10;

const envelopeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: failureSchema }),
]);

/** The handling of retries by a run. */
export interface Retrying {
  /** The steps that fail. Kept through continue as new: a step that always fails must end. */
  readonly retries: Retries;
  /** Until when a step is tried again that has failed since then. Both in milliseconds since the epoch. */
  readonly until: (since: number) => number;
  /** Called before each pause, so that the status shows why a run waits. */
  readonly onRetry: (failure: Failure, since: number) => void;
  /** Called after each pause, when no task is open: the run may continue as new. */
  readonly afterPause: () => void;
}

/** The steps of one run. The property's name is the activity's durable name. */
export function stepsOf<A extends object>(run: Run, retrying: Retrying): StepsOf<A> {
  const step = (activity: string): ActivityStep<object, unknown> =>
    Object.assign((input: object) => once(run, activity, input, retrying), {
      each: (inputs: readonly object[], beside: readonly Attempt[] = []) =>
        each(run, { activity, inputs, beside }, retrying),
      attempt: (input: object, settle: (outcome: Outcome<unknown>) => void): Attempt => ({
        activity,
        input,
        settle: (result) => {
          settle(envelopeSchema.parse(result));
        },
      }),
    });
  const table = new Proxy({}, { get: (_, name) => (typeof name === 'string' ? step(name) : undefined) });
  // The proxy has every name; the mapped type limits names and payloads.
  return table as StepsOf<A>;
}

function* once(run: Run, activity: string, input: object, retrying: Retrying): Step<unknown> {
  const { retries, until, onRetry, afterPause } = retrying;
  const key = stepKey(activity, input);
  for (;;) {
    const outcome = envelopeSchema.parse(yield* run.call(activity, input));
    if (outcome.ok) {
      Reflect.deleteProperty(retries, key);
      return outcome.value;
    }
    const retry = countFailure(retries, key, run.now());
    const pause = pauseAfter(outcome.failure, retry, run.now(), until(retry.since));
    if (pause === null) {
      Reflect.deleteProperty(retries, key);
      throw new ProvisioningError(outcome.failure);
    }
    onRetry(outcome.failure, retry.since);
    yield* run.sleep(pause);
    afterPause();
  }
}

interface Batch {
  readonly activity: string;
  readonly inputs: readonly object[];
  readonly beside: readonly Attempt[];
}

function* each(run: Run, all: Batch, retrying: Retrying): Step<readonly Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = [];
  let { beside } = all;
  for (let from = 0; from < all.inputs.length;) {
    const inputs = all.inputs.slice(from, from + Math.max(1, IN_PARALLEL - beside.length));
    outcomes.push(...(yield* batch(run, { ...all, inputs, beside }, retrying)));
    from += inputs.length;
    beside = [];
  }
  return outcomes;
}

function* batch(
  run: Run,
  { activity, inputs, beside }: Batch,
  { retries, until, onRetry, afterPause }: Retrying,
): Step<readonly Outcome<unknown>[]> {
  const settled = new Map<number, Outcome<unknown>>();
  const key = stepKey(activity, inputs);
  let pending = inputs.map((input, index) => ({ input, index }));
  let others = beside;
  while (pending.length > 0) {
    const outcomes = new Map<number, Outcome<unknown>>();
    const attempts = pending.map(({ input, index }): Attempt => {
      const settle = (result: unknown) => outcomes.set(index, envelopeSchema.parse(result));
      return { activity, input, settle };
    });
    yield* run.together([...attempts, ...others]);
    others = [];
    const failing = [...outcomes.values()].some(({ ok }) => !ok);
    const retry = failing ? countFailure(retries, key, run.now()) : { since: run.now(), attempts: 0 };
    const again: typeof pending = [];
    let pause = 0;
    for (const entry of pending) {
      const outcome = outcomes.get(entry.index);
      if (!outcome) continue;
      const wait = outcome.ok ? null : pauseAfter(outcome.failure, retry, run.now(), until(retry.since));
      if (outcome.ok || wait === null) {
        settled.set(entry.index, outcome);
      } else {
        again.push(entry);
        pause = Math.max(pause, wait);
        onRetry(outcome.failure, retry.since);
      }
    }
    pending = again;
    if (pending.length === 0) break;
    yield* run.sleep(pause);
    afterPause();
  }
  Reflect.deleteProperty(retries, key);
  return inputs.flatMap((_, index) => settled.get(index) ?? []);
}

/** Returns the same key for the same work, also after continue as new. */
function stepKey(activity: string, input: unknown): string {
  return `${activity} ${sha256Hex(JSON.stringify(input)).slice(0, 12)}`;
}
