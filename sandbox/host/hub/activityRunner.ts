import type { Cancel, Clock } from '../../kernel/clock.ts';
import type { DurableExtension } from '../engine/failureTexts.ts';
import { activityFailure } from '../engine/failureTexts.ts';
import { completion, failure } from '../engine/history.ts';
import type { HostFaults } from '../faults.ts';
import { activityInput, resultJson } from '../worker/typedData.ts';
import type { TypedData } from '../worker/typedData.ts';
import { WorkerLostError } from '../worker/worker.ts';
import type { InvocationResult } from '../worker/worker.ts';
import type { Workload } from '../workload.ts';
import type { Instance, OpenActivity } from './instance.ts';
import type { TaskHub } from './taskHub.ts';

export interface ActivityRunnerOptions {
  readonly clock: Clock;
  readonly hub: TaskHub;
  readonly faults: HostFaults;
  readonly workload: Workload;
  readonly atOnce: number;
  /** How long an activity whose host died stays invisible; milliseconds of the clock. */
  readonly visibilityTimeoutMs: number;
  readonly extension: DurableExtension;
  readonly invoke: (
    functionName: string,
    input: TypedData | null,
    instanceId: string,
  ) => Promise<InvocationResult>;
}

/** Runs activities, at least once each: what was lost with the host is run again after the visibility time-out. */
export class ActivityRunner {
  readonly #options: ActivityRunnerOptions;
  /** Action numbers that are running, answered or waiting to become visible again. */
  readonly #held = new WeakMap<Instance, Set<string>>();
  readonly #waiting = new Set<Cancel>();
  /** Activities that wait until another one ends. */
  readonly #queue: (() => void)[] = [];
  #running = 0;
  #runs = 0;
  #stopped = false;

  constructor(options: ActivityRunnerOptions) {
    this.#options = options;
  }

  get runs(): number {
    return this.#runs;
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#waiting) cancel();
  }

  /** After a restart: what was running then must first become visible again. */
  delayRestored(instance: Instance): void {
    for (const [taskId, activity] of Object.entries(instance.activities)) {
      this.#heldOf(instance).add(taskId);
      this.#later(instance, taskId, activity.takenAt);
    }
  }

  runOpen(instance: Instance): void {
    if (this.#stopped) return;
    const held = this.#heldOf(instance);
    for (const taskId of held) if (!instance.activities[taskId]) held.delete(taskId);
    for (const [taskId, activity] of Object.entries(instance.activities)) {
      if (held.has(taskId)) continue;
      held.add(taskId);
      void this.#inTurn(() => this.#run(instance, taskId, activity));
    }
  }

  async #inTurn(run: () => Promise<void>): Promise<void> {
    const leave = this.#options.workload.enter();
    if (this.#running >= this.#options.atOnce) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
    this.#running += 1;
    try {
      if (!this.#stopped) await run();
    } finally {
      this.#running -= 1;
      this.#queue.shift()?.();
      leave();
    }
  }

  async #run(instance: Instance, taskId: string, activity: OpenActivity): Promise<void> {
    const { hub, clock, faults } = this.#options;
    const { instanceId, executionId } = instance;
    // Its run may have ended while it waited for its turn.
    if (!hub.state.execution(instanceId, executionId)?.activities[taskId]) return;
    this.#runs += 1;
    const result = await this.#result(activity, instanceId);
    if (this.#stopped) return;
    if (faults.losesActivityResult?.({ instanceId, name: activity.name }) === true) {
      this.#later(instance, taskId, clock.now());
      return;
    }
    const send = (): void => {
      const at = clock.now();
      const event = result.ok
        ? completion(5, Number(taskId), resultJson(result.returnValue), at)
        : failure(6, Number(taskId), activityFailure(activity.name, result, this.#options.extension), at);
      hub.send(instanceId, executionId, event);
    };
    const delayMs = faults.activityDelay?.() ?? 0;
    if (delayMs === 0) send();
    else this.#at(clock.now() + delayMs, send);
  }

  /** A live host reports a dead worker: the activity has failed. It runs again only where the host died, too. */
  async #result(activity: OpenActivity, instanceId: string): Promise<InvocationResult> {
    const lost = { ok: false, message: 'node exited with code 137 (0x89)', stack: '' } as const;
    const { invoke, faults } = this.#options;
    try {
      const result = await invoke(activity.name, activityInput(activity.input), instanceId);
      return faults.interruptsActivity?.({ instanceId, name: activity.name }) === true ? lost : result;
    } catch (error) {
      if (error instanceof WorkerLostError) return lost;
      throw error;
    }
  }

  #later(instance: Instance, taskId: string, takenAt: number): void {
    const { clock, hub, visibilityTimeoutMs } = this.#options;
    this.#at(takenAt + visibilityTimeoutMs, () => {
      this.#heldOf(instance).delete(taskId);
      const { instanceId, executionId } = instance;
      if (!hub.state.execution(instanceId, executionId)?.activities[taskId]) return;
      const record = { type: 'activity-taken', at: clock.now(), instanceId, executionId } as const;
      hub.commit([{ ...record, taskId: Number(taskId) }]);
    });
  }

  /** Unless the host has stopped by then. */
  #at(time: number, call: () => void): void {
    const cancel = this.#options.clock.schedule(time, () => {
      this.#waiting.delete(cancel);
      if (!this.#stopped) call();
    });
    this.#waiting.add(cancel);
  }

  #heldOf(instance: Instance): Set<string> {
    const held = this.#held.get(instance) ?? new Set();
    this.#held.set(instance, held);
    return held;
  }
}
