// One CommonJS file: the Functions worker `require`s it, and a cold start loads one file instead of thousands.
// usage: node scripts/build.mjs [FOLDER], by default `dist`
import { build } from 'esbuild';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const outfile = join(process.argv[2] ?? 'dist', 'main.cjs');
await build({
  entryPoints: ['src/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: true,
  legalComments: 'linked',
  // The Functions worker injects this module when it loads the app; there is no such package.
  external: ['@azure/functions-core'],
  logLevel: 'warning',
});
const { size } = await stat(outfile);
console.log(`${outfile}  ${(size / 1_000_000).toFixed(1)} MB`);
