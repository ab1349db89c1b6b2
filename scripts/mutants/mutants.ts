// Changes deciding and guarding code, one place at a time, and runs the tests that reach it. A change that no test notices is a
// survivor. It fails if one is not in test/mutants/survivors.json, with a reason. `-- <files>` mutates these files only. The score of
// a whole run is kept, for the docs.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { compiling } from './compiles.ts';
import { readReport } from './report.ts';
import type { Mutant } from './report.ts';
import { helpIfAsked } from '../../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:mutants [-- FILE...]

Changes deciding code, one place at a time, and runs the tests that reach it; fails for a change that none notices. With files:
of these only.
`);

const SURVIVORS = 'test/mutants/survivors.json';
const survivorsSchema = z.array(
  z.object({ file: z.string(), reason: z.string().min(20), mutants: z.array(z.string()) }),
);

const root = join(import.meta.dirname, '../..');
const files = process.argv.slice(2);
const stryker = join(root, 'node_modules/@stryker-mutator/core/bin/stryker.js');
const { status } = spawnSync(
  process.execPath,
  [stryker, 'run', ...(files.length > 0 ? ['--mutate', files.join()] : [])],
  { cwd: root, stdio: 'inherit' },
);
if (status !== 0) process.exit(status ?? 2);

const mutants = readReport(join(root, '.sandbox/mutants/report.json')).filter(
  (one) => one.status !== 'Ignored',
);
const unnoticed = mutants.filter(({ status: how }) => ['Survived', 'NoCoverage'].includes(how));
const compiled = compiling(root, unnoticed);
const alive = unnoticed.filter((one) => compiled.has(one));
const killed = mutants.filter((one) => ['Killed', 'Timeout'].includes(one.status));
const known = survivorsSchema.parse(JSON.parse(readFileSync(join(root, SURVIVORS), 'utf8')));

const keyOf = ({ file, name }: Pick<Mutant, 'file' | 'name'>): string => `${file}: ${name}`;
const listed = new Set(
  known.flatMap(({ file, mutants: names }) => names.map((name) => keyOf({ file, name }))),
);
const unlisted = alive.filter((one) => !listed.has(keyOf(one)));
const tested = new Set(mutants.map(({ file }) => file));
const found = new Set(alive.map(keyOf));
const obsolete = known.flatMap(({ file, mutants: names }) =>
  names.flatMap((name) =>
    tested.has(file) && !found.has(keyOf({ file, name })) ? keyOf({ file, name }) : [],
  ),
);

for (const file of [...tested].toSorted((a, b) => a.localeCompare(b))) {
  const of = (all: readonly Mutant[]): number => all.filter((one) => one.file === file).length;
  console.log(
    `${file.padEnd(50)} ${percent(of(killed), of(killed) + of(alive)).padStart(6)}  ${of(alive)} survive`,
  );
}
for (const key of obsolete) console.log(`No survivor any more, take it off the list: ${key}`);
for (const one of unlisted) console.log(`Not in ${SURVIVORS}: ${keyOf(one)}`);
console.log(
  `score ${percent(killed.length, killed.length + alive.length)}: ${killed.length} killed, ${alive.length} survive, ${unlisted.length} of them not listed; ${mutants.length - killed.length - alive.length} do not compile`,
);
if (files.length === 0)
  writeFileSync(
    join(root, 'test/mutants/score.json'),
    `${JSON.stringify({ noticed: killed.length, unnoticed: alive.length }, null, 2)}\n`,
  );
process.exitCode = unlisted.length === 0 && obsolete.length === 0 ? 0 : 1;

function percent(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}
