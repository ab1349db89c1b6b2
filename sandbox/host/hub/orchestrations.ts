import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import { eventRaised, executionTerminated, pause } from '../engine/history.ts';
import { isActive } from './instance.ts';
import type { Instance, RuntimeStatus } from './instance.ts';
import type { TaskHub } from './taskHub.ts';

/** Between the check that an ID is free and the start lies the store's latency, real milliseconds. */
const START_LATENCY_MS = 2;

export interface InstanceFilter {
  readonly createdFrom?: number;
  readonly createdTo?: number;
  /** Empty: any. */
  readonly statuses: readonly string[];
}

/** What a client of the task hub can do with instances; the HTTP routes put status codes on the results. */
export class Orchestrations {
  readonly #hub: TaskHub;
  readonly #clock: Clock;
  readonly #startLatencyMs: number;

  constructor(hub: TaskHub, clock: Clock, startLatencyMs = START_LATENCY_MS) {
    this.#hub = hub;
    this.#clock = clock;
    this.#startLatencyMs = startLatencyMs;
  }

  find(instanceId: string): Instance | undefined {
    return this.#hub.state.instance(instanceId);
  }

  /** In the order of the IDs, as the real host's table has them. */
  list(filter: InstanceFilter): readonly Instance[] {
    return this.#hub.state
      .instances()
      .filter(
        ({ createdAt, status }) =>
          createdAt >= (filter.createdFrom ?? -Infinity) &&
          createdAt <= (filter.createdTo ?? Infinity) &&
          (filter.statuses.length === 0 || filter.statuses.includes(status)),
      )
      .toSorted((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
  }

  /**
   * Starts an orchestration, or returns the status that forbids it. The check is not atomic, as on the real host:
   * of two simultaneous starts of one ID both get through, and one execution runs.
   */
  async start(options: {
    readonly name: string;
    readonly instanceId?: string;
    readonly inputJson: string | null;
  }): Promise<{ readonly instanceId: string } | { readonly activeAs: RuntimeStatus }> {
    const instanceId = options.instanceId ?? randomUUID().replaceAll('-', '');
    const before = this.find(instanceId);
    if (before && isActive(before)) return { activeAs: before.status };
    await new Promise((resolve) => setTimeout(resolve, this.#startLatencyMs));
    const now = this.find(instanceId);
    // Another start has come first and is running already: this one's message finds its execution taken.
    if (now && isActive(now) && now.history.length > 0) return { instanceId };
    const { name, inputJson } = options;
    this.#hub.commit([this.#hub.startRecord({ instanceId, name, inputJson })]);
    return { instanceId };
  }

  raise(instance: Instance, name: string, inputJson: string): void {
    this.#hub.send(instance.instanceId, null, eventRaised(name, inputJson, this.#clock.now()));
  }

  terminate(instance: Instance, reason: string): void {
    this.#hub.send(instance.instanceId, null, executionTerminated(reason, this.#clock.now()));
  }

  suspend(instance: Instance, reason: string): void {
    this.#hub.send(instance.instanceId, null, pause(19, reason, this.#clock.now()));
  }

  resume(instance: Instance, reason: string): void {
    this.#hub.send(instance.instanceId, null, pause(20, reason, this.#clock.now()));
  }

  purge(instances: readonly Instance[]): void {
    this.#hub.commit(instances.map(({ instanceId }) => ({ type: 'purge', instanceId })));
  }
}
