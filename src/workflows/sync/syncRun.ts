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

/** What a sync run carries through continue as new. A field that an earlier version did not carry has its default. */
const syncStateSchema = z.object({
  rounds: z.number().default(0),
  writes: z.record(z.string(), z.number()).default({}),
  listed: z.number().default(0),
  connections: z.array(connectionSummarySchema).default([]),
  /** Clusters without an address, and since when nothing has changed about them; null before the first execution. */
  waiting: z.array(z.string()).default([]),
  waitingSince: z.number().nullable().default(null),
  /** When the connections were last compared with their specifications. */
  driftAt: z.number().default(0),
  /** Records that could not be written in this pass, over all its rounds, and why. */
  tried: z.record(z.string(), z.string()).default({}),
  /**
   * Zones of single clusters whose record is deleted, until they are deleted too, each with the ID of its connection. An
   * earlier version did not carry the ID: such a zone is removed by DELETE.
   */
  emptied: z
    .record(z.string(), z.string())
    .or(z.array(z.string()).transform(() => ({})))
    .default({}),
  /** Rounds that external events started, one directly after the other. */
  hintedRounds: z.number().default(0),
  /** Whether to go on waiting; otherwise a round comes first. */
  resume: z.boolean().default(false),
  waits: z.record(z.string(), z.number()).default({}),
  attempts: z.record(z.string(), z.number()).default({}),
});

type SyncState = z.infer<typeof syncStateSchema>;

/** The input of a sync run: of its start, and of each continue as new. */
export const syncInputSchema = z.object({
  projectId: z.string(),
  regionId: z.string(),
  carried: syncStateSchema.prefault({}),
});

export type SyncInput = z.infer<typeof syncInputSchema>;

/** The state of one sync run beside its steps: its rounds, the clusters without an address, and its writes so far. */
export class SyncRun {
  readonly projectId: string;
  readonly regionId: string;
  readonly steps: StepsOf<Activities>;
  readonly attempts: RetryCounts;
  readonly wakeUp: WakeUp;
  readonly failedWrites: Map<string, string>;
  /** By zone ID, the ID of the connection. */
  readonly zonesToDelete: Map<string, string>;
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
    this.wakeUp = run.wakeUp(SYNC_HINT);
    this.#writes = { ...carried.writes };
    this.#rounds = carried.rounds;
    this.#listed = carried.listed;
    this.#connections = carried.connections;
    this.#waiting = carried.waiting;
    this.#waitingSince = carried.waitingSince ?? run.now();
    this.#driftAt = carried.driftAt;
    this.hintedRounds = carried.hintedRounds;
    this.zonesToDelete = new Map(Object.entries(carried.emptied));
    this.failedWrites = new Map(Object.entries(carried.tried));
    this.#roundBegan = run.now();
    this.attempts = new RetryCounts(carried.attempts);
    this.#waits = new Waits(run, carried.waits, {
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

  sleepUntilWoken(seconds: number): Step<void> {
    return this.#run.sleepUntilWoken(this.wakeUp, seconds);
  }

  beginRound(): void {
    this.#rounds += 1;
    this.#roundBegan = this.now();
    this.show('round', null);
  }

  /** Several rounds in a row compare whole connections only once; each sweep does so. */
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

  /** Returns the result of the last comparison, for rounds without one. */
  lastDrift(connectionId: string): ConnectionSummary['drift'] {
    return this.#connections.find((summary) => summary.connectionId === connectionId)?.drift ?? null;
  }

  endRound(connections: readonly ConnectionSummary[], waiting: readonly string[]): void {
    this.#connections = summarised(connections);
    const known = this.#waiting;
    // A new cluster to wait for: the schedule starts over with short pauses.
    if (waiting.some((clusterId) => !known.includes(clusterId))) this.#waitingSince = this.now();
    this.#waiting = waiting;
  }

  wrote(kind: string, times = 1): void {
    if (times > 0) this.#writes[kind] = (this.#writes[kind] ?? 0) + times;
  }

  /** Reads until nothing is missing. Returns the last view, also when the deadline has passed. */
  poll<T>(wait: Wait<T>): Step<T> {
    return this.#waits.until(wait);
  }

  /** Sends the request of a wait of that name once, also if the run continues as new meanwhile. */
  callOnce(wait: string, request: () => Step<void>): Step<boolean> {
    return this.#waits.callOnce(wait, request);
  }

  /** Continues as new, with a round first, when the history is long. Only when no task is open. */
  continueAsNewIfLong(): void {
    if (this.#run.isLong()) this.continueAsNew({ resume: false });
  }

  /** Continues as new, still waiting, when the history is long. */
  keepWaitingIfLong(): void {
    if (this.#run.isLong()) this.continueAsNew({ resume: true });
  }

  continueAsNew({ resume }: { readonly resume: boolean }): never {
    const { projectId, regionId } = this;
    const carried: SyncState = {
      rounds: this.#rounds,
      writes: this.#writes,
      listed: this.#listed,
      connections: [...this.#connections],
      waiting: [...this.#waiting],
      waitingSince: this.#waitingSince,
      driftAt: this.#driftAt,
      hintedRounds: this.hintedRounds,
      tried: Object.fromEntries(this.failedWrites),
      emptied: Object.fromEntries(this.zonesToDelete),
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

  /** Shows the failure in the status, which remains after the end of the run. Returns the error to throw. */
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
