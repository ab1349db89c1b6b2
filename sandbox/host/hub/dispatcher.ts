import type { Cancel, Clock } from '../../kernel/clock.ts';
import { timerFired } from '../engine/history.ts';
import type { HostFaults } from '../faults.ts';
import type { HostLog } from '../log.ts';
import { WorkerLostError } from '../worker/worker.ts';
import type { Workload } from '../workload.ts';
import type { ActivityRunner } from './activityRunner.ts';
import type { EpisodeRunner } from './episodeRunner.ts';
import { isActive } from './instance.ts';
import type { Instance } from './instance.ts';
import type { TaskHub } from './taskHub.ts';

export interface DispatcherOptions {
  readonly clock: Clock;
  readonly hub: TaskHub;
  readonly faults: HostFaults;
  readonly workload: Workload;
  readonly episodes: EpisodeRunner;
  readonly activities: ActivityRunner;
  readonly log: HostLog;
}

/** Compares the hub's records with the running work: runs what is ready, and keeps the clock informed. */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #running = new Set<string>();
  /** Instances whose next episode waits for a message beyond so many. */
  readonly #stuck = new WeakMap<Instance, number>();
  /** Instances that have yet to be taken up, by their execution. */
  readonly #pending = new Map<string, Cancel>();
  readonly #timers = new Map<string, { executionId: string; calls: Map<string, Cancel> }>();
  #stopped = false;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  /** Starts with what the journal brought back. */
  begin(): void {
    const { hub, activities } = this.#options;
    for (const instance of hub.state.instances()) activities.delayRestored(instance);
    hub.onChange((instanceId) => {
      this.#wake(instanceId);
    });
    for (const { instanceId } of hub.state.instances()) this.#wake(instanceId);
  }

  stop(): void {
    this.#stopped = true;
    for (const { calls } of this.#timers.values()) for (const cancel of calls.values()) cancel();
    this.#timers.clear();
    for (const cancel of this.#pending.values()) cancel();
    this.#options.activities.stop();
  }

  #wake(instanceId: string): void {
    const instance = this.#options.hub.state.instance(instanceId);
    if (this.#stopped || !instance) return;
    this.#fitTimers(instance);
    this.#options.activities.runOpen(instance);
    if (this.#isReady(instance)) void this.#run(instance);
  }

  #isReady(instance: Instance): boolean {
    if (this.#running.has(instance.instanceId) || !isActive(instance)) return false;
    if (instance.renewed) return true;
    if (instance.status === 'Pending' && this.#isHeld(instance)) return false;
    return instance.inbox.length > (this.#stuck.get(instance) ?? 0);
  }

  /** Whether a new instance still waits for the hub to take it up. */
  #isHeld({ instanceId, executionId, name, createdAt }: Instance): boolean {
    const { clock, faults } = this.#options;
    const until = createdAt + (faults.pendingMs?.({ instanceId, name }) ?? 0);
    if (until <= clock.now()) return false;
    if (!this.#pending.has(executionId)) {
      this.#pending.set(
        executionId,
        clock.schedule(until, () => {
          this.#pending.delete(executionId);
          this.#wake(instanceId);
        }),
      );
    }
    return true;
  }

  async #run(instance: Instance): Promise<void> {
    const { episodes, workload, hub, log } = this.#options;
    this.#running.add(instance.instanceId);
    const leave = workload.enter();
    const messages = instance.inbox.length;
    try {
      const how = await episodes.run(instance);
      if (how === 'stuck') this.#stuck.set(instance, messages);
      else this.#stuck.delete(instance);
    } catch (error) {
      if (error instanceof WorkerLostError) await shortPause();
      else if (!this.#stopped) {
        // As on the real host, an episode that cannot be run leaves its messages where they are.
        this.#stuck.set(instance, messages);
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        log({ source: 'host', level: 'error', message: text, functionName: instance.name });
      }
    } finally {
      this.#running.delete(instance.instanceId);
      if (!this.#stopped && hub.state.instance(instance.instanceId)) this.#wake(instance.instanceId);
      leave();
    }
  }

  /** Timers of the instance that have no call yet get one; calls for timers that are gone are cancelled. */
  #fitTimers(instance: Instance): void {
    const { instanceId, executionId } = instance;
    const known = this.#timers.get(instanceId);
    const calls = known?.executionId === executionId ? known.calls : new Map<string, Cancel>();
    for (const [id, cancel] of known?.calls ?? []) {
      if (known?.executionId === executionId && instance.timers[id]) continue;
      cancel();
      calls.delete(id);
    }
    for (const [id, timer] of Object.entries(instance.timers)) {
      if (calls.has(id)) continue;
      const { clock, faults } = this.#options;
      const wanted = Math.max(0, Date.parse(timer.fireAt) - clock.now());
      const at = clock.now() + (faults.timerDelay?.(wanted) ?? wanted);
      calls.set(
        id,
        clock.schedule(at, () => this.#fire(instance, id)),
      );
    }
    if (calls.size > 0) this.#timers.set(instanceId, { executionId, calls });
    else this.#timers.delete(instanceId);
  }

  /** The firing needs no commit of its own: the timer stays in the store until an episode has taken it. */
  #fire(instance: Instance, id: string): void {
    const timer = instance.timers[id];
    if (this.#stopped || !timer) return;
    this.#options.hub.state.deliver(instance, timerFired(Number(id), timer.fireAt, timer.createdAt));
    this.#wake(instance.instanceId);
  }
}

/** Real time: a new worker process needs some of it. */
function shortPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}
