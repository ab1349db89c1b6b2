// Jest's transform is the compiler that also makes the bundle, so tests and product see the same JavaScript.
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node22',
  sourcemap: 'inline',
  // Jest would ask for experimental VM modules to run a native import().
  supported: { 'dynamic-import': false },
  define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
};

module.exports = {
  // Without a key of its own, Jest's cache does not notice a change in this file.
  getCacheKey: (source, path) =>
    createHash('sha256')
      .update(version)
      .update(readFileSync(__filename))
      .update(path)
      .update(source)
      .digest('hex'),
  process: (source, path) => ({ code: transformSync(source, { ...options, sourcefile: path }).code }),
};
