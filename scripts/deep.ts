// What the gate runs only a share of, in full: every property test with all its runs and a seed of its own, which is printed
// (DEEP_SEED=<seed> repeats a run), every table of cases, every test that is `nightly`, and the suites of many clusters, kills or hours (*.deep.test.ts).
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:deep [-- JEST OPTIONS]

Runs in full what npm test runs a share of. DEEP_SEED=<seed> repeats a run.
`);

const root = join(import.meta.dirname, '..');
const tests = globSync('test/**/*.test.ts', { cwd: root }).filter(
  (path) =>
    path.endsWith('.deep.test.ts') ||
    /from 'fast-check'|support\/inGate\.ts'/.test(readFileSync(join(root, path), 'utf8')),
);
const seed = process.env.DEEP_SEED ?? String(randomInt(2 ** 31));
console.log(`${tests.length} files, seed ${seed}`);
const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--config', 'jest.deep.config.js', ...tests, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, DEEP_SEED: seed } },
);
console.log(`seed ${seed}`);
process.exit(status ?? 1);
