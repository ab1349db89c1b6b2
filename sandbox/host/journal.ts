import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Commit } from './hub/records.ts';

/** Where a task hub keeps what must survive a crash. */
export interface JournalStore {
  /** The commits so far, oldest first. */
  load(): readonly Commit[];
  /** Returns when the commit is safe. */
  append(commit: Commit): void;
  /** Puts one commit in the place of all others, or changes nothing. */
  compact(commit: Commit): void;
  /** Bytes written since the last compaction. */
  readonly growth: number;
  close(): void;
}

/** For a host that is never restarted. */
export function noJournal(): JournalStore {
  return {
    load: () => [],
    append: () => undefined,
    compact: () => undefined,
    growth: 0,
    close: () => undefined,
  };
}

/** Survives its host but not the process: a second host can be started on it. */
export function memoryJournal(before: readonly Commit[] = []): JournalStore {
  let commits = [...before];
  return {
    load: () => commits,
    append: (commit) => commits.push(structuredClone(commit)),
    compact: (commit) => (commits = [structuredClone(commit)]),
    growth: 0,
    close: () => undefined,
  };
}

/**
 * An append-only file of JSON lines, one commit a line, each flushed to the disk before `append` returns. A line that a
 * crash cut short is cut off when the file is loaded.
 */
export function fileJournal(path: string, options: { readonly flush?: boolean } = {}): JournalStore {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, 'a+');
  let growth = 0;
  const write = (target: number, commit: Commit): void => {
    const line = Buffer.from(`${JSON.stringify(commit)}\n`);
    for (let written = 0; written < line.length;) written += writeSync(target, line, written);
    growth += line.length;
    if (options.flush !== false) fsyncSync(target);
  };
  return {
    load() {
      const { commits, wholeBytes } = readLines(readFileSync(path));
      ftruncateSync(file, wholeBytes);
      growth = wholeBytes;
      return commits;
    },
    append: (commit) => write(file, commit),
    compact(commit) {
      const next = `${path}.next`;
      if (existsSync(next)) rmSync(next);
      const replacement = openSync(next, 'a+');
      growth = 0;
      write(replacement, commit);
      renameSync(next, path);
      closeSync(file);
      file = replacement;
      growth = 0;
    },
    get growth() {
      return growth;
    },
    close: () => closeSync(file),
  };
}

/** Only what this module wrote is read back, so a line that parses is a commit. */
function readLines(content: Buffer): { commits: readonly Commit[]; wholeBytes: number } {
  const wholeBytes = content.lastIndexOf('\n') + 1;
  const lines = content.subarray(0, wholeBytes).toString('utf8').split('\n').slice(0, -1);
  return { commits: lines.map((line) => JSON.parse(line) as Commit), wholeBytes };
}
