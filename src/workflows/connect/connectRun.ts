import * as z from 'zod';
import { connectStartSchema } from '../../domain/connection/connection.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { failureCatalog } from '../../domain/failure/catalog.ts';
import { ProvisioningError } from '../../domain/failure/failure.ts';
import { preflightResultSchema } from '../../domain/plan/preflightResult.ts';
import type { AllocationView } from '../../domain/resources/allocation.ts';
import { newRunStatus, runStatusSchema } from '../../domain/run/status.ts';
import type { Fault } from '../../domain/run/status.ts';
import type { Verification } from '../../domain/run/verification.ts';
import { ContinueAsNew } from '../../durable/run.ts';
import type { Run, Step } from '../../durable/run.ts';
import { removalStateSchema } from '../disconnect/removalProgress.ts';
import { DnsState, dnsStateSchema } from '../dns/dnsState.ts';
import { DnsWork } from '../dns/dnsWork.ts';
import { StagedRun, stagedStateSchema } from '../stagedRun.ts';

const MINUTE = 60_000;
/** The budget for everything up to the registration, from the start of the run. */
const BUDGET_MS = 60 * MINUTE;
/** After the deadline, DNS and verification still get this time: clusters may have become ready at the last moment. */
const BUDGET_AFTER_DEADLINE_MS = 15 * MINUTE;

/** A private endpoint that Azure has finished creating. */
export const readyEndpointSchema = z.object({ endpointId: z.string(), address: z.string() });
export type ReadyEndpoint = Readonly<z.infer<typeof readyEndpointSchema>>;

/** Whether Zilliz listed the endpoint's ID only after this run registered it. */
export const registeredSchema = z.object({ isNew: z.boolean() });

/** The results of the stages, each checked: a state of another form is refused before the run acts on it. */
const doneSchema = z.looseObject({
  preflight: preflightResultSchema.optional(),
  'authorize-subscription': z.string().optional(),
  'create-endpoint': readyEndpointSchema.optional(),
  'register-endpoint': registeredSchema.optional(),
});

/** What a connect run carries through continue as new. A field that an earlier version did not carry has its default. */
const connectStateSchema = stagedStateSchema.extend({
  status: runStatusSchema.default(() => newRunStatus()),
  done: doneSchema.prefault({}),
  /** When the run started, in milliseconds since the epoch; null in its first execution. */
  startedAt: z.number().nullable().default(null),
  dns: dnsStateSchema.prefault({}),
  /** The removal of what is not wanted any more. */
  obsolete: removalStateSchema.prefault({}),
  /** The undo. */
  removal: removalStateSchema.prefault({}),
});

/** The input of a connect run: of its start, and of each continue as new. */
export const connectInputSchema = connectStartSchema.extend({ state: connectStateSchema.prefault({}) });

export type ConnectInput = z.infer<typeof connectInputSchema>;

/** One connect run: its stages, and what they share. */
export class ConnectRun extends StagedRun {
  readonly connection: Connection;
  readonly fromTags = false;
  readonly state: ConnectInput['state'];
  readonly #notBefore: number;
  #dns: DnsWork | null = null;
  /** Of the last verification in this execution. */
  proofs: readonly Verification[] = [];
  #clusters: AllocationView['clusters'] | null = null;

  constructor(
    run: Run,
    { connection, startedBy, reconciles, notBefore = 0, whitelist, state }: ConnectInput,
  ) {
    const startedAt = (state.startedAt ??= run.now());
    if (whitelist) state.status.whitelist ??= whitelist;
    super(run, state, {
      restart: () => {
        throw new ContinueAsNew({ connection, startedBy, reconciles, state });
      },
      until: (since) => {
        const { deadlineAt } = state.status;
        if (deadlineAt === undefined) return startedAt + BUDGET_MS;
        return Math.max(deadlineAt, since + BUDGET_AFTER_DEADLINE_MS);
      },
    });
    this.connection = connection;
    this.state = state;
    this.#notBefore = notBefore;
  }

  /** Waits for writes that an interrupted run has sent: they may still take effect, and no read shows them before. */
  *awaitLateWrites(): Step<void> {
    const seconds = (this.#notBefore - this.now()) / 1000;
    if (seconds <= 0) return;
    this.waitingFor('the last write of the interrupted run may still land');
    yield* this.sleep(seconds);
  }

  /** Starts the deadline: it is counted from the registration. */
  startDeadline(): void {
    const deadlineAt = this.now() + this.connection.deadlineMinutes * MINUTE;
    this.show({ ...this.state.status, deadlineAt });
  }

  get deadlineAt(): number {
    return this.state.status.deadlineAt ?? this.now();
  }

  dns({ address }: ReadyEndpoint): DnsWork {
    return (this.#dns ??= new DnsWork(this, new DnsState(this.state.dns), address));
  }

  /** The clusters of the last reading. After continue as new they are read again: carrying them would be large. */
  *clusters({ endpointId }: ReadyEndpoint): Step<AllocationView['clusters']> {
    const { connection } = this;
    this.#clusters ??= (yield* this.steps.observeAllocation({ connection, endpointId })).clusters;
    return this.#clusters;
  }

  /** IDs of the clusters that were suspended when they were read last. */
  suspendedClusters(): ReadonlySet<string> {
    const asleep = (this.#clusters ?? []).filter(({ asleep: isAsleep }) => isAsleep === true);
    return new Set(asleep.map(({ clusterId }) => clusterId));
  }

  noteClusters(clusters: AllocationView['clusters']): void {
    this.#clusters = clusters;
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
