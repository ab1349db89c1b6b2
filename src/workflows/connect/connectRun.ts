import * as z from 'zod';
import type { AllocationView } from '../../activities/allocation.ts';
import type { PreflightResult } from '../../activities/preflight.ts';
import { connectStartSchema } from '../../domain/connection/connection.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { beforeSchema } from '../../domain/plan/rows.ts';
import type { Before } from '../../domain/plan/rows.ts';
import { newRunStatus, runStatusSchema } from '../../domain/run/status.ts';
import type { Fault } from '../../domain/run/status.ts';
import { ContinueAsNew } from '../../durable/run.ts';
import type { Run, Step } from '../../durable/run.ts';
import { DnsEnsured, dnsEnsuredSchema } from '../dns/dnsEnsured.ts';
import { PhasedRun } from '../phasedRun.ts';
import { Waits } from '../waits.ts';
import type { Wait } from '../waits.ts';

const readyEndpointSchema = z.object({ endpointId: z.string(), address: z.string() });

/** A private endpoint that Azure is done with. */
export type ReadyEndpoint = Readonly<z.infer<typeof readyEndpointSchema>>;

/** What a connect run is started with, and what it hands to itself when it renews its history. */
export const connectInputSchema = connectStartSchema.extend({
  /** Only in a renewed run: what must outlive the history. */
  carried: z
    .object({
      status: runStatusSchema,
      whitelistedAt: z.string().nullable(),
      writes: z.record(z.string(), z.number()),
      waits: z.record(z.string(), z.number()),
      before: beforeSchema.nullable(),
      plan: z.custom<PreflightResult>((value) => typeof value === 'object').nullable(),
      /** Absent in runs that an earlier version has begun. */
      endpoint: readyEndpointSchema.nullish(),
      registered: z.boolean().optional(),
      zoneIds: z.record(z.string(), z.string()).optional(),
      settled: dnsEnsuredSchema.optional(),
      allocated: z.custom<AllocationView>((value) => typeof value === 'object').nullish(),
      attempts: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
});

export type ConnectInput = z.infer<typeof connectInputSchema>;

/** The state of one connect run beside its steps: its phases, its deadline, and what it has written so far. */
export class ConnectRun extends PhasedRun {
  readonly connection: Connection;
  readonly #startedBy: string;
  readonly #notBefore: number;
  readonly #waits: Waits;
  /** The zones that were submitted, by name. */
  readonly zoneIds: Map<string, string>;
  readonly settled: DnsEnsured;
  whitelistedAt: string | null;
  /** Whether the endpoint's ID is known to be at Zilliz. From then on one that is missing there has been taken away. */
  registered: boolean;
  /** What the wait for the allocation came to: clusters that come later are for sync. Null while it goes on. */
  allocated: AllocationView | null;
  #before: Before | null;
  #plan: PreflightResult | null;
  #endpoint: ReadyEndpoint | null;

  constructor(run: Run, input: ConnectInput) {
    super(run, {
      status: input.carried?.status ?? newRunStatus(),
      writes: input.carried?.writes ?? {},
      attempts: input.carried?.attempts ?? {},
    });
    this.connection = input.connection;
    this.#startedBy = input.startedBy;
    this.#notBefore = input.notBefore ?? 0;
    this.whitelistedAt = input.carried?.whitelistedAt ?? null;
    this.registered = input.carried?.registered ?? false;
    this.allocated = input.carried?.allocated ?? null;
    this.#before = input.carried?.before ?? null;
    this.#plan = input.carried?.plan ?? null;
    this.#endpoint = input.carried?.endpoint ?? null;
    this.zoneIds = new Map(Object.entries(input.carried?.zoneIds ?? {}));
    this.settled = new DnsEnsured(input.carried?.settled);
    this.#waits = new Waits(run, input.carried?.waits ?? {}, {
      onMissing: (reason) => {
        this.waitingFor(reason);
      },
      afterPause: () => {
        this.settled.forgetTransient();
        this.continueAsNewIfLong();
      },
    });
  }

  /** What an undo must leave alone; null when none is asked for, or nothing has been written yet. */
  get before(): Before | null {
    return this.#before;
  }

  /** The first reading counts: what a renewed run finds may be its own doing. */
  noteBefore(before: Before | null): void {
    this.#before ??= before;
  }

  /** What an interrupted run has begun may still land, and nothing shows it before. */
  *awaitLateWrites(): Step<void> {
    const seconds = (this.#notBefore - this.now()) / 1000;
    if (seconds <= 0) return;
    this.waitingFor('the last write of the interrupted run may still land');
    yield* this.sleep(seconds);
  }

  /** The plan of the run, made once: what changes afterwards is found by the step that it concerns. */
  *plan(): Step<PreflightResult> {
    this.#plan ??= yield* this.steps.preflight({ connection: this.connection });
    return this.#plan;
  }

  /** Null until it is ready. From then on the run takes no other for it, and makes none when it is gone. */
  get endpoint(): ReadyEndpoint | null {
    return this.#endpoint;
  }

  noteEndpoint(endpoint: ReadyEndpoint): void {
    this.#endpoint = endpoint;
  }

  /** From here on the subscription is known to be authorized, also in a renewed run. */
  noteService(service: string): void {
    if (this.#plan) this.#plan = { ...this.#plan, service };
  }

  /** The deadline runs from registration on, and is kept when the run renews itself. */
  startDeadline(): number {
    const deadlineAt = this.status.deadlineAt ?? this.now() + this.connection.deadlineMinutes * 60_000;
    this.status = { ...this.status, deadlineAt };
    return deadlineAt;
  }

  /** Looks until nothing is missing; answers the last view, also when the time is up. */
  poll<T>(wait: Wait<T>): Step<T> {
    return this.#waits.until(wait);
  }

  /** Whether the run has asked for what that wait waits for, also before it renewed itself. */
  hasAsked(wait: string): boolean {
    return this.#waits.hasAsked(wait);
  }

  /** Asks for what a wait of that name waits for, once, also when the run renews itself meanwhile. */
  callOnce(wait: string, ask: () => Step<void>): Step<boolean> {
    return this.#waits.callOnce(wait, ask);
  }

  /**
   * Starts over at the top when the history has grown, but not on the way back. Only after a pause: a pass that is long by
   * itself would else go round without one.
   */
  override continueAsNewIfLong(): void {
    if (this.run.isLong() && !this.status.problem) this.#renew();
  }

  /** The same without a pause, when something has been settled: the next pass gets further than this one. */
  continueAsNewWhenIdle(): void {
    this.continueAsNewIfLong();
  }

  #renew(): never {
    const { connection, whitelistedAt } = this;
    const carried = {
      ...{ status: this.status, whitelistedAt, writes: this.writes },
      ...{ waits: this.#waits.since, before: this.#before, plan: this.#plan },
      ...{ endpoint: this.#endpoint, registered: this.registered, zoneIds: Object.fromEntries(this.zoneIds) },
      ...{ allocated: this.allocated, settled: this.settled.carried, attempts: this.attempts.counts },
    };
    throw new ContinueAsNew({ connection, startedBy: this.#startedBy, carried });
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
export function fail(code: FailureCode, message: string): never {
  throw new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
