import * as z from 'zod';
import { sha256Hex } from '../domain/connection/names.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import { failureSchema, ProvisioningError } from '../domain/failure/failure.ts';
import type { Run, Step } from './run.ts';

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

type OnSettled<O> = (index: number, outcome: Outcome<O>) => void;

interface ActivityStep<I, O> {
  /** Runs the activity, with retries while its failure is transient. Throws any other failure. */
  (input: I): Step<O>;
  /**
   * Runs it for each input, ten in parallel; transient failures are tried again together. Never throws a failure. Reports each
   * outcome as soon as it is final: the run may continue as new before the last one is.
   */
  each(inputs: readonly I[], onSettled?: OnSettled<O>): Step<readonly Outcome<O>[]>;
}

/** The activity table as steps: a misspelt name, a wrong input or a result that JSON would change does not compile. */
export type StepsOf<A> = {
  readonly [K in keyof A]: A[K] extends (input: infer I extends object) => Promise<infer O>
    ? [O] extends [JsonSafe<O>]
      ? ActivityStep<I, O>
      : NotJsonSafe<O>
    : never;
};

/** Seconds between the attempts of a step whose failure is transient, unless the other system requests more. */
const RETRY_SECONDS = [5, 10, 20, 40, 60, 60, 60, 60, 60] as const;
/** A rate limit that many callers share can last long: the pauses grow, and a step fails after 25 minutes. */
const THROTTLED_RETRY_SECONDS = [5, 10, 20, 40, 60, 60, 90, 90, 120, 180, 240, 300, 300] as const;
const OTHER_RETRY_SECONDS: Readonly<Partial<Record<Failure['code'], readonly number[]>>> = {
  'azure-throttled': THROTTLED_RETRY_SECONDS,
  'zilliz-throttled': THROTTLED_RETRY_SECONDS,
  // A zone or link that it requested shows within a minute, and a worker is available again. A bug in this app remains.
  'step-interrupted': [60, 60, 120],
  // Azure reserves a deleted endpoint's name for twenty minutes and more.
  'endpoint-name-not-released': Array.from({ length: 15 }, () => 120),
};
const IN_PARALLEL = 10;

const envelopeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), failure: failureSchema }),
]);

/** The handling of retries by a run. */
export interface Retrying {
  /** Kept through continue as new: a step that always fails must end. */
  readonly attempts: RetryCounts;
  /** Called before each pause, so that the status shows why a run waits. */
  readonly onRetry: (failure: Failure, attempt: number) => void;
  /** Called after each pause, when no task is open: the run may continue as new. */
  readonly afterPause: () => void;
}

/** The steps of one run. The property's name is the activity's durable name. */
export function stepsOf<A extends object>(run: Run, retrying: Retrying): StepsOf<A> {
  const step = (name: string): ActivityStep<object, unknown> =>
    Object.assign((input: object) => once(run, name, input, retrying), {
      each: (inputs: readonly object[], onSettled?: OnSettled<unknown>) =>
        each(run, name, inputs, { ...retrying, onSettled }),
    });
  const table = new Proxy({}, { get: (_, name) => (typeof name === 'string' ? step(name) : undefined) });
  // The proxy has every name; the mapped type limits names and payloads.
  return table as StepsOf<A>;
}

function* once(run: Run, name: string, input: object, retrying: Retrying): Step<unknown> {
  const { attempts, onRetry, afterPause } = retrying;
  const key = stepKey(name, input);
  for (;;) {
    const outcome = parseOutcome(yield* run.call(name, input));
    if (outcome.ok) {
      attempts.ended(key);
      return outcome.value;
    }
    const attempt = attempts.failed(key);
    const pause = pauseAfter(outcome.failure, attempt);
    if (pause === null) {
      attempts.ended(key);
      throw new ProvisioningError(outcome.failure);
    }
    onRetry(outcome.failure, attempt);
    yield* run.sleep(pause);
    afterPause();
  }
}

interface BatchRetrying extends Retrying {
  readonly onSettled: OnSettled<unknown> | undefined;
}

function* each(
  run: Run,
  name: string,
  inputs: readonly object[],
  retrying: BatchRetrying,
): Step<readonly Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = [];
  for (let from = 0; from < inputs.length; from += IN_PARALLEL) {
    const onSettled: OnSettled<unknown> = (index, outcome) => retrying.onSettled?.(from + index, outcome);
    const some = inputs.slice(from, from + IN_PARALLEL);
    outcomes.push(...(yield* batch(run, name, some, { ...retrying, onSettled })));
  }
  return outcomes;
}

function* batch(
  run: Run,
  name: string,
  inputs: readonly object[],
  { attempts, onRetry, afterPause, onSettled }: BatchRetrying,
): Step<readonly Outcome<unknown>[]> {
  const settled = new Map<number, Outcome<unknown>>();
  const key = stepKey(name, inputs);
  let pending = inputs.map((input, index) => ({ input, index }));
  while (pending.length > 0) {
    const results = yield* run.callAll(
      name,
      pending.map(({ input }) => input),
    );
    const outcomes = results.map(parseOutcome);
    const attempt = outcomes.every(({ ok }) => ok) ? 0 : attempts.failed(key);
    const retries: typeof pending = [];
    let pause = 0;
    for (const [position, entry] of pending.entries()) {
      const outcome = outcomes[position];
      if (!outcome) continue;
      const wait = outcome.ok ? null : pauseAfter(outcome.failure, attempt);
      if (outcome.ok || wait === null) {
        settled.set(entry.index, outcome);
        onSettled?.(entry.index, outcome);
      } else {
        retries.push(entry);
        pause = Math.max(pause, wait);
        onRetry(outcome.failure, attempt);
      }
    }
    pending = retries;
    if (pending.length === 0) break;
    yield* run.sleep(pause);
    afterPause();
  }
  attempts.ended(key);
  return inputs.flatMap((_, index) => settled.get(index) ?? []);
}

/** Returns the same key for the same work, also after continue as new. */
function stepKey(name: string, input: unknown): string {
  return `${name} ${sha256Hex(JSON.stringify(input)).slice(0, 12)}`;
}

/** Returns the seconds until the next attempt after a failure; null if there is none. */
export function pauseAfter(failure: Failure, attempt: number): number | null {
  if (failure.kind !== 'transient') return null;
  const scheduled = (OTHER_RETRY_SECONDS[failure.code] ?? RETRY_SECONDS)[attempt - 1];
  if (scheduled === undefined) return null;
  return Math.max(scheduled, failure.retryAfterSeconds ?? 0);
}

function parseOutcome(result: unknown): Outcome<unknown> {
  return envelopeSchema.parse(result);
}

/** The attempts of each step that fails transiently. Kept through continue as new. */
export class RetryCounts {
  readonly #counts: Map<string, number>;

  constructor(counts: Readonly<Record<string, number>> = {}) {
    this.#counts = new Map(Object.entries(counts));
  }

  /** Counts one more failed attempt of the step. Returns the number of attempts. */
  failed(step: string): number {
    const attempt = (this.#counts.get(step) ?? 0) + 1;
    this.#counts.set(step, attempt);
    return attempt;
  }

  /** Removes the count: the step has succeeded or failed. */
  ended(step: string): void {
    this.#counts.delete(step);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
