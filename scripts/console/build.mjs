// The console as static files: index.html, and scripts and a style whose names have the hash of their content, each also compressed,
// because the Functions host compresses nothing. Microsoft's sign-in library is a file of its own, loaded with Entra ID only.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { statusTable } from '../../src/domain/connection/statusTable.ts';

/** The table without the schema library that is beside it in its file. */
const tableAlone = {
  name: 'status-table-alone',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]statusTable\.ts$/ }, () => ({
      contents: `export const statusTable = ${JSON.stringify(statusTable)};`,
    }));
  },
};

/** Builds into the folder. Returns esbuild's result, for the licences of what is in it. */
export async function buildConsole(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const result = await build({
    entryPoints: { console: 'console/main.tsx', style: 'console/style/style.css' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
    minify: true,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    plugins: [tableAlone],
  });
  const named = (start) =>
    basename(Object.keys(result.metafile.outputs).find((path) => basename(path).startsWith(start)) ?? '');
  const icon = await readFile('console/style/icon.svg');
  const iconName = `icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase()}.svg`;
  await writeFile(join(folder, iconName), icon);
  const template = await readFile('console/index.html', 'utf8');
  const page = template
    .replace('{{icon}}', `/api/console/${iconName}`)
    .replace('{{style}}', `/api/console/${named('style-')}`)
    .replace('{{script}}', `/api/console/${named('console-')}`);
  await writeFile(join(folder, 'index.html'), page);
  for (const name of await readdir(folder)) {
    // The same bytes for the same sources: gzip without a time.
    await writeFile(join(folder, `${name}.gz`), gzipSync(await readFile(join(folder, name)), { level: 9 }));
  }
  return result;
}
