import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface BuiltApp {
  /** Holds what is deployed: package.json, host.json and the bundle. */
  readonly directory: string;
  remove(): void;
}

/** Compiles the app into a folder of its own, so that tests run what is in `src` now and leave `dist` alone. */
export function buildApp(): BuiltApp {
  const directory = mkdtempSync(join(tmpdir(), 'app-'));
  for (const file of ['package.json', 'host.json']) copyFileSync(join(root, file), join(directory, file));
  execFileSync(process.execPath, ['scripts/build.mjs', join(directory, 'dist')], { cwd: root });
  return {
    directory,
    remove: () => {
      rmSync(directory, { recursive: true });
    },
  };
}
