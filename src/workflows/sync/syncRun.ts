import * as z from 'zod';
import type { Activities } from '../../activities/activities.ts';
import type { SyncPlan } from '../../activities/sync.ts';
import type { Connection } from '../../domain/connection/connection.ts';
import { SYNC_HINT } from '../../domain/connection/names.ts';
import { statusOf } from '../../domain/connection/status.ts';
import type { ProvisioningError } from '../../domain/failure/failure.ts';
import {
  connectionSummarySchema,
  knownConnectionSchema,
  syncCustomStatus,
  summarised,
  withRecordDrift,
} from '../../domain/sync/status.ts';
import type { ConnectionSummary, SyncResult, SyncStatus } from '../../domain/sync/status.ts';
import { retriesSchema } from '../../durable/retries.ts';
import type { Attempt, WakeUp, Run, Step } from '../../durable/run.ts';
import { ContinueAsNew, RunFailed } from '../../durable/run.ts';
import type { StepsOf } from '../../durable/step.ts';
import { stepsOf } from '../../durable/step.ts';
import { DnsState, dnsStateSchema } from '../dns/dnsState.ts';
import { DnsWork } from '../dns/dnsWork.ts';
import type { SettlingRun } from '../settle.ts';
import type { Wait } from '../wait.ts';
import { waitFor } from '../wait.ts';

const DRIFT_SECONDS = 600;
/** The budget of a round: what fails longer is left to the next one. */
const ROUND_BUDGET_MS = 15 * 60_000;

/** What a sync run carries through continue as new. A field that an earlier version did not carry has its default. */
const syncStateSchema = z.object({
  rounds: z.number().default(0),
  /** When the round under way began, also if it has continued as new; null between rounds. Milliseconds since the epoch. */
  roundBeganAt: z.number().nullable().default(null),
  writes: z.record(z.string(), z.number()).default({}),
  listed: z.number().default(0),
  /** Connections of earlier syncs; after the first round those that their tags no longer show. */
  known: z.array(knownConnectionSchema).default([]),
  connections: z.array(connectionSummarySchema).default([]),
  /** Clusters without an address, and since when nothing has changed about them; null before the first execution. */
  waiting: z.array(z.string()).default([]),
  waitingSince: z.number().nullable().default(null),
  /** When the connections were last compared with their specifications. */
  driftAt: z.number().default(0),
  /** The DNS of each connection in the round under way. */
  dns: z.record(z.string(), dnsStateSchema).default({}),
  /** Records that could not be written in this pass, over all its rounds, and why. */
  failedWrites: z.record(z.string(), z.string()).default({}),
  /** Zones of single clusters whose record is deleted, until they are deleted too, each with the ID of its connection. */
  zonesToDelete: z.record(z.string(), z.string()).default({}),
  /** Rounds that external events started, one directly after the other. */
  hintedRounds: z.number().default(0),
  /** Whether to go on waiting; otherwise a round comes first. */
  resume: z.boolean().default(false),
  /** When the waits under way began, by name. Milliseconds since the epoch. */
  since: z.record(z.string(), z.number()).default({}),
  retries: retriesSchema.default({}),
});

/** The input of a sync run: of its start, and of each continue as new. */
export const syncInputSchema = z.object({
  projectId: z.string(),
  regionId: z.string(),
  /** Only of a start by the sweep, and until its first round is planned. */
  sweep: z.object({ running: z.array(z.string()) }).optional(),
  /** Only of a start. */
  known: z.array(knownConnectionSchema).optional(),
  state: syncStateSchema.prefault({}),
});

export type SyncInput = z.infer<typeof syncInputSchema>;

/** One sync run: its rounds, the clusters without an address, and its writes so far. */
export class SyncRun implements SettlingRun {
  readonly projectId: string;
  readonly regionId: string;
  readonly steps: StepsOf<Activities>;
  readonly wakeUp: WakeUp;
  readonly state: SyncInput['state'];
  readonly #run: Run;
  #sweep: SyncInput['sweep'];
  #roundBegan: number;

  constructor(run: Run, { projectId, regionId, sweep, known, state }: SyncInput) {
    this.#run = run;
    this.#sweep = sweep;
    this.projectId = projectId;
    this.regionId = regionId;
    this.state = state;
    if (known) state.known = known;
    this.wakeUp = run.wakeUp(SYNC_HINT);
    this.#roundBegan = state.roundBeganAt ?? run.now();
    state.waitingSince ??= run.now();
    this.steps = stepsOf<Activities>(run, {
      retries: state.retries,
      until: () => this.#until(),
      onRetry: ({ message }) => {
        this.waitingFor(message);
      },
      afterPause: () => {
        this.continueAsNewIfLong();
      },
    });
  }

