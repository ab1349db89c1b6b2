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
const rules = join(folder, 'rules.json');
const runJest = (...options: readonly string[]): number | null =>
  spawnSync(
    process.execPath,
    [jest, '--config', 'jest.sandbox.config.js', ...options, ...process.argv.slice(2)],
    { stdio: 'inherit', env: { ...process.env, FIDELITY_RESULTS: results } },
  ).status;
const statuses = [
  runJest('test/fidelity'),
  // What is known of the real services by recordings that are not kept here, or by reports: one test for each rule.
  runJest('test/sandbox', '-t', 'as seen of the real', '--json', '--outputFile', rules),
];
const tallies = existsSync(results)
  ? readFileSync(results, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Tally)
  : [];
const ruleLines = existsSync(rules) ? linesOfRules(readFileSync(rules, 'utf8')) : ['Rules: NO RESULT'];
rmSync(folder, { recursive: true });

const order = Object.keys(subjects) as (keyof typeof subjects)[];
const found = order.map((subject) => tallies.find((tally) => tally.subject === subject));
const silent = order.filter((_, index) => !found[index]);
const lines = [
  'The sandbox against the real thing',
  ...found.filter((tally) => tally !== undefined).flatMap(tallyLines),
  ...ruleLines,
  ...silent.map((subject) => `${subjects[subject]}: NO RESULT`),
];
process.stdout.write(`\n${lines.join('\n')}\n`);
process.exitCode = statuses.every((status) => status === 0) && silent.length === 0 ? 0 : 1;

function linesOfRules(json: string): readonly string[] {
  const { testResults } = JSON.parse(json) as {
    readonly testResults: readonly {
      readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
    }[];
  };
  const tried = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'pending');
  const agree = tried.filter(({ status }) => status === 'passed');
  return [
    `Azure and Functions host: rules known without a recording here: ${agree.length} of ${tried.length} agree`,
    ...tried.map(({ fullName, status }) => `  ${status === 'passed' ? 'agrees' : 'DIFFERS'}: ${fullName}`),
  ];
}
