// Writes the pages under docs/ that are made of the code: settings, troubleshooting, the OpenAPI document. `--check` only
// compares, and fails when one is out of step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './generatedPages.ts';

const onlyCheck = process.argv.includes('--check');
for (const [name, text] of Object.entries(await generatedPages())) {
  const path = join(import.meta.dirname, '..', 'docs', name);
  if (!onlyCheck) writeFileSync(path, text);
  const current = existsSync(path) && readFileSync(path, 'utf8') === text;
  console.log(`docs/${name}${current ? '' : ' is out of step with the code: run npm run docs'}`);
  if (!current) process.exitCode = 1;
}
