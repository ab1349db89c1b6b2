// Two CommonJS files instead of thousands: the Functions worker `require`s main.cjs, and a cold start parses little else. The
// Azure SDKs stand beside it and are loaded with the first call of an adapter (src/lazyPorts.ts).
import { build } from 'esbuild';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // Stacks are mapped back by the source map.
  minify: true,
  sourcemap: true,
  legalComments: 'linked',
  logLevel: 'warning',
};

const sdksBeside = {
  name: 'azure-sdks-beside',
  setup(bundle) {
    bundle.onResolve({ filter: /\/azureSdks\.ts$/ }, () => ({ path: './azureSdks.cjs', external: true }));
  },
};

const [folder = 'dist'] = process.argv.slice(2);
const main = join(folder, 'main.cjs');
const azureSdks = join(folder, 'azureSdks.cjs');
await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: main,
  plugins: [sdksBeside],
  // The Functions worker injects this module when it loads the app; there is no such package.
  external: ['@azure/functions-core'],
});
await build({ ...common, entryPoints: ['src/adapters/azureSdks.ts'], outfile: azureSdks });
for (const outfile of [main, azureSdks]) {
  const { size } = await stat(outfile);
  console.log(`${outfile}  ${(size / 1_000_000).toFixed(1)} MB`);
}
