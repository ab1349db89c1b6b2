// Three CommonJS files instead of thousands: the Functions worker `require`s main.cjs, and a cold start parses little else. The
// Azure SDKs stand beside it and are loaded with the first call of an adapter (src/lazyPorts.ts), two libraries with the
// first call of the durable client.
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

/** What durable-functions needs for calls of its client only, and what would be the larger part of its load. */
const clientLibraries = ['axios', 'validator'];
const clientLibrariesBeside = {
  name: 'client-libraries-beside',
  setup(bundle) {
    const named = new RegExp(`^(${clientLibraries.join('|')})$`);
    bundle.onResolve({ filter: named }, ({ path }) => ({ path, namespace: 'beside' }));
    bundle.onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, name) => require('./clientLibraries.cjs').${path}[name] });`,
    }));
    bundle.onResolve({ filter: /^\.\/clientLibraries\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};

/** Zod brings its messages in fifty languages; ours are English. */
const englishOnly = {
  name: 'english-only',
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: `export { default as en } from './en.js';`,
    }));
  },
};

const [folder = 'dist'] = process.argv.slice(2);
const main = join(folder, 'main.cjs');
const azureSdks = join(folder, 'azureSdks.cjs');
const clientFile = join(folder, 'clientLibraries.cjs');
await build({
  ...common,
  entryPoints: ['src/main.ts'],
  outfile: main,
  plugins: [sdksBeside, clientLibrariesBeside, englishOnly],
  // The Functions worker injects this module when it loads the app; there is no such package.
  external: ['@azure/functions-core'],
});
await build({ ...common, entryPoints: ['src/adapters/azureSdks.ts'], outfile: azureSdks });
await build({
  ...common,
  stdin: {
    contents: clientLibraries.map((name) => `exports.${name} = require('${name}');`).join('\n'),
    resolveDir: import.meta.dirname,
  },
  outfile: clientFile,
});
for (const outfile of [main, azureSdks, clientFile]) {
  const { size } = await stat(outfile);
  console.log(`${outfile}  ${(size / 1_000_000).toFixed(1)} MB`);
}
