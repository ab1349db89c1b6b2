import { asPlayed, executionStarted } from '../engine/history.ts';
import type { HistoryEvent, MessageEvent } from '../engine/history.ts';
import { isActive } from './instance.ts';
import type { Instance } from './instance.ts';
import type { EpisodeRecord, HubRecord, MessageRecord, ScheduleRecord, StartRecord } from './records.ts';

/** The content of a task hub: nothing but the records applied one after the other, live and when a journal is loaded. */
export class HubState {
  readonly #instances = new Map<string, Instance>();
  readonly #schedules = new Map<string, ScheduleRecord>();
  /** Past events as JSON, so that an episode does not write out the whole history again. Rebuilt when missing. */
  readonly #pastJson = new WeakMap<Instance, { json: string; events: number }>();
  #lastSequence = 0;

  instances(): readonly Instance[] {
    return [...this.#instances.values()];
  }

  instance(instanceId: string): Instance | undefined {
    return this.#instances.get(instanceId);
  }

  /** The instance, if this is still its current execution. */
  execution(instanceId: string, executionId: string): Instance | undefined {
    const instance = this.#instances.get(instanceId);
    return instance?.executionId === executionId ? instance : undefined;
  }

  schedule(name: string): ScheduleRecord | undefined {
    return this.#schedules.get(name);
  }

  nextSequence(): number {
    this.#lastSequence += 1;
    return this.#lastSequence;
  }

  pastJson(instance: Instance): string {
    const known = this.#pastJson.get(instance) ?? { json: '', events: 0 };
    const added = instance.history.slice(known.events).map((event) => JSON.stringify(event));
    const json = [known.json, ...added].filter((text) => text !== '').join(',');
    this.#pastJson.set(instance, { json, events: instance.history.length });
    return json;
  }

  /** What a compacted journal needs to say. */
  toRecords(): readonly HubRecord[] {
    return [
      ...this.#schedules.values(),
      ...this.instances().map((instance) => ({ type: 'instance', instance }) as const),
    ];
  }

  apply(record: HubRecord): void {
    switch (record.type) {
      case 'start':
        this.#start(record);
        return;
      case 'message':
        this.#deliver(record);
        return;
      case 'activity-taken':
        this.#take(record.instanceId, record.executionId, record.taskId, record.at);
        return;
      case 'episode':
        this.#episode(record);
        return;
      case 'purge':
        this.#instances.delete(record.instanceId);
        return;
      case 'schedule':
        this.#schedules.set(record.name, record);
        return;
      case 'instance':
        this.#instances.set(record.instance.instanceId, structuredClone(record.instance));
        for (const { sequence } of record.instance.inbox) this.#saw(sequence);
        return;
    }
  }

  /** For a message that need not survive a crash, because what sends it does: a timer. */
  deliver(instance: Instance, event: MessageEvent): void {
    instance.inbox.push({ sequence: this.nextSequence(), event });
  }

  #start(record: StartRecord): void {
    this.#saw(record.sequence);
    const { instanceId, executionId, name, inputJson, parent, at, version = null } = record;
    const event = executionStarted({
      instanceId,
      executionId,
      name,
      input: inputJson,
      parent,
      generation: 0,
      version,
      at,
    });
    this.#instances.set(instanceId, {
      instanceId,
      executionId,
      name,
      inputJson,
      parent,
      createdAt: at,
      updatedAt: at,
      status: 'Pending',
      outputJson: null,
      customStatusJson: null,
      history: [],
      renewed: false,
      inbox: [{ sequence: record.sequence, event }],
      activities: {},
      timers: {},
      children: [],
    });
  }

  #deliver(record: MessageRecord): void {
    this.#saw(record.sequence);
    const instance = this.#instances.get(record.instanceId);
    if (!instance || !isActive(instance)) return;
    if (record.executionId !== null && record.executionId !== instance.executionId) return;
    instance.inbox.push({ sequence: record.sequence, event: record.event });
  }

  #take(instanceId: string, executionId: string, taskId: number, at: number): void {
    const activities = this.execution(instanceId, executionId)?.activities;
    const activity = activities?.[taskId];
    if (activities && activity) activities[taskId] = { ...activity, takenAt: at };
  }

  #episode(record: EpisodeRecord): void {
    for (const sequence of record.consumed) this.#saw(sequence);
    const instance = this.execution(record.instanceId, record.executionId);
    if (!instance) return;
    const taken = instance.inbox.filter(({ sequence }) => record.consumed.includes(sequence));
    const common = {
      updatedAt: record.at,
      status: record.status,
      outputJson: record.outputJson,
      customStatusJson: record.customStatusJson,
      inbox: instance.inbox.filter(({ sequence }) => !record.consumed.includes(sequence)),
    };
    if (record.renewed) {
      const { executionId, inputJson, history } = record.renewed;
      this.#instances.set(instance.instanceId, {
        ...instance,
        ...common,
        executionId,
        inputJson,
        createdAt: record.at,
        history: [...history],
        renewed: true,
        inbox: common.inbox.filter(({ event }) => survivesRenewal(event)),
        activities: {},
        timers: {},
        children: [],
      });
      return;
    }
    closeTasks(
      instance,
      taken.map(({ event }) => event),
      record,
    );
    if (instance.renewed) instance.history = instance.history.map(asSeen);
    instance.renewed = false;
    instance.history.push(...record.append.map(asPlayed));
    Object.assign(instance, common);
    if (!isActive(instance)) Object.assign(instance, { inbox: [], activities: {}, timers: {}, children: [] });
  }

  #saw(sequence: number): void {
    this.#lastSequence = Math.max(this.#lastSequence, sequence);
  }
}

/** Unlike elsewhere, the mark that closes the first history of a renewed execution counts as played later. */
function asSeen(event: HistoryEvent): HistoryEvent {
  return event.EventType === 12 ? event : { ...event, IsPlayed: true };
}

/** Results of tasks of an execution that has ended mean nothing to the next one. */
function survivesRenewal(event: HistoryEvent): boolean {
  return [3, 15, 19, 20].includes(event.EventType);
}

function closeTasks(instance: Instance, taken: readonly MessageEvent[], record: EpisodeRecord): void {
  const closed = taken.flatMap((event) => ('TaskScheduledId' in event ? [event.TaskScheduledId] : []));
  instance.activities = { ...without(instance.activities, closed), ...record.activities };
  instance.children = [...instance.children.filter((id) => !closed.includes(id)), ...record.children];
  const timers = { ...instance.timers, ...record.timers };
  const finished = Object.keys(timers).filter((id) => !record.openTimers.includes(Number(id)));
  instance.timers = without(timers, finished.map(Number));
}

function without<T>(all: Readonly<Record<string, T>>, keys: readonly number[]): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(Number(key))));
}
