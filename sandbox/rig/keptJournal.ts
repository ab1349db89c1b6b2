import type { Commit } from '../host/hub/records.ts';
import { memoryJournal } from '../host/journal.ts';
import type { JournalStore } from '../host/journal.ts';

/** A journal in memory that also keeps what a restarted host has compacted away. */
export interface KeptJournal extends JournalStore {
  /** Every commit ever made, oldest first. */
  readonly commits: readonly Commit[];
  /** From now on nothing is stored, as by a process that is dead, until `mend`. */
  readonly cut: () => void;
  readonly mend: () => void;
  /** Drops the commits, for a test that lives long; the task hub keeps its own. */
  readonly forget: () => void;
  /** Puts these commits in the place of all others; a host that is started then goes on from them. */
  readonly replace: (all: readonly Commit[]) => void;
}

export function keptJournal(): KeptJournal {
  let journal = memoryJournal();
  const commits: Commit[] = [];
  let isCut = false;
  return {
    load: () => journal.load(),
    compact: (commit) => journal.compact(commit),
    close: () => journal.close(),
    growth: 0,
    commits,
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    forget: () => void commits.splice(0),
    replace(all) {
      commits.splice(0, commits.length, ...all);
      journal = memoryJournal(all);
    },
    append(commit) {
      if (isCut) return;
      commits.push(structuredClone(commit));
      journal.append(commit);
    },
  };
}

/** The bounds that every run must keep, however long it waits: see docs/explanation/architecture.md. */
export interface RunSize {
  /** Events in the history of the longest execution. */
  readonly historyEvents: number;
  /** Bytes of that history as JSON. */
  readonly historyBytes: number;
  /** Bytes of the largest custom status. */
  readonly customStatusBytes: number;
}

/** The largest history and custom status among the executions of one workflow instance, or of all. */
export function runSize({ commits }: Pick<KeptJournal, 'commits'>, instanceId?: string): RunSize {
  const histories = new Map<string, { events: number; bytes: number }>();
  let customStatusBytes = 0;
  const grow = (executionId: string, events: readonly object[], from = { events: 0, bytes: 0 }): void => {
    const bytes = Buffer.byteLength(JSON.stringify(events));
    histories.set(executionId, { events: from.events + events.length, bytes: from.bytes + bytes });
  };
  for (const record of commits.flat()) {
    if (record.type !== 'episode' || (instanceId !== undefined && record.instanceId !== instanceId)) continue;
    grow(record.executionId, record.append, histories.get(record.executionId));
    if (record.renewed) grow(record.renewed.executionId, record.renewed.history);
    customStatusBytes = Math.max(customStatusBytes, Buffer.byteLength(record.customStatusJson ?? ''));
  }
  const sizes = [...histories.values()];
  return {
    historyEvents: Math.max(0, ...sizes.map(({ events }) => events)),
    historyBytes: Math.max(0, ...sizes.map(({ bytes }) => bytes)),
    customStatusBytes,
  };
}
