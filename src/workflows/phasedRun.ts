import type { Activities } from '../activities/activities.ts';
import type { TearDownResult } from '../domain/run/result.ts';
import type { ProvisioningError } from '../domain/failure/failure.ts';
import { failureCatalog } from '../domain/failure/catalog.ts';
import type { PhaseName } from '../domain/run/phase.ts';
import { withMorePhases, withPhase, withProblem, withUndo } from '../domain/run/status.ts';
import type { Fault, PhaseStatus, RunStatus } from '../domain/run/status.ts';
import type { RunEvent } from '../domain/run/telemetry.ts';
import { customStatus } from '../domain/run/customStatus.ts';
import { RetryCounts } from '../durable/step.ts';
import { RunFailed } from '../durable/run.ts';
import type { Run, Step } from '../durable/run.ts';
import { stepsOf } from '../durable/step.ts';
import type { StepsOf } from '../durable/step.ts';

/** The state of a run with phases, beside its steps: its status, and its writes so far. */
export class PhasedRun {
  readonly steps: StepsOf<Activities>;
  readonly attempts: RetryCounts;
  protected readonly run: Run;
  protected status: RunStatus;
  readonly #writes: Record<string, number>;
  #phase: PhaseName;
  /** The phase that was running at continue as new; null once it is reached again. Phases before it are already reported. */
  #resumeAt: PhaseName | null;

  constructor(
    run: Run,
    from: {
      readonly status: RunStatus;
      readonly writes: Readonly<Record<string, number>>;
      readonly attempts?: Readonly<Record<string, number>>;
    },
  ) {
    this.run = run;
    this.status = from.status;
    this.#writes = { ...from.writes };
    this.#resumeAt = from.status.phases.find(({ state }) => state === 'running')?.phase ?? null;
    this.#phase = this.#resumeAt ?? from.status.phases[0]?.phase ?? 'preflight';
    this.attempts = new RetryCounts(from.attempts);
    this.steps = stepsOf<Activities>(run, {
      attempts: this.attempts,
      onRetry: (failure, attempt) => {
        this.waitingFor(`${failure.message} (attempt ${attempt})`);
      },
      afterPause: () => {
        this.continueAsNewIfLong();
      },
    });
  }

  /** Only when no task is open. A run that can continue as new does so when its history is long. */
  continueAsNewIfLong(): void {
    // This run cannot.
  }

  get writes(): Readonly<Record<string, number>> {
    return this.#writes;
  }

  wrote(kind: string, times = 1): void {
    if (times > 0) this.#writes[kind] = (this.#writes[kind] ?? 0) + times;
  }

  now(): number {
    return this.run.now();
  }

  *sleep(seconds: number): Step<void> {
    yield* this.run.sleep(seconds);
  }

  begin(phase: PhaseName): void {
    if (this.#isPassing(phase)) return;
    this.#phase = phase;
    this.#resumeAt = null;
    this.#change({ state: 'running', look: true });
  }

  end(reason?: string): void {
    if (this.#resumeAt !== null) return;
    this.#change({ state: 'done', ...(reason !== undefined && { reason }) });
  }

  /** Runs a step of another phase while the current phase goes on. */
  *during<T>(phase: PhaseName, step: Step<T>): Step<T> {
    if (this.#resumeAt !== null) return yield* step;
    const outer = this.#phase;
    this.begin(phase);
    const result = yield* step;
    this.#phase = outer;
    return result;
  }

  skip(phase: PhaseName, reason: string): void {
    if (this.#isPassing(phase)) return;
    this.#phase = phase;
    this.#resumeAt = null;
    this.#change({ state: 'skipped', reason });
  }

  waitingFor(reason: string): void {
    this.#change({ state: 'running', reason, look: true });
  }

  /** Adds phases to those that the run began with. */
  goOnWith(phases: readonly PhaseName[]): void {
    this.status = withMorePhases(this.status, phases);
  }

  /** Shows the failure in the status, which remains after the end of the run. Returns the error to throw. */
  failed(error: ProvisioningError, faults: readonly Fault[] = []): Error {
    const { code, message } = error.failure;
    this.status = withProblem(this.status, code, message, faults);
    this.#change({ state: 'failed', reason: failureCatalog[code].title });
    return new RunFailed(error.failure, this.#phase);
  }

  /** Shows the result of an undo, beside the failure that caused it. */
  undone(result: TearDownResult): void {
    this.status = withUndo(this.status, result);
    this.run.setStatus(customStatus(this.status));
  }

  #change(change: {
    readonly state: 'running' | 'done' | 'skipped' | 'failed';
    readonly reason?: string;
    readonly look?: boolean;
  }): void {
    const before = this.#entry();
    this.status = withPhase(this.status, this.#phase, { ...change, now: this.now() });
    this.run.setStatus(customStatus(this.status));
    const after = this.#entry();
    if (after && after.state !== before?.state) this.run.log(phaseEvent(after));
  }

  /** Whether the phase comes before the one that was running at continue as new. */
  #isPassing(phase: PhaseName): boolean {
    if (this.#resumeAt === null) return false;
    const names = this.status.phases.map((entry) => entry.phase);
    return names.indexOf(phase) < names.indexOf(this.#resumeAt);
  }

  #entry(): PhaseStatus | undefined {
    return this.status.phases.find(({ phase }) => phase === this.#phase);
  }
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
