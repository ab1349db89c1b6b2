// Lints texts with the real configuration, all in one process, since most of the time goes into its start. Apart from Jest, which
// cannot load a configuration that is an ES module. Standard input: [{ filePath, text }]; output: ESLint's results.
import { text as readAll } from 'node:stream/consumers';
import { ESLint } from 'eslint';

const texts = JSON.parse(await readAll(process.stdin));
const eslint = new ESLint();
const results = [];
for (const { filePath, text } of texts) results.push(...(await eslint.lintText(text, { filePath })));
process.stdout.write(JSON.stringify(results));
