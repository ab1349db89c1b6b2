import { writeFileSync } from 'node:fs';

/** Figures by their path, e.g. `timeToConnected.medianRatioToBound`, and the table that people read. */
export class Figures {
  readonly #values: Record<string, Record<string, number>> = {};

  set(group: string, name: string, value: number): void {
    this.#values[group] = { ...this.#values[group], [name]: Number(value.toFixed(4)) };
  }

  write(path: string): void {
    writeFileSync(path, `${JSON.stringify(this.#values, null, 2)}\n`);
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
