// Three CommonJS files instead of thousands: the Functions worker `require`s main.cjs, and a cold start parses little else. The
// Azure SDKs stand beside it and are loaded with the first call of an adapter (src/lazyPorts.ts), some libraries of
// durable-functions when it first uses them. The console's files lie in a folder beside them and are read when a browser asks.
import { build } from 'esbuild';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildConsole } from './console/build.mjs';

const common = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // Stacks are mapped back by the source map.
  minify: true,
  sourcemap: true,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
};

const sdksBeside = {
  name: 'azure-sdks-beside',
  setup(bundle) {
    bundle.onResolve({ filter: /\/azureSdks\.ts$/ }, () => ({ path: './azureSdks.cjs', external: true }));
  },
};

/** What durable-functions loads at once and needs late: for calls of its client and for timers. It was the larger part of its load. */
const lateLibraries = ['axios', 'validator', 'moment', 'lodash/cloneDeep', '@opentelemetry/api'];
const lateLibrariesBeside = {
  name: 'late-libraries-beside',
  setup(bundle) {
    const named = new RegExp(`^(${lateLibraries.join('|')})$`);
    bundle.onResolve({ filter: named }, ({ path }) => ({ path, namespace: 'beside' }));
    bundle.onLoad({ filter: /./, namespace: 'beside' }, ({ path }) => ({
      contents: `
        const library = () => require('./lateLibraries.cjs')[${JSON.stringify(path)}];
        module.exports = new Proxy(function () {}, {
          get: (_, name) => library()[name],
          apply: (_, self, parameters) => Reflect.apply(library(), self, parameters),
        });`,
    }));
    bundle.onResolve({ filter: /^\.\/lateLibraries\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};
/** Each is run when it is first used. */
const lateLibrariesModule = `module.exports = {
  ${lateLibraries.map((name) => `get '${name}'() { return require('${name}'); },`).join('\n  ')}
};`;

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
if (folder.startsWith('-')) {
  console.error('usage: npm run build, without options; or node scripts/build.mjs [FOLDER] (default dist)');
  process.exit(2);
}
const main = join(folder, 'main.cjs');
const azureSdks = join(folder, 'azureSdks.cjs');
const lateFile = join(folder, 'lateLibraries.cjs');
const builds = [
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile: main,
    plugins: [sdksBeside, lateLibrariesBeside, englishOnly],
    // The Functions worker injects this module when it loads the app; there is no such package.
    external: ['@azure/functions-core'],
    // src/main.ts looks for the console's files beside itself.
    define: { 'import.meta.dirname': '__dirname' },
  }),
  await build({ ...common, entryPoints: ['src/adapters/azureSdks.ts'], outfile: azureSdks }),
  await build({
    ...common,
    stdin: { contents: lateLibrariesModule, resolveDir: import.meta.dirname },
    outfile: lateFile,
  }),
  await buildConsole(join(folder, 'console')),
];
const { version } = JSON.parse(await readFile('package.json', 'utf8'));
const commandLine = join(folder, 'zilliz-private-link.cjs');
builds.push(
  await build({
    ...common,
    entryPoints: ['cli/main.ts'],
    outfile: commandLine,
    sourcemap: false,
    plugins: [englishOnly],
    banner: { js: '#!/usr/bin/env node' },
    define: { PACKAGE_VERSION: JSON.stringify(version) },
  }),
);
await chmod(commandLine, 0o755);
// The folders of the packages in the bundles: the release carries their licences.
const folders = builds.flatMap(({ metafile }) =>
  Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
);
await writeFile(join(folder, 'bundled.json'), `${JSON.stringify([...new Set(folders)].sort(), null, 2)}\n`);
for (const outfile of [main, azureSdks, lateFile, commandLine]) {
  const { size } = await stat(outfile);
  console.log(`${outfile}  ${(size / 1_000_000).toFixed(1)} MB`);
}
