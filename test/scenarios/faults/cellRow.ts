import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CellResult, End, Times } from './cell.ts';
import type { Site } from './sites.ts';

/** What a run of the table found of one cell; scripts/faults/faults.ts makes docs/reference/faults.md of them. */
export interface CellRow {
  readonly site: Site;
  readonly kind: string;
  readonly times: Times;
  readonly result: CellResult;
  readonly wrong: readonly string[];
}

/** What became of a run to which something happened that is no answer to a call. */
export interface EventRow {
  readonly event: string;
  readonly end: End;
  readonly later: string;
}

/** Keeps it for the table, where one is being made. */
export function noteRow(row: CellRow | EventRow): void {
  const directory = process.env.FAULTS_ROWS;
  if (directory === undefined) return;
  appendFileSync(join(directory, `${process.pid}.jsonl`), `${JSON.stringify(row)}\n`);
}

/** The rows that were kept so far, each cell once. */
export function rowsIn(directory: string): readonly (CellRow | EventRow)[] {
  return (
    readdirSync(directory)
      .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      // Written by `noteRow`.
      .map((line) => JSON.parse(line) as CellRow | EventRow)
  );
}
