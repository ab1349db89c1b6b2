import * as z from 'zod';
import type { Activities } from '../activities/activities.ts';
import type { WhitelistEntry } from '../domain/connection/fieldSchemas.ts';
import { failureCatalog } from '../domain/failure/catalog.ts';
import type { Outcome } from '../domain/failure/failure.ts';
import { failureSchema, failed, mayBeDone, ProvisioningError, succeeded } from '../domain/failure/failure.ts';
import { customStatus } from '../domain/run/customStatus.ts';
import type { PhaseName } from '../domain/run/phase.ts';
import type { Fault, PhaseStatus } from '../domain/run/status.ts';
import { runStatusSchema, withoutRunning, withPhase, withProblem } from '../domain/run/status.ts';
import type { RunEvent } from '../domain/run/telemetry.ts';
import { retriesSchema, retrySpan } from '../durable/retries.ts';
import type { Attempt, Run, Step } from '../durable/run.ts';
import { RunFailed } from '../durable/run.ts';
import type { StepsOf } from '../durable/step.ts';
import { stepsOf } from '../durable/step.ts';
import { ensuringSchema, EnsureWork } from './ensure.ts';
import type { Ensured } from './ensure.ts';
import { settle } from './settle.ts';
import type { Wait } from './wait.ts';
import { waitFor } from './wait.ts';

/** What every run with stages carries through continue as new. Plain data, changed in place. */
export const stagedStateSchema = z.object({
  status: runStatusSchema,
  /** Writes so far, by kind. */
  writes: z.record(z.string(), z.number()).default({}),
  /** Results of the stages that are over, by the name of their phase. */
  done: z.record(z.string(), z.unknown()).default({}),
  /** Results of the requests of a stage that goes on, by `<stage>/<request>`: none is sent twice. */
  asked: z.record(z.string(), z.unknown()).default({}),
  /** When the waits of a stage that goes on began, by `<stage>/<wait>`. Milliseconds since the epoch. */
  since: z.record(z.string(), z.number()).default({}),
  /** Resources of a stage that goes on, between submit and end, by `<stage>/<resource>`. */
  ensuring: z.record(z.string(), ensuringSchema).default({}),
  /** How resources of a stage that goes on ended, while others beside them are still worked on: null if ready. */
  ended: z.record(z.string(), failureSchema.nullable()).default({}),
  retries: retriesSchema.default({}),
  /** The stage in which a request has had no answer, and may have been carried out; null if there is none. */
  inDoubt: z.string().nullable().default(null),
  /** Why the run fails, once it does. What follows is the undo. */
  failure: failureSchema.nullable().default(null),
});

export type StagedState = z.infer<typeof stagedStateSchema>;

export interface StagedOptions {
  /** Throws {@link ContinueAsNew} with the input of the next execution, which holds the state as it is. */
  readonly restart: () => never;
  /** Until when a step is tried again that has failed transiently since then. Milliseconds since the epoch. */
  readonly until: (since: number) => number;
}

/** A resource to ensure, as far as it is not the run's business. */
export type ToEnsure = Omit<Ensured, 'end' | 'until'>;

/**
 * A run as a straight line of stages, with a memory: a stage or request that is done returns its stored result at once, so
 * that a run that continues as new goes on where it was.
 */
export class StagedRun {
  readonly steps: StepsOf<Activities>;
  readonly run: Run;
  readonly #state: StagedState;
  readonly #options: StagedOptions;
  #stage: PhaseName;

  constructor(run: Run, state: StagedState, options: StagedOptions) {
    this.run = run;
    this.#state = state;
    this.#options = options;
    this.#stage = state.status.phases[0]?.phase ?? 'preflight';
    this.steps = stepsOf<Activities>(run, {
      retries: state.retries,
      until: options.until,
      onRetry: (failure, since) => {
        const { code, message } = failure;
        if (mayBeDone(failure)) state.inDoubt = this.#stage;
        this.waitingFor(`${message} (${retrySpan(code, since, options.until(since))})`);
      },
      afterPause: () => {
        this.continueAsNewIfLong();
      },
    });
  }

  now(): number {
    return this.run.now();
  }

  *sleep(seconds: number): Step<void> {
    yield* this.run.sleep(seconds);
  }

  together(attempts: readonly Attempt[]): Step<void> {
    return this.run.together(attempts);
  }

  /** Until when a step is tried again that fails from now on. */
  until(since: number): number {
    return this.#options.until(since);
  }

  /** Only when no task is open. */
  continueAsNewIfLong(): void {
    if (this.run.isLong()) this.#options.restart();
  }

