import * as z from 'zod';
import type { Activities } from '../../activities/activities.ts';
import type { SyncPlan } from '../../activities/sync.ts';
import { SYNC_HINT } from '../../domain/connection/names.ts';
import type { ProvisioningError } from '../../domain/failure/failure.ts';
import { connectionSummarySchema, syncCustomStatus, summarised } from '../../domain/sync/status.ts';
import type { ConnectionSummary, SyncResult, SyncStatus } from '../../domain/sync/status.ts';
import { ContinueAsNew, RunFailed } from '../../durable/run.ts';
import type { WakeUp, Run, Step } from '../../durable/run.ts';
import { RetryCounts, stepsOf } from '../../durable/step.ts';
import type { StepsOf } from '../../durable/step.ts';
import { Waits } from '../waits.ts';
import type { Wait } from '../waits.ts';

const DRIFT_SECONDS = 600;

/** What a sync run is started with, and what it hands to itself when it renews its history. */
export const syncInputSchema = z.object({
  projectId: z.string(),
  regionId: z.string(),
  /** Only in a renewed run: what must outlive the history. */
  carried: z
    .object({
      rounds: z.number(),
      writes: z.record(z.string(), z.number()),
      listed: z.number(),
      connections: z.array(connectionSummarySchema),
      /** Clusters whose address is awaited, and since when nothing has changed about them. */
      waiting: z.array(z.string()),
      waitingSince: z.number(),
      /** When the connections were last compared with their specifications. */
      driftAt: z.number(),
      /** Records that could not be written in this pass, over all its rounds, and why. */
      tried: z.record(z.string(), z.string()),
      /**
       * Zones of single clusters whose record is gone, until they are gone, too, each with the connection that it was for. An
       * earlier version did not note that: such a zone waits for DELETE.
       */
      emptied: z.record(z.string(), z.string()).or(z.array(z.string()).transform(() => ({}))),
      /** Rounds that a hint began, one right after the other. */
      hintedRounds: z.number(),
      /** Whether to go on waiting; otherwise a round comes first. */
      resume: z.boolean(),
      waits: z.record(z.string(), z.number()),
      /** Absent in runs that an earlier version has begun. */
      attempts: z.record(z.string(), z.number()).optional(),
    })
    .optional(),
});

export type SyncInput = z.infer<typeof syncInputSchema>;

/** The state of one sync run beside its steps: its rounds, what it waits for, and what it has written so far. */
export class SyncRun {
  readonly projectId: string;
  readonly regionId: string;
  readonly steps: StepsOf<Activities>;
  readonly attempts: RetryCounts;
  readonly hint: WakeUp;
  readonly tried: Map<string, string>;
  /** By zone ID, the ID of the connection. */
  readonly emptied: Map<string, string>;
  hintedRounds: number;
  readonly #run: Run;
  readonly #writes: Record<string, number>;
  readonly #waits: Waits;
  #rounds: number;
  #listed: number;
  #roundBegan: number;
  #connections: readonly ConnectionSummary[];
  #waiting: readonly string[];
  #waitingSince: number;
  #driftAt: number;

