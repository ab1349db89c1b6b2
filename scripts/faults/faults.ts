import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../../sandbox/local/commandLine.ts';
import { rowsIn } from '../../test/scenarios/faults/cellRow.ts';
import { allCells, titleOf } from '../../test/scenarios/faults/describeCells.ts';
import { faultTable } from './faultTable.ts';

const { continue: isContinued } = readOptions(
  `npm run test:faults [-- OPTIONS]

Runs connect under every fault of every call, prints what became of it, and keeps a copy in docs/reference/faults.md. Exits non-zero when a
cell did not end as it should. An hour of two idle cores; a run that was stopped can be continued.

  --continue       run only the cells that the last run, of the same code, has not ended well
`,
  { continue: { type: 'boolean', default: false }, help: { type: 'boolean' } },
);

const root = join(import.meta.dirname, '../..');
const directory = join(root, '.sandbox', 'faults');
if (!isContinued) rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
const jest = join(root, 'node_modules/jest/bin/jest.js');
// A cell that is given up keeps its ports, and every later one fails: beside other work it may take minutes.
const options = ['--config', 'jest.deep.config.js', '--maxWorkers=2', '--silent', '--testTimeout=1200000'];
const run = spawnSync(process.execPath, [jest, 'test/scenarios/faults', ...options], {
  cwd: root,
  env: { ...process.env, FAULTS: 'all', FAULTS_ROWS: directory },
  stdio: ['ignore', 'inherit', 'inherit'],
});
const found = rowsIn(directory);
// The last result of each counts: one that was wrong is run again.
const cells = [
  ...new Map(found.flatMap((row) => ('site' in row ? [[titleOf(row), row] as const] : []))).values(),
];
const events = new Map(found.flatMap((row) => ('event' in row ? [[row.event, row] as const] : [])));
const missing = allCells.length - cells.length;
if (missing > 0) {
  process.stderr.write(
    `${missing} of ${allCells.length} cells have no result: npm run test:faults -- --continue\n`,
  );
  process.exitCode = 1;
} else {
  const table = await faultTable(
    cells,
    [...events.values()].toSorted((a, b) => (a.event < b.event ? -1 : 1)),
  );
  process.stdout.write(`${table}\n`);
  writeFileSync(join(root, 'docs/reference/faults.md'), table);
  process.exitCode = run.status === 0 ? 0 : 1;
}
