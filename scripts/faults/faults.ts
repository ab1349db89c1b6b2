import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CellRow, EventRow } from '../../test/scenarios/faults/cellRow.ts';
import { faultTable } from './faultTable.ts';

// Runs connect under every fault of every call, prints what became of it, and keeps a copy in docs/reference/faults.md. Exits
// non-zero when a cell did not end as it should.

const root = join(import.meta.dirname, '../..');
const rows = mkdtempSync(join(tmpdir(), 'faults-'));
const jest = join(root, 'node_modules/jest/bin/jest.js');
const run = spawnSync(
  process.execPath,
  [jest, 'test/scenarios/faults', 'test/scenarios/crash', '--maxWorkers=2', '--silent'],
  {
    cwd: root,
    env: { ...process.env, FAULTS: 'all', FAULTS_ROWS: rows },
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);
const found = readdirSync(rows)
  .flatMap((name) => readFileSync(join(rows, name), 'utf8').split('\n'))
  .filter((line) => line !== '')
  // Written by the tests that have just run.
  .map((line) => JSON.parse(line) as CellRow | EventRow);
rmSync(rows, { recursive: true });
const cells = found.filter((row) => 'site' in row);
const events = found.filter((row) => 'event' in row);
const table = await faultTable(
  cells,
  events.toSorted((a, b) => (a.event < b.event ? -1 : 1)),
);
process.stdout.write(`${table}\n`);
writeFileSync(join(root, 'docs/reference/faults.md'), table);
process.exitCode = run.status === 0 ? 0 : 1;
