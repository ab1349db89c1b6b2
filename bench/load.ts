import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Figures } from './figures/figures.ts';
import { median, printTable } from './figures/figures.ts';

const root = join(import.meta.dirname, '..');
const unbundled = join(root, '.sandbox/bench/unbundled');
const LOADS = 9;

/** How long a cold process takes to load the app, as one bundle and as the compiler leaves it, and what each weighs. */
export function benchLoad(figures: Figures): void {
  run('scripts/build.mjs');
  run('node_modules/typescript/bin/tsc', '-p', 'bench/tsconfig.unbundled.json');
  writeFileSync(join(unbundled, 'package.json'), '{ "type": "module" }');
  const bundle = join(root, 'dist/main.cjs');
  const entry = join(unbundled, 'main.js');
  const times: { bundle: number[]; unbundled: number[] } = { bundle: [], unbundled: [] };
  // In turn, so that a machine that slows down slows both.
  for (let load = 0; load < LOADS; load++) {
    times.bundle.push(Number(run('bench/loadOnce.ts', bundle)));
    times.unbundled.push(Number(run('bench/loadOnce.ts', entry)));
  }
  const files = ['main.cjs', 'azureSdks.cjs', 'lateLibraries.cjs'];
  const bundleBytes = files
    .map((name) => statSync(join(root, 'dist', name)).size)
    .reduce((sum, size) => sum + size, 0);
  const consoleBytes = weightOf([join(root, 'dist/console')]);
  const ratio = median(times.bundle) / median(times.unbundled);
  const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);
  printTable(
    `Load in a cold process, median of ${LOADS}`,
    ['', 'ms', 'MB', 'files'],
    [
      [
        'bundled (main.cjs; what the first calls need waits beside it)',
        median(times.bundle).toFixed(0),
        megabytes(bundleBytes),
        String(files.length),
      ],
      ['console (beside it, read when a browser asks)', '', ...consoleBytes],
      ['unbundled, with node_modules', median(times.unbundled).toFixed(0), ...weightOf(productionFolders())],
      ['ratio', ratio.toFixed(2), '', ''],
    ],
  );
  figures.set('bundle', 'loadRatio', ratio);
  figures.set('bundle', 'megabytes', bundleBytes / 1_000_000);
}

function run(script: string, ...parameters: readonly string[]): string {
  return execFileSync(process.execPath, [script, ...parameters], { cwd: root, encoding: 'utf8' }).trim();
}

const lockSchema = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

/** The compiled sources and every package that a deployment would need beside them, by the lockfile. */
function productionFolders(): readonly string[] {
  const { packages } = lockSchema.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const outermost = Object.entries(packages).filter(
    // A package within another is counted with it.
    ([path, { dev }]) => path.split('node_modules/').length === 2 && dev !== true,
  );
  const folders = outermost.map(([path]) => join(root, path)).filter((folder) => existsSync(folder));
  return [unbundled, ...folders];
}

function weightOf(folders: readonly string[]): readonly [string, string] {
  let bytes = 0;
  let files = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      bytes += statSync(join(entry.parentPath, entry.name)).size;
      files += 1;
    }
  }
  return [(bytes / 1_000_000).toFixed(1), String(files)];
}
