import { z } from 'zod';
import { connectionSchema } from '../domain/connection.ts';
import type { Connection } from '../domain/connection.ts';
import { Renewal } from '../durable/run.ts';
import type { Run, Step } from '../durable/run.ts';
import { ProvisioningError } from '../domain/failure.ts';
import { failureCatalog } from '../domain/failureCatalog.ts';
import type { FailureCode } from '../domain/failureCatalog.ts';
import { newRunStatus, runStatusSchema } from '../domain/runStatus.ts';
import type { Fault } from '../domain/runStatus.ts';
import { PhasedRun } from './phasedRun.ts';
import type { Schedule } from './schedule.ts';

/** What a connect run is started with, and what it hands to itself when it renews its history. */
export const connectInputSchema = z.object({
  connection: connectionSchema,
  /** Name of the function key's fingerprint, or an object ID. */
  startedBy: z.string(),
  /** Only in a renewed run: what must outlive the history. */
  carried: z
    .object({
      status: runStatusSchema,
      whitelistedAt: z.string().nullable(),
      writes: z.record(z.string(), z.number()),
    })
    .optional(),
});

export type ConnectInput = z.infer<typeof connectInputSchema>;

/** The state of one connect run beside its steps: its phases, its deadline, and what it has written so far. */
export class ConnectRun extends PhasedRun {
  readonly connection: Connection;
  readonly #startedBy: string;
  whitelistedAt: string | null;

  constructor(run: Run, input: ConnectInput) {
    super(run, { status: input.carried?.status ?? newRunStatus(), writes: input.carried?.writes ?? {} });
    this.connection = input.connection;
    this.#startedBy = input.startedBy;
    this.whitelistedAt = input.carried?.whitelistedAt ?? null;
  }

  /** The deadline runs from registration on, and is kept when the run renews itself. */
  startDeadline(): number {
    const deadlineAt = this.status.deadlineAt ?? this.now() + this.connection.deadlineMinutes * 60_000;
    this.status = { ...this.status, deadlineAt };
    return deadlineAt;
  }

  /** Looks until `done`, on a schedule; answers the last view, done or not, when `until` has come. */
  *poll<T>(
    look: () => Step<T>,
    until: number,
    schedule: Schedule,
    waiting: (view: T) => string | null,
  ): Step<T> {
    const from = this.now();
    for (;;) {
      const view = yield* look();
      const reason = waiting(view);
      if (reason === null || this.now() >= until) return view;
      this.waitingFor(reason);
      this.renewIfLong();
      const pause = schedule((this.now() - from) / 1000);
      yield* this.sleep(Math.min(pause, Math.max(0, (until - this.now()) / 1000)));
    }
  }

  /** Starts over at the top when the history has grown; only where no task is open. */
  renewIfLong(): void {
    if (!this.run.isLong()) return;
    const { connection, whitelistedAt } = this;
    const carried = { status: this.status, whitelistedAt, writes: this.writes };
    throw new Renewal({ connection, startedBy: this.#startedBy, carried });
  }
}

/** Several things stand in the way; the first gives the problem its type. */
export class PreflightFailed extends ProvisioningError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], first: Fault) {
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    const { code, detail } = first;
    super({ kind: failureCatalog[code].kind, code, message: `${detail}${more}`, source: 'app' });
    this.faults = faults;
  }
}

/** Ends the run with a failure of our own finding. */
export function stop(code: FailureCode, message: string): never {
  throw new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