  constructor(run: Run, { projectId, regionId, carried }: SyncInput) {
    this.#run = run;
    this.projectId = projectId;
    this.regionId = regionId;
    this.hint = run.wakeUp(SYNC_HINT);
    this.#writes = { ...carried?.writes };
    this.#rounds = carried?.rounds ?? 0;
    this.#listed = carried?.listed ?? 0;
    this.#connections = carried?.connections ?? [];
    this.#waiting = carried?.waiting ?? [];
    this.#waitingSince = carried?.waitingSince ?? run.now();
    this.#driftAt = carried?.driftAt ?? 0;
    this.hintedRounds = carried?.hintedRounds ?? 0;
    this.emptied = new Map(Object.entries(carried?.emptied ?? {}));
    this.tried = new Map(Object.entries(carried?.tried ?? {}));
    this.#roundBegan = run.now();
    this.attempts = new RetryCounts(carried?.attempts);
    this.#waits = new Waits(run, carried?.waits ?? {}, {
      onMissing: (reason) => {
        this.show('round', reason);
      },
      afterPause: () => {
        this.continueAsNewIfLong();
      },
    });
    this.steps = stepsOf<Activities>(run, {
      attempts: this.attempts,
      onRetry: (failure, attempt) => {
        this.show('round', `${failure.message} (attempt ${attempt})`);
      },
      afterPause: () => {
        this.continueAsNewIfLong();
      },
    });
  }

  get waiting(): readonly string[] {
    return this.#waiting;
  }

  get secondsWaited(): number {
    return (this.now() - this.#waitingSince) / 1000;
  }

  get secondsSinceRoundBegan(): number {
    return (this.now() - this.#roundBegan) / 1000;
  }

  now(): number {
    return this.#run.now();
  }

  sleep(seconds: number): Step<void> {
    return this.#run.sleep(seconds);
  }

  sleepUnlessHinted(seconds: number): Step<void> {
    return this.#run.sleepUntilWoken(this.hint, seconds);
  }

  beginRound(): void {
    this.#rounds += 1;
    this.#roundBegan = this.now();
    this.show('round', null);
  }

  /** A burst of rounds compares whole connections once; each sweep does. */
  get isDriftDue(): boolean {
    return this.now() - this.#driftAt >= DRIFT_SECONDS * 1000;
  }

  planned({ listed, connections }: SyncPlan): void {
    this.#listed = listed;
    if (connections.some(({ drift }) => drift !== null)) this.#driftAt = this.now();
    for (const { connection, drift } of connections) {
      if (drift) this.#run.log({ event: 'drift', connectionId: connection.id, ...drift });
    }
  }

  /** What the last comparison found, for rounds that make none. */
  lastDrift(connectionId: string): ConnectionSummary['drift'] {
    return this.#connections.find((summary) => summary.connectionId === connectionId)?.drift ?? null;
  }

  endRound(connections: readonly ConnectionSummary[], waiting: readonly string[]): void {
    this.#connections = summarised(connections);
    const known = this.#waiting;
    // Somebody new to wait for: look often again.
    if (waiting.some((clusterId) => !known.includes(clusterId))) this.#waitingSince = this.now();
    this.#waiting = waiting;
  }

  wrote(kind: string, times = 1): void {
    if (times > 0) this.#writes[kind] = (this.#writes[kind] ?? 0) + times;
  }

  /** Looks until nothing is missing; answers the last view, also when the time is up. */
  poll<T>(wait: Wait<T>): Step<T> {
    return this.#waits.until(wait);
  }

  /** Asks for what a wait of that name waits for, once, also when the run renews itself meanwhile. */
  callOnce(wait: string, ask: () => Step<void>): Step<boolean> {
    return this.#waits.callOnce(wait, ask);
  }

  /** Starts over with a round when the history has grown; only where no task is open. */
  continueAsNewIfLong(): void {
    if (this.#run.isLong()) this.renew({ resume: false });
  }

  /** Goes on waiting with a fresh history when this one has grown. */
  keepWaitingIfLong(): void {
    if (this.#run.isLong()) this.renew({ resume: true });
  }

  renew({ resume }: { readonly resume: boolean }): never {
    const { projectId, regionId } = this;
    const carried: NonNullable<SyncInput['carried']> = {
      rounds: this.#rounds,
      writes: this.#writes,
      listed: this.#listed,
      connections: [...this.#connections],
      waiting: [...this.#waiting],
      waitingSince: this.#waitingSince,
      driftAt: this.#driftAt,
      hintedRounds: this.hintedRounds,
      tried: Object.fromEntries(this.tried),
      emptied: Object.fromEntries(this.emptied),
      resume,
      waits: this.#waits.since,
      attempts: this.attempts.counts,
    };
    throw new ContinueAsNew({ projectId, regionId, carried });
  }

  show(state: SyncStatus['state'], reason: string | null): void {
    const connections = [...this.#connections];
    this.#run.setStatus(
      syncCustomStatus({ round: this.#rounds, state, reason, listed: this.#listed, connections }),
    );
  }

  /** Shows the failure in the status, which survives the end of the run, and answers what to throw. */
  failed({ failure }: ProvisioningError): Error {
    this.show('failed', `${failure.code}: ${failure.message}`);
    return new RunFailed(failure, null);
  }

  result(): SyncResult {
    this.show('done', null);
    const { projectId, regionId } = this;
    return {
      projectId,
      regionId,
      rounds: this.#rounds,
      listed: this.#listed,
      connections: [...this.#connections],
      writes: { ...this.#writes },
    };
  }
}
