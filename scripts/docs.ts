// Writes what is made of the code: pages under docs/, the OpenAPI document, the types of its client, and the figures and responses
// that pages show. `--check` only compares, and fails when one is out of step.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pagesWithExamples } from './examples.ts';
import { pagesWithFigures } from './figures.ts';
import { formatted, generatedPages } from './generatedPages.ts';
import { helpIfAsked } from '../sandbox/local/commandLine.ts';

helpIfAsked(`npm run docs [-- --check]

Writes what is made of the code: pages under docs/, the OpenAPI document, the types of its client, and the figures and responses
that pages show. With --check it only compares, and fails when one is out of step.
`);

const onlyCheck = process.argv.includes('--check');
const root = join(import.meta.dirname, '..');
/** Times and counts of a response may change with each change of the code; its form and its words may not. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+/g, '0');

for (const [name, text] of Object.entries(await generatedPages())) show(name, text, (one) => one);
for (const [name, text] of Object.entries(pagesWithFigures()))
  show(name, await formatted(name, text), (one) => one);
for (const [name, text] of Object.entries(await pagesWithExamples()))
  show(name, await formatted(name, text), withoutNumbers);

function show(name: string, text: string, compared: (text: string) => string): void {
  const path = join(root, name);
  if (!onlyCheck) writeFileSync(path, text);
  const current = existsSync(path) && compared(readFileSync(path, 'utf8')) === compared(text);
  console.log(`${name}${current ? '' : ' is out of step with the code: run npm run docs'}`);
  if (!current) process.exitCode = 1;
}
