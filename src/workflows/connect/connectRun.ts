import * as z from 'zod';
import { connectStartSchema } from '../../domain/connection/connection.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import type { FailureCode } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { preflightResultSchema } from '../../domain/plan/preflightResult.ts';
import type { PreflightResult } from '../../domain/plan/preflightResult.ts';
import { beforeSchema } from '../../domain/plan/rows.ts';
import type { Before } from '../../domain/plan/rows.ts';
import { allocationViewSchema } from '../../domain/resources/allocation.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { newRunStatus, runStatusSchema } from '../../domain/run/status.ts';
import type { Fault } from '../../domain/run/status.ts';
import { ContinueAsNew } from '../../durable/run.ts';
import type { Run, Step } from '../../durable/run.ts';
import { DnsEnsured, dnsEnsuredSchema } from '../dns/dnsEnsured.ts';
import { PhasedRun } from '../phasedRun.ts';
import { Waits } from '../waits.ts';
import type { Wait } from '../waits.ts';

const readyEndpointSchema = z.object({ endpointId: z.string(), address: z.string() });

/** A private endpoint that Azure has finished creating. */
export type ReadyEndpoint = Readonly<z.infer<typeof readyEndpointSchema>>;

/** What a connect run carries through continue as new. A field that an earlier version did not carry has its default. */
const connectStateSchema = z.object({
  status: runStatusSchema.default(() => newRunStatus()),
  whitelistedAt: z.string().nullable().default(null),
  writes: z.record(z.string(), z.number()).default({}),
  waits: z.record(z.string(), z.number()).default({}),
  before: beforeSchema.nullable().default(null),
  plan: preflightResultSchema.nullable().default(null),
  endpoint: readyEndpointSchema.nullable().default(null),
  registered: z.boolean().default(false),
  zoneIds: z.record(z.string(), z.string()).default({}),
  settled: dnsEnsuredSchema.prefault({}),
  allocated: allocationViewSchema.nullable().default(null),
  attempts: z.record(z.string(), z.number()).default({}),
});

type ConnectState = z.infer<typeof connectStateSchema>;

/** The input of a connect run: of its start, and of each continue as new. */
export const connectInputSchema = connectStartSchema.extend({ carried: connectStateSchema.prefault({}) });

export type ConnectInput = z.infer<typeof connectInputSchema>;

/** The state of one connect run beside its steps: its phases, its deadline, and its writes so far. */
export class ConnectRun extends PhasedRun {
  readonly connection: Connection;
  readonly #startedBy: string;
  readonly #notBefore: number;
  readonly #waits: Waits;
  /** The zones that were submitted, by name. */
  readonly zoneIds: Map<string, string>;
  readonly settled: DnsEnsured;
  whitelistedAt: string | null;
  /** Whether Zilliz has listed the endpoint's ID. If the ID is missing afterwards, it has been removed. */
  registered: boolean;
  /** The result of the wait for the allocation; null while it goes on. Sync handles clusters that come later. */
  allocated: AllocationView | null;
  #before: Before | null;
  #plan: PreflightResult | null;
  #endpoint: ReadyEndpoint | null;

