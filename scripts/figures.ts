// The figures that README and docs quote, each from a file or a function that has it: `<!-- figure: NAME -->9<!-- end -->`.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { monthlyCost } from '../src/domain/plan/cost.ts';
import type { PlanRow } from '../src/domain/plan/rows.ts';

const root = join(import.meta.dirname, '..');
const place = /(<!-- figure: ([\w-]+) -->)[^<\n]*(<!-- end -->)/g;
const measuredSchema = z.record(z.string(), z.record(z.string(), z.number()));
const scoreSchema = z.object({ noticed: z.number(), unnoticed: z.number() });

const jsonOf = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Of the last measurement that was stored: `npm run bench -- --json bench/figures/figures.json`. */
export function measuredFigures(): z.infer<typeof measuredSchema> {
  return measuredSchema.parse(jsonOf('bench/figures/figures.json'));
}

/** What Azure charges in a month for so many private endpoints, each with its zone. */
function endpointsPerMonth(count: number): number {
  const rows: Pick<PlanRow, 'resource' | 'action'>[] = Array.from({ length: count }, () => [
    { resource: 'private endpoint', action: 'create' } as const,
    { resource: 'private DNS zone', action: 'create' } as const,
  ]).flat();
  return monthlyCost(rows).perMonth;
}

const figures: Readonly<Record<string, () => string>> = {
  'connect-minutes': () => ((measuredFigures().timeToConnected?.medianSeconds ?? Number.NaN) / 60).toFixed(0),
  'mutants-noticed': () => scoreSchema.parse(jsonOf('test/mutants/score.json')).noticed.toLocaleString('en'),
  'mutants-unnoticed': () => String(scoreSchema.parse(jsonOf('test/mutants/score.json')).unnoticed),
  'connection-cost': () => endpointsPerMonth(1).toFixed(2),
  'app-endpoints-cost': () => endpointsPerMonth(4).toFixed(0),
  'private-app-endpoints-cost': () => endpointsPerMonth(6).toFixed(0),
};

/** Path → text with today's figures, for README and docs. */
export function pagesWithFigures(): Readonly<Record<string, string>> {
  return pagesWith('figure', (text) => {
    // Markdown takes such a line as HTML, and shows the rest of it without its links.
    if (/^<!-- figure: /m.test(text)) throw new Error('A line begins with a figure: put a word before it.');
    return text.replaceAll(
      place,
      (_, start: string, name: string, end: string) => `${start}${shown(name)}${end}`,
    );
  });
}

/** Path → filled text of each page that has a place of this kind: `<!-- <kind>: NAME -->`. */
export function pagesWith(kind: string, fill: (text: string) => string): Readonly<Record<string, string>> {
  const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: root })];
  return Object.fromEntries(
    pages
      .map((page) => [page, readFileSync(join(root, page), 'utf8')] as const)
      .filter(([, text]) => text.includes(`<!-- ${kind}: `))
      .map(([page, text]) => [page, fill(text)]),
  );
}

function shown(name: string): string {
  const figure = figures[name]?.();
  if (figure === undefined || figure === 'NaN') throw new Error(`There is no figure ${name}.`);
  return figure;
}
