// Runs every comparison of the sandbox with the real thing, and says at the end how many cases agree, what was excused and
// why, and what was not run.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subjects, tallyLines } from '../test/fidelity/tally.ts';
import type { Tally } from '../test/fidelity/tally.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:fidelity [-- JEST OPTIONS]

Compares the sandbox with recordings and documents of the real services, and prints how many cases agree.
`);

const folder = mkdtempSync(join(tmpdir(), 'fidelity-'));
const results = join(folder, 'results.jsonl');
const jest = join(import.meta.dirname, '../node_modules/jest/bin/jest.js');
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', 'jest.sandbox.config.js', 'test/fidelity', ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, FIDELITY_RESULTS: results },
  },
);
const tallies = existsSync(results)
  ? readFileSync(results, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Tally)
  : [];
rmSync(folder, { recursive: true });

const order = Object.keys(subjects) as (keyof typeof subjects)[];
const found = order.map((subject) => tallies.find((tally) => tally.subject === subject));
const silent = order.filter((_, index) => !found[index]);
const lines = [
  'The sandbox against the real thing',
  ...found.filter((tally) => tally !== undefined).flatMap(tallyLines),
  ...silent.map((subject) => `${subjects[subject]}: NO RESULT`),
];
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = status === 0 && silent.length === 0 ? 0 : 1;