  constructor(run: Run, { connection, startedBy, notBefore = 0, carried }: ConnectInput) {
    super(run, carried);
    this.connection = connection;
    this.#startedBy = startedBy;
    this.#notBefore = notBefore;
    this.whitelistedAt = carried.whitelistedAt;
    this.registered = carried.registered;
    this.allocated = carried.allocated;
    this.#before = carried.before;
    this.#plan = carried.plan;
    this.#endpoint = carried.endpoint;
    this.zoneIds = new Map(Object.entries(carried.zoneIds));
    this.settled = new DnsEnsured(carried.settled);
    this.#waits = new Waits(run, carried.waits, {
      onMissing: (reason) => {
        this.waitingFor(reason);
      },
      afterPause: () => {
        this.settled.forgetTransient();
        this.continueAsNewIfLong();
      },
    });
  }

  /** Returns what an undo must not remove; null if no undo is requested, or nothing has been written yet. */
  get before(): Before | null {
    return this.#before;
  }

  /** Keeps the first reading only: after continue as new, a reading may show resources that this run created. */
  noteBefore(before: Before | null): void {
    this.#before ??= before;
  }

  /** Waits for writes that an interrupted run has sent: they may still take effect, and no read shows them before. */
  *awaitLateWrites(): Step<void> {
    const seconds = (this.#notBefore - this.now()) / 1000;
    if (seconds <= 0) return;
    this.waitingFor('the last write of the interrupted run may still land');
    yield* this.sleep(seconds);
  }

  /** Returns the plan of the run. It is computed once: each step detects later changes of its own resource. */
  *plan(): Step<PreflightResult> {
    this.#plan ??= preflightResultSchema.parse(yield* this.steps.preflight({ connection: this.connection }));
    return this.#plan;
  }

  /** Null until it is ready. After that the run uses no other endpoint, and creates none if this one is deleted. */
  get endpoint(): ReadyEndpoint | null {
    return this.#endpoint;
  }

  noteEndpoint(endpoint: ReadyEndpoint): void {
    this.#endpoint = endpoint;
  }

  /** Records that the subscription is authorized, also for the time after continue as new. */
  noteService(service: string): void {
    if (this.#plan) this.#plan = { ...this.#plan, service };
  }

  /** Returns the deadline. It is counted from the registration, and kept through continue as new. */
  startDeadline(): number {
    const deadlineAt = this.status.deadlineAt ?? this.now() + this.connection.deadlineMinutes * 60_000;
    this.status = { ...this.status, deadlineAt };
    return deadlineAt;
  }

  /** Reads until nothing is missing. Returns the last view, also when the deadline has passed. */
  poll<T>(wait: Wait<T>): Step<T> {
    return this.#waits.until(wait);
  }

  /** Whether the run has sent the request of that wait, also before it continued as new. */
  hasRequested(wait: string): boolean {
    return this.#waits.hasRequested(wait);
  }

  /** Sends the request of a wait of that name once, also if the run continues as new meanwhile. */
  callOnce(wait: string, request: () => Step<void>): Step<boolean> {
    return this.#waits.callOnce(wait, request);
  }

  /**
   * Continues as new when the history is long, but not during an undo. Only after a pause: a pass that is long by itself would
   * otherwise repeat without one.
   */
  override continueAsNewIfLong(): void {
    if (this.run.isLong() && !this.status.problem) this.#continueAsNew();
  }

  /** The same without a pause, after progress: the next pass gets further than this one. */
  continueAsNewWhenIdle(): void {
    this.continueAsNewIfLong();
  }

  #continueAsNew(): never {
    const carried: ConnectState = {
      ...{ status: this.status, whitelistedAt: this.whitelistedAt, writes: this.writes },
      ...{ waits: this.#waits.since, before: this.#before, plan: this.#plan },
      ...{ endpoint: this.#endpoint, registered: this.registered, zoneIds: Object.fromEntries(this.zoneIds) },
      ...{ allocated: this.allocated, settled: this.settled.carried, attempts: this.attempts.counts },
    };
    throw new ContinueAsNew({ connection: this.connection, startedBy: this.#startedBy, carried });
  }
}

/** Preflight found one or more faults. The first determines the problem's type. */
export class PreflightFailed extends ProvisioningError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[], first: Fault) {
    const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : '';
    const { code, detail } = first;
    super({ kind: failureCatalog[code].kind, code, message: `${detail}${more}`, source: 'app' });
    this.faults = faults;
  }
}

/** Ends the run with a failure that the app itself detected. */
export function fail(code: FailureCode, message: string): never {
  throw new ProvisioningError({ kind: failureCatalog[code].kind, code, message, source: 'app' });
}
