// Kills the host at the writes of connect, sync, reconcile, disconnect, undo and adopt, and prints how often each kind of write
// was hit. KILL_SEED=<seed> repeats a run.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kill } from '../test/scenarios/kill/killer.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run test:kill [-- JEST OPTIONS]

Kills the host at the writes of each workflow, and prints how often each kind of write was hit. KILL_SEED=<seed> repeats a run.
`);

const LEAST_KILLS = 120;
const LEAST_OF_A_KIND = 3;

const root = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'kills-'));
const rows = join(directory, 'rows');
writeFileSync(rows, '');
const seed = process.env.KILL_SEED ?? String(randomInt(2 ** 31));
console.log(`seed ${seed}`);
const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--config', 'jest.kill.config.js', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, KILL_SEED: seed, KILL_ROWS: rows } },
);
const kills = readFileSync(rows, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  // Written by the tests that have just run.
  .map((line) => JSON.parse(line) as Kill);
rmSync(directory, { recursive: true });

const count = (kind: string, moment: Kill['moment']): number =>
  kills.filter((kill) => kill.kind === kind && kill.moment === moment).length;
const kinds = [...new Set(kills.map(({ kind }) => kind))].toSorted((a, b) => a.localeCompare(b));
const table = kinds.map((kind) => [kind, count(kind, 'before'), count(kind, 'after')] as const);
console.log(
  `${'kind of write'.padEnd(34)}${'before it is sent'.padStart(18)}${'after, unstored'.padStart(18)}`,
);
for (const [kind, before, after] of table)
  console.log(`${kind.padEnd(34)}${String(before).padStart(18)}${String(after).padStart(18)}`);
const tooFew = table.filter(([, before, after]) => Math.min(before, after) < LEAST_OF_A_KIND);
for (const [kind] of tooFew) console.log(`${kind} was hit fewer than ${LEAST_OF_A_KIND} times at a moment.`);
console.log(`${kills.length} kills, seed ${seed}`);
const isEnough = kills.length >= LEAST_KILLS && tooFew.length === 0;
process.exitCode = status === 0 && isEnough ? 0 : 1;
