// Jest's transform is the compiler that also makes the bundle, so tests and product see the same JavaScript.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync, transformSync, version } = require('esbuild');

const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node22',
  sourcemap: 'inline',
  // Jest would ask for experimental VM modules to run a native import().
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
};

/** The Azure SDKs are thousands of modules, and Jest loads each anew for each test file: as in the product, they are one file. */
const isAzureSdks = (path) => path.endsWith('/src/adapters/azureSdks.ts');
const bundled = { bundle: true, platform: 'node', write: false, format: 'cjs', target: options.target };

const versions = readFileSync(join(__dirname, '../../package-lock.json'));

module.exports = {
  // Without a key of its own, Jest's cache does not notice a change in this file.
  getCacheKey: (source, path) =>
    createHash('sha256')
      .update(version)
      .update(readFileSync(__filename))
      .update(versions)
      .update(path)
      .update(source)
      .digest('hex'),
  process: (source, path) => ({
    code: isAzureSdks(path)
      ? buildSync({ ...bundled, entryPoints: [path] }).outputFiles[0].text
      : transformSync(source, { ...options, sourcefile: path }).code,
  }),
};