  get secondsWaited(): number {
    return (this.now() - (this.state.waitingSince ?? this.now())) / 1000;
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

  together(attempts: readonly Attempt[]): Step<void> {
    return this.#run.together(attempts);
  }

  sleepUntilWoken(seconds: number): Step<void> {
    return this.#run.sleepUntilWoken(this.wakeUp, seconds);
  }

  *wait<T>(wait: Wait<T>): Step<T> {
    const since = (this.state.since[wait.name] ??= this.now());
    const view = yield* waitFor(this, wait, since);
    Reflect.deleteProperty(this.state.since, wait.name);
    return view;
  }

  /** The DNS of one connection in this round. */
  dns(connection: Connection, address: string): DnsWork {
    const kept = (this.state.dns[connection.id] ??= dnsStateSchema.parse({}));
    const run = {
      ...{ connection, steps: this.steps, fromTags: true },
      now: () => this.now(),
      until: () => this.#until(),
      wrote: (kind: string, times?: number) => {
        this.wrote(kind, times);
      },
      found: (kind: string) => {
        this.wrote(`${kind}, found after a lost answer`);
      },
    };
    return new DnsWork(run, new DnsState(kept), address);
  }

  /** What the plan of the next round takes from the sweep that started the run. */
  get sweep(): { readonly ofSweep: true; readonly running: readonly string[] } | object {
    return this.#sweep ? { ofSweep: true, running: this.#sweep.running } : {};
  }

  /** Begins a round, or goes on with one that has continued as new. */
  beginRound(): void {
    this.state.rounds += 1;
    this.#roundBegan = this.state.roundBeganAt ??= this.now();
    this.show('round', null);
  }

  /** Several rounds in a row compare whole connections only once; each sweep does so. */
  get isDriftDue(): boolean {
    return this.now() - this.state.driftAt >= DRIFT_SECONDS * 1000;
  }

  planned({ listed, connections }: SyncPlan): void {
    this.#sweep = undefined;
    this.state.listed = listed;
    this.#run.noteClusters(connections.reduce((sum, { round }) => sum + round.due.length, 0));
    if (connections.some(({ drift }) => drift !== null)) this.state.driftAt = this.now();
  }

  /** Returns the result of the last comparison, without records, for rounds without one. */
  lastDrift(connectionId: string): ConnectionSummary['drift'] {
    return this.state.connections.find((summary) => summary.connectionId === connectionId)?.drift ?? null;
  }

  /** `compared`: the connections whose drift is of this round. */
  endRound(
    connections: readonly ConnectionSummary[],
    { waiting, compared }: { readonly waiting: readonly string[]; readonly compared: readonly string[] },
  ): void {
    const { state } = this;
    state.connections = summarised(connections);
    for (const summary of connections) {
      this.#logStatus(summary);
      const { connectionId } = summary;
      const { drift } = withRecordDrift(summary);
      if (drift && compared.includes(connectionId)) this.#run.log({ event: 'drift', connectionId, ...drift });
    }
    // A new cluster to wait for: the schedule starts over with short pauses.
    const isNew = waiting.some((clusterId) => !state.waiting.includes(clusterId));
    Object.assign(state, { waiting: [...waiting], dns: {}, roundBeganAt: null });
    if (isNew) state.waitingSince = this.now();
  }

  /** One event for the status of each connection, and one for each of its faults: the alerts read them. */
  #logStatus({ connectionId, health, reading, faults }: ConnectionSummary): void {
    const { status } = statusOf({ run: null, health, reading, orphan: null });
    this.#run.log({ event: 'connection-status', connectionId, status });
    const open = reading?.faults ?? [];
    for (const { code, clusterId, detail } of open) {
      this.#run.log({
        event: 'connection-fault',
        connectionId,
        ...(clusterId !== null && { clusterId }),
        code,
        detail,
      });
    }
    const others = faults.filter(
      (fault) => !open.some(({ clusterId }) => clusterId !== null && fault.startsWith(`${clusterId}: `)),
    );
    for (const detail of others) {
      this.#run.log({ event: 'connection-fault', connectionId, code: 'sync-incomplete', detail });
    }
  }

  wrote(kind: string, times = 1): void {
    const { writes } = this.state;
    if (times > 0) writes[kind] = (writes[kind] ?? 0) + times;
  }

  waitingFor(reason: string): void {
    this.show('round', reason);
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
    const { projectId, regionId, state } = this;
    const sweep = this.#sweep && { sweep: this.#sweep };
    throw new ContinueAsNew({ projectId, regionId, ...sweep, state: { ...state, resume } });
  }

  show(state: SyncStatus['state'], reason: string | null): void {
    const { rounds, listed } = this.state;
    const connections = this.state.connections.map(withRecordDrift);
    this.#run.setStatus(syncCustomStatus({ round: rounds, state, reason, listed, connections }));
  }

  /** Shows the failure in the status, which remains after the end of the run. Returns the error to throw. */
  failed({ failure }: ProvisioningError): Error {
    this.show('failed', `${failure.code}: ${failure.message}`);
    return new RunFailed(failure, null);
  }

  result(): SyncResult {
    this.show('done', null);
    const { projectId, regionId } = this;
    const { rounds, listed, writes } = this.state;
    const connections = this.state.connections.map(withRecordDrift);
    const outcome = connections.some(isIncomplete) ? 'partial' : 'complete';
    return { outcome, projectId, regionId, rounds, listed, connections, writes };
  }

  #until(): number {
    return this.#roundBegan + ROUND_BUDGET_MS;
  }
}

/** Whether something that was to be done could not be done. DNS of another team is not to be done. */
function isIncomplete({ hold, faults, reading }: ConnectionSummary): boolean {
  const isHeld = hold !== null && reading?.managesDns !== false;
  return (
    isHeld ||
    faults.length > 0 ||
    (reading?.faults ?? []).length > 0 ||
    (reading?.incomplete ?? []).length > 0
  );
}
