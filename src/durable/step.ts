import * as z from 'zod';
import { sha256Hex } from '../domain/connection/names.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import { ProvisioningError } from '../domain/failure/failure.ts';
import type { Run, Step } from './run.ts';

/** Values that come back from the history as they went in. Dates, functions and undefined do not. */
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
  /** Runs the activity, again and again while its failure is transient; throws any other failure. */
  (input: I): Step<O>;
  /**
   * Runs it for each input, ten side by side; transient failures are tried again together. Never throws a failure. Tells of each
   * as soon as it is settled: the run may renew itself before the last one is.
   */
  each(inputs: readonly I[], onSettled?: OnSettled<O>): Step<readonly Outcome<O>[]>;
}

/** The activity table as steps: a misspelt name, a wrong input or a result that does not survive JSON does not compile. */
export type StepsOf<A> = {
  readonly [K in keyof A]: A[K] extends (input: infer I extends object) => Promise<infer O>
    ? [O] extends [JsonSafe<O>]
      ? ActivityStep<I, O>
      : NotJsonSafe<O>
    : never;
};

/** Seconds between the attempts of a step whose failure is transient, unless the other side asks for more. */
const RETRY_SECONDS = [5, 10, 20, 40, 60, 60, 60, 60, 60] as const;
/** A limit that many share lasts as long as they all need: the pauses grow, and 25 minutes pass before a step gives up. */
const THROTTLED_RETRY_SECONDS = [5, 10, 20, 40, 60, 60, 90, 90, 120, 180, 240, 300, 300] as const;
const OTHER_RETRY_SECONDS: Readonly<Partial<Record<Failure['code'], readonly number[]>>> = {
  'azure-throttled': THROTTLED_RETRY_SECONDS,
  'zilliz-throttled': THROTTLED_RETRY_SECONDS,
  // A zone or link that it has asked for shows within a minute, and a worker is there again. What is a fault of ours stays.
  'step-interrupted': [60, 60, 120],
  // Azure holds a deleted endpoint's name for twenty minutes and more.
  'endpoint-name-not-released': Array.from({ length: 15 }, () => 120),
};
const SIDE_BY_SIDE = 10;

const envelopeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({
    ok: z.literal(false),
    failure: z.custom<Failure>((value) => typeof value === 'object' && value !== null),
  }),
]);

/** What a run does about steps that are tried again. */
export interface Retrying {
  /** Outlives the run's history: a step that fails whenever it is tried must come to its end. */
  readonly attempts: RetryCounts;
  /** Told before each pause, so that the status can say why a run waits. */
  readonly onRetry: (failure: Failure, attempt: number) => void;
  /** Told after each pause, when no task is open: the run may renew itself. */
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
  // The proxy answers for every name; which names and payloads exist is what the mapped type says.
  return table as StepsOf<A>;
}

function* once(run: Run, name: string, input: object, retrying: Retrying): Step<unknown> {
  const { attempts, onRetry, afterPause } = retrying;
  const key = stepKey(name, input);
  for (;;) {
    const outcome = open(yield* run.call(name, input));
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

interface Told extends Retrying {
  readonly onSettled: OnSettled<unknown> | undefined;
}

function* each(
  run: Run,
  name: string,
  inputs: readonly object[],
  told: Told,
): Step<readonly Outcome<unknown>[]> {
  const outcomes: Outcome<unknown>[] = [];
  for (let from = 0; from < inputs.length; from += SIDE_BY_SIDE) {
    const onSettled: OnSettled<unknown> = (index, outcome) => told.onSettled?.(from + index, outcome);
    const some = inputs.slice(from, from + SIDE_BY_SIDE);
    outcomes.push(...(yield* batch(run, name, some, { ...told, onSettled })));
  }
  return outcomes;
}

function* batch(
  run: Run,
  name: string,
  inputs: readonly object[],
  { attempts, onRetry, afterPause, onSettled }: Told,
): Step<readonly Outcome<unknown>[]> {
  const settled = new Map<number, Outcome<unknown>>();
  const key = stepKey(name, inputs);
  let open_ = inputs.map((input, index) => ({ input, index }));
  while (open_.length > 0) {
    const answers = yield* run.callAll(
      name,
      open_.map(({ input }) => input),
    );
    const outcomes = answers.map(open);
    const attempt = outcomes.every(({ ok }) => ok) ? 0 : attempts.failed(key);
    const again: typeof open_ = [];
    let pause = 0;
    for (const [position, entry] of open_.entries()) {
      const outcome = outcomes[position];
      if (!outcome) continue;
      const wait = outcome.ok ? null : pauseAfter(outcome.failure, attempt);
      if (outcome.ok || wait === null) {
        settled.set(entry.index, outcome);
        onSettled?.(entry.index, outcome);
      } else {
        again.push(entry);
        pause = Math.max(pause, wait);
        onRetry(outcome.failure, attempt);
      }
    }
    open_ = again;
    if (open_.length === 0) break;
    yield* run.sleep(pause);
    afterPause();
  }
  attempts.ended(key);
  return inputs.flatMap((_, index) => settled.get(index) ?? []);
}

/** The same for the same work, also in a renewed run. */
function stepKey(name: string, input: unknown): string {
  return `${name} ${sha256Hex(JSON.stringify(input)).slice(0, 12)}`;
}

/** Seconds until the next attempt after a failure; null when there is none. */
export function pauseAfter(failure: Failure, attempt: number): number | null {
  if (failure.kind !== 'transient') return null;
  const scheduled = (OTHER_RETRY_SECONDS[failure.code] ?? RETRY_SECONDS)[attempt - 1];
  if (scheduled === undefined) return null;
  return Math.max(scheduled, failure.retryAfterSeconds ?? 0);
}

function open(answer: unknown): Outcome<unknown> {
  return envelopeSchema.parse(answer);
}

/** How often each step that fails for a while has been tried; a run that renews itself takes it along. */
export class RetryCounts {
  readonly #counts: Map<string, number>;

  constructor(counts: Readonly<Record<string, number>> = {}) {
    this.#counts = new Map(Object.entries(counts));
  }

  /** One more try of the step has failed; answers how many there have been. */
  failed(step: string): number {
    const attempt = (this.#counts.get(step) ?? 0) + 1;
    this.#counts.set(step, attempt);
    return attempt;
  }

  /** The step has ended, one way or the other. */
  ended(step: string): void {
    this.#counts.delete(step);
  }

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
