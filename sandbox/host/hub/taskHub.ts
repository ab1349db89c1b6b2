import { randomUUID } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';
import type { MessageEvent, ParentInstance } from '../engine/history.ts';
import type { HostFaults } from '../faults.ts';
import type { JournalStore } from '../journal.ts';
import { HubState } from './hubState.ts';
import type { HubRecord, MessageRecord, StartRecord } from './records.ts';

/** A journal is rewritten when it has grown by this much; only what is still there is kept. */
const COMPACT_AFTER_BYTES = 32 * 1024 * 1024;

/** The stored state of all instances and the one way to change it: commits, each of which happens whole or not at all. */
export class TaskHub {
  readonly state = new HubState();
  /** What host.json says, for instances that are started; known when the app has been found. */
  defaultVersion: string | null = null;
  readonly #clock: Clock;
  readonly #journal: JournalStore;
  readonly #faults: HostFaults;
  #commits = 0;
  #closed = false;
  #onChange: (instanceId: string) => void = () => undefined;

  constructor(options: {
    readonly clock: Clock;
    readonly journal: JournalStore;
    readonly faults: HostFaults;
  }) {
    this.#clock = options.clock;
    this.#journal = options.journal;
    this.#faults = options.faults;
    const commits = options.journal.load();
    for (const record of commits.flat()) this.state.apply(record);
    if (commits.length > 1) options.journal.compact(this.state.toRecords());
  }

  get commits(): number {
    return this.#commits;
  }

  /** `changed` is called behind each commit for each instance in it. */
  onChange(changed: (instanceId: string) => void): void {
    this.#onChange = changed;
  }

  /** A stopped host is as good as a killed one: what comes in late is not stored any more. */
  close(): void {
    this.#closed = true;
    this.#journal.close();
  }

  commit(records: readonly HubRecord[]): void {
    if (this.#closed) return;
    this.#commits += 1;
    const notice = { number: this.#commits, types: records.map(({ type }) => type) };
    this.#faults.beforeCommit?.(notice);
    this.#journal.append(records);
    for (const record of records) this.state.apply(record);
    if (this.#journal.growth > COMPACT_AFTER_BYTES) this.#journal.compact(this.state.toRecords());
    this.#faults.afterCommit?.(notice);
    for (const record of records) if ('instanceId' in record) this.#onChange(record.instanceId);
  }

  startRecord(options: {
    readonly instanceId: string;
    readonly name: string;
    readonly inputJson: string | null;
    readonly parent?: ParentInstance;
  }): StartRecord {
    return {
      type: 'start',
      at: this.#clock.now(),
      sequence: this.state.nextSequence(),
      executionId: randomUUID(),
      instanceId: options.instanceId,
      name: options.name,
      inputJson: options.inputJson,
      parent: options.parent ?? null,
      version: this.defaultVersion,
    };
  }

  /** One record, or two when the message is to arrive twice. */
  messageRecords(instanceId: string, executionId: string | null, event: MessageEvent): MessageRecord[] {
    const twice = this.#faults.duplicates?.({ instanceId, eventType: event.EventType }) === true;
    return Array.from({ length: twice ? 2 : 1 }, () => ({
      type: 'message',
      sequence: this.state.nextSequence(),
      instanceId,
      executionId,
      event,
    }));
  }

  send(instanceId: string, executionId: string | null, event: MessageEvent): void {
    this.commit(this.messageRecords(instanceId, executionId, event));
  }
}