  /** Runs a stage, unless it is done. The phase that users see has its name. The result must be JSON-safe. */
  *stage<T>(name: PhaseName, schema: z.ZodType<T>, body: () => Step<T>): Step<T> {
    const { done } = this.#state;
    if (name in done) return schema.parse(done[name]);
    this.begin(name);
    const value = yield* body();
    this.end(name);
    for (const kept of [this.#state.asked, this.#state.since, this.#state.ensuring]) forgetStage(kept, name);
    done[name] = value;
    this.continueAsNewIfLong();
    return value;
  }

  /** Sends a request of the current stage once, also if the run continues as new before the stage ends. */
  *once<T>(request: string, schema: z.ZodType<T>, step: () => Step<T>): Step<T> {
    const { asked } = this.#state;
    const key = this.#key(request);
    if (!(key in asked)) asked[key] = yield* step();
    return schema.parse(asked[key]);
  }

  /** Whether a request of the current stage has been sent. */
  hasAsked(request: string): boolean {
    return this.#key(request) in this.#state.asked;
  }

  /** Notes that something of the current stage is done, so that it is not done again. */
  noteDone(request: string): void {
    this.#state.asked[this.#key(request)] = null;
  }

  /** When a wait of the current stage began: now, if this is its first moment. */
  since(wait: string): number {
    return (this.#state.since[this.#key(wait)] ??= this.now());
  }

  forget(wait: string): void {
    Reflect.deleteProperty(this.#state.since, this.#key(wait));
  }

  /** Reads until nothing is missing, or the time is over. Returns the last view. */
  wait<T>(wait: Wait<T>): Step<T> {
    return waitFor(this, wait, this.since(wait.name));
  }

  /** Waits one time in total, even if the run continues as new during the wait. */
  *pause(name: string, seconds: number, reason: string): Step<void> {
    const left = seconds - (this.now() - this.since(name)) / 1000;
    if (left <= 0) return;
    this.waitingFor(reason);
    yield* this.sleep(left);
  }

  /** Ensures one resource of the current stage, and returns when it is ready. Throws its failure. */
  *ensure(key: string, ensured: ToEnsure): Step<void> {
    const [outcome] = yield* this.ensureAll([{ key, ensured }]);
    if (outcome?.ok === false) throw new ProvisioningError(outcome.failure);
  }

  /** Ensures resources of the current stage side by side, and returns how each ended. */
  *ensureAll(
    resources: readonly { readonly key: string; readonly ensured: ToEnsure }[],
  ): Step<readonly Outcome<null>[]> {
    const { ensuring, ended } = this.#state;
    const open = resources.filter(({ key }) => !(this.#key(key) in ended));
    const works = open.map(({ key, ensured }) => {
      const end = (outcome: Outcome<null>): void => {
        ended[this.#key(key)] = outcome.ok ? null : outcome.failure;
      };
      const until = (since: number): number => this.until(since);
      return new EnsureWork({ ...ensured, end, until }, ensuring, this.#key(key), () => this.now());
    });
    yield* settle(this, () => works);
    return resources.map(({ key }) => {
      const failure = ended[this.#key(key)] ?? null;
      // The same resource may be ensured again later in the stage.
      Reflect.deleteProperty(ended, this.#key(key));
      return failure ? failed(failure) : succeeded(null);
    });
  }

  /** Begins a phase, or goes on with it. */
  begin(phase: PhaseName): void {
    this.#stage = phase;
    this.beginBeside(phase);
  }

  /** Shows that a later phase has work already, beside the current one. */
  beginBeside(phase: PhaseName): void {
    if (this.#entry(phase)?.state !== 'running') this.#change(phase, { state: 'running', isAttempt: true });
  }

  end(phase: PhaseName): void {
    this.#change(phase, { state: 'done' });
  }

  skip(phase: PhaseName, reason: string): void {
    this.#change(phase, { state: 'skipped', reason });
  }

  waitingFor(reason: string): void {
    this.#change(this.#stage, { state: 'running', reason, isAttempt: true });
  }

  noteWhitelist(whitelist: WhitelistEntry): void {
    this.show({ ...this.#state.status, whitelist });
  }

  wrote(kind: string, times = 1): void {
    const { writes } = this.#state;
    if (times > 0) writes[kind] = (writes[kind] ?? 0) + times;
  }

  /** It was there when a request without an answer was repeated: probably this run has written it. */
  found(kind: string): void {
    this.wrote(`${kind}, found after a lost answer`);
  }

  /** Whether a request of the current stage has had no answer, and may have been carried out. */
  get isInDoubt(): boolean {
    return this.#state.inDoubt === this.#stage;
  }

  /** Shows the failure in the status, which remains after the end of the run. No phase stays behind running. */
  fail({ failure }: ProvisioningError, faults: readonly Fault[] = []): void {
    this.#state.failure = failure;
    this.failPhase(failureCatalog[failure.code].title);
    this.show(withProblem(withoutRunning(this.#state.status, this.now()), failure, faults));
  }

  /** The current phase has failed. */
  failPhase(reason: string): void {
    this.#change(this.#stage, { state: 'failed', reason });
  }

  /** Returns the error that ends the run with its failure. */
  ended(): Error {
    const { failure, status } = this.#state;
    const failed = status.phases.find(({ state }) => state === 'failed');
    return failure ? new RunFailed(failure, failed?.phase ?? null) : new Error('The run has not failed.');
  }

  show(status: StagedState['status']): void {
    this.#state.status = status;
    const { writes } = this.#state;
    this.run.setStatus(customStatus(Object.keys(writes).length > 0 ? { ...status, writes } : status));
  }

  #key(name: string): string {
    return `${this.#stage}/${name}`;
  }

  #change(phase: PhaseName, change: Omit<Parameters<typeof withPhase>[2], 'now'>): void {
    const before = this.#entry(phase);
    this.show(withPhase(this.#state.status, phase, { ...change, now: this.now() }));
    const after = this.#entry(phase);
    if (after && after.state !== before?.state) this.run.log(phaseEvent(after));
  }

  #entry(phase: PhaseName): PhaseStatus | undefined {
    return this.#state.status.phases.find((entry) => entry.phase === phase);
  }
}

function forgetStage(kept: Record<string, unknown>, stage: string): void {
  for (const key of Object.keys(kept)) if (key.startsWith(`${stage}/`)) Reflect.deleteProperty(kept, key);
}

/** A phase is logged when it begins and when it ends, not at each read, so that a long wait does not fill the log. */
function phaseEvent({ phase, state, startedAt, endedAt, attempts, reason }: PhaseStatus): RunEvent {
  const over = startedAt !== undefined && endedAt !== undefined;
  return {
    ...{ event: 'phase', phase, state, attempts },
    ...(over && { seconds: (endedAt - startedAt) / 1000 }),
    ...(reason !== undefined && { reason }),
  };
}
