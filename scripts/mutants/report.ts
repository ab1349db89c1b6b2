import { readFileSync } from 'node:fs';
import * as z from 'zod';

const place = z.object({ line: z.number(), column: z.number() });
const reportSchema = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.string(),
      mutants: z.array(
        z.object({
          mutatorName: z.string(),
          replacement: z.string(),
          status: z.string(),
          location: z.object({ start: place, end: place }),
        }),
      ),
    }),
  ),
});

export interface Mutant {
  readonly file: string;
  /** Its line, what is replaced there, and by what: it stays the same when other lines change. */
  readonly name: string;
  /** `Killed`, `Timeout`, `Survived`, `NoCoverage` or `Ignored`, in the words of Stryker. */
  readonly status: string;
  /** The file with the mutant in it. */
  readonly text: string;
}

/** Reads Stryker's report. */
export function readReport(path: string): readonly Mutant[] {
  const { files } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  return Object.entries(files).flatMap(([file, { source, mutants }]) =>
    mutants.map(({ replacement, status, location: { start, end } }) => {
      const from = offsetOf(source, start);
      const to = offsetOf(source, end);
      const line = source.split('\n')[start.line - 1]?.trim() ?? '';
      return {
        ...{ file, status },
        name: `${line} | ${shortened(source.slice(from, to))} → ${shortened(replacement)}`,
        text: source.slice(0, from) + replacement + source.slice(to),
      };
    }),
  );
}

function offsetOf(source: string, { line, column }: z.infer<typeof place>): number {
  const before = source.split('\n').slice(0, line - 1);
  return before.reduce((sum, text) => sum + text.length + 1, 0) + column - 1;
}

const LONGEST = 120;

function shortened(code: string): string {
  const flat = code.replace(/\s+/g, ' ');
  return flat.length > LONGEST ? `${flat.slice(0, LONGEST)}…` : flat;
}
