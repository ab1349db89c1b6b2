import * as z from 'zod';
import { failureCatalog } from '../domain/failure/catalog.ts';
import type { Failure, Outcome } from '../domain/failure/failure.ts';
import { failureCodeSchema, mayBeDone } from '../domain/failure/failure.ts';
import type { ResourceState, Written } from '../domain/resources/written.ts';
import { nextRetry, pauseAfter, retrySpan } from '../durable/retries.ts';
import type { Attempt } from '../durable/run.ts';
import type { Schedule } from './schedules.ts';
import type { Work } from './settle.ts';

/** One resource between its submit and its end. Kept through continue as new, so that nothing is submitted twice. */
export const ensuringSchema = z.object({
  /** `again`: submitted a second time. The activity then waits for the end of Azure's operation, to learn why the first failed. */
  step: z.enum(['submit', 'await', 'submit again', 'await again']),
  /** When the last submit was accepted. Milliseconds since the epoch. */
  submittedAt: z.number(),
  dueAt: z.number(),
  /** A submit has had no answer, and may have been carried out. */
  inDoubt: z.boolean().default(false),
  /** Its last attempts failed transiently. */
  retry: z
    .object({ since: z.number(), attempts: z.number(), code: failureCodeSchema.optional() })
    .nullable()
    .default(null),
});

export type Ensuring = z.infer<typeof ensuringSchema>;

/** How one resource is ensured: submitted once, read until it is ready, and submitted once more if it does not appear. */
export interface Ensured {
  /** What Azure is doing, for the status. */
  readonly reason: () => string;
  /** `follow`: the activity waits for the end of Azure's operation, to learn the reason of a failure. */
  submit(
    follow: boolean,
    settle: (outcome: Outcome<ResourceState & Partial<Pick<Written, 'action'>>>) => void,
  ): Attempt;
  /** It was there when a submit without an answer was repeated. */
  readonly found?: () => void;
  /** `elapsed`: seconds since the submit. */
  read(settle: (outcome: Outcome<ResourceState>) => void, elapsed: number): Attempt;
  readonly schedule: Schedule;
  /** So long after the submit a resource that is not there is submitted again. */
  readonly absentSeconds: number;
  /** So long after the last submit it fails. */
  readonly deadlineSeconds: number;
  /** Until when an attempt that has failed transiently since then is repeated. Milliseconds since the epoch. */
  readonly until: (since: number) => number;
  /** The failure of a resource that is not ready at its deadline, or ended in a failed state for an unknown reason. */
  readonly notReady: (state: ResourceState['state']) => Failure;
  /** Takes the end of it: ready, or why not. */
  readonly end: (outcome: Outcome<null>) => void;
}

/** Resources that are being ensured, by their key: a part of the run's state. */
export type EnsuringByKey = Record<string, Ensuring>;

/** The work of one resource. Its part of the state begins with the first attempt and goes with the end. */
export class EnsureWork implements Work {
  readonly #ensured: Ensured;
  readonly #all: EnsuringByKey;
  readonly #key: string;
  readonly #now: () => number;
  #isOver = false;

  constructor(ensured: Ensured, all: EnsuringByKey, key: string, now: () => number) {
    this.#ensured = ensured;
    this.#all = all;
    this.#key = key;
    this.#now = now;
  }

  get dueAt(): number | null {
    return this.#isOver ? null : (this.#all[this.#key]?.dueAt ?? 0);
  }

  get reason(): string {
    const retry = this.#all[this.#key]?.retry;
    if (!retry?.code) return this.#ensured.reason();
    return `${failureCatalog[retry.code].title} (${retrySpan(retry.code, retry.since, this.#ensured.until(retry.since))})`;
  }

  attempt(): Attempt {
    const { step, submittedAt } = this.#part();
    if (step === 'submit' || step === 'submit again') {
      return this.#ensured.submit(step === 'submit again', (outcome) => {
        this.#noteDoubt(outcome);
        this.#settle(outcome);
      });
    }
    const settle = (outcome: Outcome<ResourceState>): void => {
      this.#settle(outcome);
    };
    return this.#ensured.read(settle, (this.#now() - submittedAt) / 1000);
  }

  #noteDoubt(outcome: Outcome<Partial<Pick<Written, 'action'>>>): void {
    const part = this.#part();
    if (!outcome.ok) part.inDoubt ||= mayBeDone(outcome.failure);
    else if (part.inDoubt && ['keep', 'wait'].includes(outcome.value.action ?? '')) this.#ensured.found?.();
  }

  #part(): Ensuring {
    const now = this.#now();
    return (this.#all[this.#key] ??= {
      ...{ step: 'submit', submittedAt: now, dueAt: now, inDoubt: false, retry: null },
    });
  }

  #settle(outcome: Outcome<ResourceState>): void {
    const { step } = this.#part();
    if (!outcome.ok) this.#failedAttempt(outcome.failure);
    else if (outcome.value.state === 'ready') this.#end({ ok: true, value: null });
    else if (step === 'submit' || step === 'submit again') this.#submitted(outcome.value.state);
    else this.#seen(outcome.value.state);
  }

  #failedAttempt(failure: Failure): void {
    const now = this.#now();
    const retry = nextRetry(this.#part().retry, now);
    const pause = pauseAfter(failure, retry, now, this.#ensured.until(retry.since));
    if (pause === null) this.#end({ ok: false, failure });
    else Object.assign(this.#part(), { retry: { ...retry, code: failure.code }, dueAt: now + pause * 1000 });
  }

  /** `state` is that of a resource that existed before. A failed one is submitted again at once, to repair it. */
  #submitted(state: ResourceState['state']): void {
    const now = this.#now();
    const isFirst = this.#part().step === 'submit';
    if (isFirst && state === 'failed') {
      Object.assign(this.#part(), { step: 'submit again', dueAt: now, retry: null });
      return;
    }
    const step = isFirst ? 'await' : 'await again';
    const dueAt = now + this.#ensured.schedule(0) * 1000;
    Object.assign(this.#part(), { step, submittedAt: now, dueAt, retry: null });
  }

  #seen(state: ResourceState['state']): void {
    const now = this.#now();
    const { step, submittedAt } = this.#part();
    const { schedule, absentSeconds, deadlineSeconds, notReady } = this.#ensured;
    const elapsed = (now - submittedAt) / 1000;
    const isMissing = state === 'failed' || (state === 'absent' && elapsed >= absentSeconds);
    if (isMissing && step === 'await') {
      Object.assign(this.#part(), { step: 'submit again', dueAt: now, retry: null });
    } else if (state === 'failed' || elapsed >= deadlineSeconds) {
      this.#end({ ok: false, failure: notReady(state) });
    } else {
      Object.assign(this.#part(), { dueAt: now + schedule(elapsed) * 1000, retry: null });
    }
  }

  #end(outcome: Outcome<null>): void {
    this.#isOver = true;
    Reflect.deleteProperty(this.#all, this.#key);
    this.#ensured.end(outcome);
  }
}
