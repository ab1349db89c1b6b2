// Writes what is made of the code: pages under docs/, the OpenAPI document, the types of its client. `--check` only
// compares, and fails when one is out of step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { generatedPages } from './generatedPages.ts';

const onlyCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(await generatedPages())) {
  const path = join(import.meta.dirname, '..', 'docs', name);
  const shown = relative(join(import.meta.dirname, '..'), path);
  if (!onlyCheck) writeFileSync(path, text);
  const current = existsSync(path) && readFileSync(path, 'utf8') === text;
  console.log(`${shown}${current ? '' : ' is out of step with the code: run npm run docs'}`);
  if (!current) process.exitCode = 1;
}
