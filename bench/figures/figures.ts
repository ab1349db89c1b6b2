import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

const figuresSchema = z.record(z.string(), z.record(z.string(), z.number()));

/** Figures by their path, e.g. `timeToConnected.medianRatioToBound`, and the table that people read. */
export class Figures {
  readonly #values: Record<string, Record<string, number>> = {};

  set(group: string, name: string, value: number): void {
    this.#values[group] = { ...this.#values[group], [name]: Number(value.toFixed(4)) };
  }

  /** The figure of a path; undefined if it was not measured. */
  of(key: string): number | undefined {
    const [group = '', name = ''] = key.split('.');
    return this.#values[group]?.[name];
  }

  /** The file keeps groups that were not measured, and with one section only also the other figures of a group. */
  write(path: string, isPart: boolean): void {
    const kept = existsSync(path) ? figuresSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
    for (const [group, values] of Object.entries(this.#values))
      kept[group] = isPart ? { ...kept[group], ...values } : values;
    writeFileSync(path, `${JSON.stringify(kept, null, 2)}\n`);
  }
}

export function printTable(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0),
      )
      .join('  ');
  process.stdout.write(
    [
      '',
      title,
      line(header),
      widths.map((width) => '-'.repeat(width)).join('  '),
      ...rows.map(line),
      '',
    ].join('\n'),
  );
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);
